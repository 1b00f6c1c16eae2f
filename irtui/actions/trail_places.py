"""Where trails write, as far as it decides whether logs come and stay: buckets, their rules and policies, and KMS keys.

Rules: what is not set is no gap; what could not be read is one, and nothing is said of it. A bucket or a key that is
not there any more is `gone`, and nothing else is said of it either.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from irtui.actions import trail_grants
from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.canonical import plain
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call

GUARD = "irtuiKeepLogs"
"""Sid of the statement that keeps logs."""
_DENIED = (
    "s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion",
    "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
)  # fmt: skip
_STATES = ("Enabled", "Disabled", "PendingDeletion", "not read")
"""Of keys; in any other, such as without its material, no call of ours gets it back."""
_EXPIRING = ("Expiration", "NoncurrentVersionExpiration")
DAYS = 400
"""More than a year, so that two of the same season can be compared."""
RETENTION: Mapping[str, Any] = {
    "ID": "irtui-retention", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": DAYS},
    "NoncurrentVersionExpiration": {"NoncurrentDays": DAYS},
}  # fmt: skip
_NOTHING: Mapping[str, Any] = {"Version": "2012-10-17", "Statement": []}


class Asking:
    """Reads on behalf of one look."""

    def __init__(self, reader: Reader, pages: int = 1) -> None:
        self.reader, self._pages = reader, pages
        self.gaps: list[str] = []
        self.gone: set[str] = set()
        """Buckets that are not there."""

    def read(self, service: str, operation: str, region: str | None = None, **params: Any) -> Mapping[str, Any]:
        """The reply as plain data; empty when it could not be read, or is not there."""
        return self.found(service, operation, region, **params) or {}

    def found(self, service: str, operation: str, region: str | None = None, **params: Any) -> Any:
        """None: it could not be read, which is a gap, or its bucket is `gone`. {}: it is not there."""
        try:
            return plain(self.reader.read(Call(service, operation, params, region), pages=self._pages).data)
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            if isinstance(error, AwsFault) and error.kind == "absent":
                if error.code != "NoSuchBucket":
                    return {}
                self.gone.add(str(params.get("Bucket")))
                return None
            self.gaps.append(" ".join([words(error), *map(str, params.values())]))
            return None


def bucket_of(asking: Asking, name: str, trails: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`trails` are those that write there."""
    versions = asking.found("s3", "GetBucketVersioning", Bucket=name)
    if name in asking.gone:
        return {"name": name, "gone": True, "words": f"bucket {name} is gone: nothing can be delivered"}
    lifecycle = asking.found("s3", "GetBucketLifecycleConfiguration", Bucket=name)
    policy = asking.found("s3", "GetBucketPolicy", Bucket=name)
    lock = asking.found("s3", "GetObjectLockConfiguration", Bucket=name)
    copies = asking.found("s3", "GetBucketReplication", Bucket=name)
    rules = list((lifecycle or {}).get("Rules") or ())
    expires = [rule for rule in rules if _expires(rule)]
    off = [{**rule, "Status": "Disabled"} if rule in expires else rule for rule in rules]
    others = [rule for rule in off if rule.get("ID") != RETENTION["ID"]]
    document = None if policy is None else policy.get("Policy") or {}
    mended = _mended(name, document if document != {} else _NOTHING, trails)
    versioning = "not read" if versions is None else versions.get("Status") or "never"
    locked = "not read" if lock is None else _lock(lock)
    encrypted = any(trail["key"] for trail in trails)
    replicas, copied = _copies(copies or {}, encrypted)
    said = [f"bucket {name}: versioning {versioning}"]
    said += [f"rule {rule.get('ID', '')} expires logs: {_days(rule)}" for rule in expires]
    said += ["lifecycle not read"] if lifecycle is None else []
    said += ["its policy does not let CloudTrail write"] if mended is not None else []
    copied_to = f"copied to {', '.join(replicas)}" if replicas else "copied nowhere"
    said += [f"lock {locked}", "copies not read" if copies is None else copied_to]
    said += ["what KMS encrypts is left out of the copies"] if replicas and not copied else []
    return {
        "name": name,
        "gone": False,
        "versioning": versioning,
        "rules": rules,
        "expires": [str(rule.get("ID", "")) for rule in expires],
        "off": off,
        "keeps": None if lifecycle is None else any(_ours(rule) for rule in rules),
        "retained": [*others, RETENTION],
        "others": others,
        "policy": document,
        "refuses": mended is not None,
        "mended": mended or {},
        "lock": locked,
        "replicas": replicas,
        "copied": None if copies is None else copied,
        "encrypted": encrypted,
        "guard": _guarded(trail_grants.bucket_arn(name, *(trail["arn"] for trail in trails)), document),
        "words": ", ".join(said),
    }


def key_of(asking: Asking, arn: str, trails: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A KMS key with which `trails` encrypt."""
    region = arn.split(":")[3] if arn.count(":") >= 5 else None
    told = asking.found("kms", "DescribeKey", region, KeyId=arn)
    policy = asking.found("kms", "GetKeyPolicy", region, KeyId=arn, PolicyName="default")
    about = (told or {}).get("KeyMetadata") or {}
    state = "not read" if told is None else str(about.get("KeyState") or "gone")
    document = (policy or {}).get("Policy")
    grants = trail_grants.of_key(arn, trails)
    closed = trail_grants.granted(document, grants) is False
    words = f"key {arn} is {state}"
    words += f", and gone for good on {about['DeletionDate']}" if about.get("DeletionDate") else ""
    words += ", and its policy does not let CloudTrail use it" if closed else ""
    return {
        "arn": arn,
        "region": region or "",
        "state": state,
        "policy": document or {},
        "gone": state not in _STATES,
        "closed": closed,
        "mended": trail_grants.mended_key(document, grants) if closed and isinstance(document, Mapping) else {},
        "words": words,
    }


def mend(before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The first selector with all management events again; what it records of data stays, and so do the others."""
    first = {key: value for key, value in before[0].items() if key != "ExcludeManagementEventSources"}
    return [{**first, "ReadWriteType": "All", "IncludeManagementEvents": True}, *map(dict, before[1:])]


def mend_advanced(before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One selector for all management events in place of those that chose among them; the others stay."""
    kept = [dict(one) for one in before if _category(one) != ["Management"]]
    every = {"Name": "All management events", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
    return [every, *kept]


def _category(selector: Mapping[str, Any]) -> list[str]:
    fields = selector.get("FieldSelectors") or ()
    return next((list(one.get("Equals") or ()) for one in fields if one.get("Field") == "eventCategory"), [])


def _mended(name: str, document: Any, trails: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None: CloudTrail may write, or nobody can say. {}: it may not, and no statement alone would let it."""
    mine = [trail for trail in trails if not trail["organization"]]
    grants = trail_grants.of_bucket(name, mine)
    if not mine or not isinstance(document, Mapping) or trail_grants.granted(document, grants) is not False:
        return None
    return trail_grants.mended_bucket(name, document, grants)


def _lock(told: Mapping[str, Any]) -> str:
    kept = ((told.get("ObjectLockConfiguration") or {}).get("Rule") or {}).get("DefaultRetention") or {}
    if not kept:
        return "none"
    span = f"{kept['Days']} days" if kept.get("Days") else f"{kept.get('Years')} years"
    return f"{str(kept.get('Mode')).lower()}, {span}"


def _copies(told: Mapping[str, Any], encrypted: bool) -> tuple[list[str], bool]:
    """Where it is copied to, and whether new logs are: S3 leaves out what KMS encrypts but where a rule asks for it."""
    rules = (told.get("ReplicationConfiguration") or {}).get("Rules") or ()
    on = [rule for rule in rules if rule.get("Status") == "Enabled"]
    names = (str((rule.get("Destination") or {}).get("Bucket", "")) for rule in on)
    replicas = sorted({name.rpartition(":")[2] for name in names if name})
    return replicas, bool(replicas) and any(not encrypted or _takes_encrypted(rule) for rule in on)


def _takes_encrypted(rule: Mapping[str, Any]) -> bool:
    chosen = (rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects") or {}
    return bool(chosen.get("Status") == "Enabled")


def _expires(rule: Mapping[str, Any]) -> bool:
    return rule.get("Status") == "Enabled" and any(key in rule for key in _EXPIRING) and not _ours(rule)


def _ours(rule: Mapping[str, Any]) -> bool:
    """Whether it is the very retention that this runbook puts."""
    spans = ((rule.get(key) or {}).get(name) == days for key in _EXPIRING for name, days in RETENTION[key].items())
    return rule.get("ID") == RETENTION["ID"] and rule.get("Status") == "Enabled" and all(spans)


def _days(rule: Mapping[str, Any]) -> str:
    told = [f"{name} {value}" for key in _EXPIRING for name, value in (rule.get(key) or {}).items()]
    return ", ".join(told)


def _guarded(arn: str, document: Any) -> dict[str, Any]:
    """The policy with the statement that keeps logs; empty where it stands already, or could not be read."""
    if not isinstance(document, Mapping):
        return {}
    document = document or _NOTHING
    guard = {
        "Sid": GUARD, "Effect": "Deny", "Principal": "*", "Action": list(_DENIED), "Resource": [arn, f"{arn}/*"],
    }  # fmt: skip
    held = trail_grants.statements(document)
    if any({**one, "Principal": "*"} == guard for one in held if one.get("Principal") in ("*", {"AWS": "*"})):
        return {}
    return {**document, "Statement": [*(one for one in held if one.get("Sid") != GUARD), guard]}
