"""The buckets of trails, as far as they decide whether logs stay: versions, lifecycle rules, the policy.

Rules: what is not set is no gap; what could not be read is one, and nothing is said of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call

GUARD = "irtuiKeepLogs"
"""Sid of the statement that keeps logs."""
_DENIED = (
    "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
)  # fmt: skip
_EXPIRING = ("Expiration", "NoncurrentVersionExpiration")


class Asking:
    """Reads on behalf of one look."""

    def __init__(self, reader: Reader, pages: int = 1) -> None:
        self.reader, self._pages = reader, pages
        self.gaps: list[str] = []

    def read(self, service: str, operation: str, region: str | None = None, **params: Any) -> Mapping[str, Any]:
        """The reply as plain data; empty when it could not be read, or is not there."""
        return self.found(service, operation, region, **params) or {}

    def found(self, service: str, operation: str, region: str | None = None, **params: Any) -> Any:
        """None: it could not be read, which is a gap. {}: it is not there."""
        try:
            return plain(self.reader.read(Call(service, operation, params, region), pages=self._pages).data)
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            if isinstance(error, AwsFault) and error.kind == "absent" and not error.code.startswith("NoSuchBucket"):
                return {}
            if isinstance(error, AwsFault) and error.code == "NoSuchBucketPolicy":
                return {}
            self.gaps.append(" ".join([words(error), *map(str, params.values())]))
            return None


def bucket_of(asking: Asking, name: str) -> dict[str, Any]:
    versions = asking.found("s3", "GetBucketVersioning", Bucket=name)
    lifecycle = asking.found("s3", "GetBucketLifecycleConfiguration", Bucket=name)
    policy = asking.found("s3", "GetBucketPolicy", Bucket=name)
    rules = list((lifecycle or {}).get("Rules") or ())
    expires = [rule for rule in rules if rule.get("Status") == "Enabled" and any(key in rule for key in _EXPIRING)]
    document = (policy or {}).get("Policy")
    versioning = "not read" if versions is None else versions.get("Status") or "never"
    said = [f"bucket {name}: versioning {versioning}"]
    said += [f"rule {rule.get('ID', '')} expires logs: {_days(rule)}" for rule in expires]
    said += ["lifecycle not read"] if lifecycle is None else []
    return {
        "name": name,
        "versioning": versioning,
        "rules": rules,
        "expires": [str(rule.get("ID", "")) for rule in expires],
        "off": [{**rule, "Status": "Disabled"} if rule in expires else rule for rule in rules],
        "policy": document,
        "guard": _guarded(name, document),
        "words": ", ".join(said),
    }


def mend(before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The first selector with all management events again; what it records of data stays, and so do the others."""
    first = {key: value for key, value in before[0].items() if key != "ExcludeManagementEventSources"}
    return [{**first, "ReadWriteType": "All", "IncludeManagementEvents": True}, *map(dict, before[1:])]


def _days(rule: Mapping[str, Any]) -> str:
    told = [f"{name} {value}" for key in _EXPIRING for name, value in (rule.get(key) or {}).items()]
    return ", ".join(told)


def _guarded(name: str, document: Any) -> dict[str, Any]:
    """The policy with the statement that keeps logs; empty where it stands already, or could not be read."""
    if not isinstance(document, Mapping):
        return {}
    statements = document.get("Statement")
    held = [statements] if isinstance(statements, Mapping) else list(statements or ())
    if any(one.get("Sid") == GUARD for one in held):
        return {}
    arn = f"arn:aws:s3:::{name}"
    guard = {
        "Sid": GUARD, "Effect": "Deny", "Principal": "*", "Action": list(_DENIED), "Resource": [arn, f"{arn}/*"],
    }  # fmt: skip
    return {**document, "Statement": [*held, guard]}
