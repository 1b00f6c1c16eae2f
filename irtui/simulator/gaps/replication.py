"""S3 replication that really copies: what is written to a bucket appears in another one, perhaps of another account.

Rules: only what was written while a rule was enabled, by prefix, and where the role of the rule lets S3 do it: it
trusts S3 and may replicate to the other bucket, whose policy agrees when it is another account's. Both buckets have
versions. At once; AWS takes minutes. Neither delete markers nor deletions go along, nor what a KMS key encrypts.
Under the world's lock, before every request of S3 and CloudTrail.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from weakref import WeakSet

from irtui.policy.document import read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.simulator import state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.world import Asked, Gap

SERVICE = "s3.amazonaws.com"
_UNSIMULATED = ("SourceSelectionCriteria", "ExistingObjectReplication")
_set: "WeakSet[Any]" = WeakSet()
"""moto's buckets that have one: `replication_held` is {configuration, since, done}."""


def put_bucket_replication(asked: Asked) -> Mapping[str, Any]:
    bucket = _bucket(asked)
    given: dict[str, Any] = dict(asked.params["ReplicationConfiguration"])
    rules = [dict(rule) for rule in given["Rules"]]
    for number, rule in enumerate(rules):
        if other := [name for name in _UNSIMULATED if rule.get(name)]:
            raise Refusal(NOT_SIMULATED, f"replication with {other[0]} is not simulated", 501)
        if (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled" or _prefix(rule) is None:
            raise Refusal(NOT_SIMULATED, "replication of delete markers, or by tags, is not simulated", 501)
        rule.setdefault("ID", f"rule-{number + 1}")
        other_bucket = state.bucket(_name(rule))
        if bucket.versioning_status != "Enabled":
            raise Refusal(
                "InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
            )
        if other_bucket is None or other_bucket.versioning_status != "Enabled":
            raise Refusal("InvalidRequest", "Destination bucket must have versioning enabled.")
    bucket.replication_held = {
        "configuration": {**given, "Rules": rules},
        "since": asked.world.clock.now(),
        "done": set(),
    }
    _set.add(bucket)
    return {}


def get_bucket_replication(asked: Asked) -> Mapping[str, Any]:
    held = getattr(_bucket(asked), "replication_held", None)
    if held is None:
        words = "The replication configuration was not found"
        raise Refusal("ReplicationConfigurationNotFoundError", words, 404)
    return {"ReplicationConfiguration": held["configuration"]}


def delete_bucket_replication(asked: Asked) -> Mapping[str, Any]:
    bucket = _bucket(asked)
    if bucket in _set:
        _set.discard(bucket)
        del bucket.replication_held
    return {}


def tick() -> None:
    """Copies everything that was written since the last time."""
    for bucket in list(_set):
        held = bucket.replication_held
        for rule in held["configuration"]["Rules"]:
            target = state.bucket(_name(rule))
            if rule["Status"] != "Enabled" or target is None or target.versioning_status != "Enabled":
                continue
            waiting = list(_waiting(bucket, str(_prefix(rule)), held["since"], held["done"]))
            if not waiting or not _may(str(held["configuration"]["Role"]), target):
                continue
            for name, version in waiting:
                _copy(version, name, target)
                held["done"].add((name, version.version_id))


def _waiting(bucket: Any, prefix: str, since: datetime, done: set[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    from moto.s3.models import FakeDeleteMarker

    for name in [name for name in bucket.keys if name.startswith(prefix)]:
        for version in bucket.keys.getlist(name):
            fresh = version.last_modified.replace(tzinfo=UTC) >= since and (name, version.version_id) not in done
            if fresh and not isinstance(version, FakeDeleteMarker) and not version.kms_key_id:
                yield name, version


def _copy(version: Any, name: str, target: Any) -> None:
    from moto.s3.models import s3_backends

    backend = s3_backends[target.account_id][state.PARTITION]
    made = backend.put_object(target.name, name, version.value, disable_notification=True)
    made.set_metadata(dict(version.metadata))
    made._version_id, made.last_modified = version.version_id, version.last_modified


def _may(role_arn: str, target: Any) -> bool:
    role = state.role_by_arn(role_arn)
    if role is None:
        return False
    s3 = Principal("", "", service=SERVICE)
    trust = Policies(resource=read_document("trust policy", role.assume_role_policy_document), resource_decides=True)
    if not evaluate(Request(s3, "sts:AssumeRole", role.arn), trust).allowed:
        return False
    account = role.arn.split(":")[4]
    held = Policies(
        tuple(read_document(name, text) for name, text in state.policies_of(role)),
        resource=read_document("bucket policy", target.policy.decode()) if target.policy else None,
    )
    what = f"arn:aws:s3:::{target.name}/AWSLogs/file"
    return evaluate(Request(Principal(account, role.arn), "s3:ReplicateObject", what, target.account_id), held).allowed


def _prefix(rule: Mapping[str, Any]) -> str | None:
    """None: by something else than a prefix."""
    chosen: Mapping[str, Any] = rule.get("Filter") or {}
    return None if set(chosen) - {"Prefix"} else str(chosen.get("Prefix") or rule.get("Prefix") or "")


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule["Destination"]["Bucket"]).rpartition(":")[2]


def _bucket(asked: Asked) -> Any:
    found = state.bucket(str(asked.params["Bucket"]))
    if found is None:
        raise Refusal("NoSuchBucket", "The specified bucket does not exist", 404)
    return found


OPERATIONS: Mapping[str, Gap] = {
    "PutBucketReplication": put_bucket_replication,
    "GetBucketReplication": get_bucket_replication,
    "DeleteBucketReplication": delete_bucket_replication,
}
