"""Object Lock of a bucket: it can be put on one that is in use (since 2023), if that has versions, and never taken off.

What a version is locked with it is given when it is written, by what is asked for then or by the default of that
moment. A lock has no years here that were not asked for: moto answers nought.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from irtui.simulator import state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.resolve import Operation
from irtui.simulator.world import Asked, Gap

_MODES = ("GOVERNANCE", "COMPLIANCE")


def put_object_lock_configuration(asked: Asked) -> Mapping[str, Any]:
    bucket, given = _bucket(asked), asked.params.get("ObjectLockConfiguration") or {}
    if bucket.versioning_status != "Enabled":
        words = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
        raise Refusal("InvalidBucketState", words, 409)
    kept = (given.get("Rule") or {}).get("DefaultRetention") or {}
    days, years = int(kept.get("Days") or 0), int(kept.get("Years") or 0)
    wrong = bool(kept) and (kept.get("Mode") not in _MODES or (days > 0) == (years > 0))
    if given.get("ObjectLockEnabled") != "Enabled" or wrong:
        raise Refusal("MalformedXML", "The XML you provided was not well-formed or did not validate", 400)
    bucket.object_lock_enabled = True
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = kept.get("Mode"), days, years
    return {}


def get_object_lock_configuration(asked: Asked) -> Mapping[str, Any]:
    bucket = _bucket(asked)
    if not bucket.object_lock_enabled:
        words = "Object Lock configuration does not exist for this bucket"
        raise Refusal("ObjectLockConfigurationNotFoundError", words, 404)
    told: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    if bucket.default_lock_mode:
        spans = {"Days": bucket.default_lock_days, "Years": bucket.default_lock_years}
        kept = {"Mode": bucket.default_lock_mode} | {name: value for name, value in spans.items() if value}
        told["Rule"] = {"DefaultRetention": kept}
    return {"ObjectLockConfiguration": told}


def get_object_retention(asked: Asked) -> Mapping[str, Any]:
    bucket, wanted = _bucket(asked), asked.params.get("VersionId")
    if not bucket.object_lock_enabled:
        raise _unlocked()
    versions = bucket.keys.getlist(str(asked.params["Key"]), default=[])
    held = [one for one in versions if str(one.version_id) == str(wanted)] if wanted else versions[-1:]
    if not held or (not wanted and type(held[0]).__name__ == "FakeDeleteMarker"):
        if wanted:
            raise Refusal("NoSuchVersion", "The specified version does not exist.", 404)
        raise Refusal("NoSuchKey", "The specified key does not exist.", 404)
    mode, until = getattr(held[0], "lock_mode", None), getattr(held[0], "lock_until", None)
    if not mode or not until:
        words = "The specified object does not have a ObjectLock configuration"
        raise Refusal("NoSuchObjectLockConfiguration", words, 404)
    return {"Retention": {"Mode": mode, "RetainUntilDate": datetime.fromisoformat(str(until)).astimezone(UTC)}}


def refuse(operation: Operation, now: datetime) -> None:
    """Raises Refusal for a lock that an object cannot be given when it is written."""
    given = operation.params
    if operation.service != "s3" or operation.name not in ("PutObject", "CopyObject"):
        return
    for name in ("ObjectLockLegalHoldStatus", "ObjectLockEventHold"):
        if given.get(name) not in (None, "OFF"):
            raise Refusal(NOT_SIMULATED, f"{name} is not simulated", 501)
    mode, until = given.get("ObjectLockMode"), given.get("ObjectLockRetainUntilDate")
    if not mode and not until:
        return
    if not mode or not until:
        words = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
        raise Refusal("InvalidArgument", words, 400)
    if mode not in _MODES:
        raise Refusal("InvalidArgument", "Unknown wormMode directive.", 400)
    if (until if until.tzinfo else until.replace(tzinfo=UTC)) <= now:
        raise Refusal("InvalidArgument", "The retain until date must be in the future!", 400)
    bucket = state.bucket(str(given.get("Bucket")))
    if bucket is not None and not bucket.object_lock_enabled:
        raise _unlocked()


def _unlocked() -> Refusal:
    return Refusal("InvalidRequest", "Bucket is missing Object Lock Configuration", 400)


def _bucket(asked: Asked) -> Any:
    found = state.bucket(str(asked.params["Bucket"]))
    if found is None:
        raise Refusal("NoSuchBucket", "The specified bucket does not exist", 404)
    return found


OPERATIONS: Mapping[str, Gap] = {
    "PutObjectLockConfiguration": put_object_lock_configuration,
    "GetObjectLockConfiguration": get_object_lock_configuration,
    "GetObjectRetention": get_object_retention,
}
