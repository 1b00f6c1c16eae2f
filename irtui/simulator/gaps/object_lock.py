"""Object Lock of a bucket: it can be put on one that is in use (since 2023), if that has versions, and never taken off.

What a version is locked with it is given when it is written, by the default of that moment. A lock has no years here
that were not asked for: moto answers nought.
"""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.answers import Refusal
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


def _bucket(asked: Asked) -> Any:
    found = state.bucket(str(asked.params["Bucket"]))
    if found is None:
        raise Refusal("NoSuchBucket", "The specified bucket does not exist", 404)
    return found


OPERATIONS: Mapping[str, Gap] = {
    "PutObjectLockConfiguration": put_object_lock_configuration,
    "GetObjectLockConfiguration": get_object_lock_configuration,
}
