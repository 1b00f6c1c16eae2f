"""Whether log files stand in their bucket and would stay, and whether a trail records everything, as the world is.

Only CloudTrail's own files count, by their names. In the world's process only.
"""

from collections.abc import Iterator
from typing import Any

from irtui.trail.coverage.changes import management

YEAR = 365
"""Days that a retention has to leave; a shorter one eats what somebody may still ask for."""


def flaws(name: str, replica: str = "") -> Iterator[str]:
    """In words, what is wrong with a bucket of logs; `replica` is another one, in whose files none may be missing."""
    from irtui.simulator import state

    bucket = state.bucket(name)
    if bucket is None:
        yield f"there is no bucket {name}"
        return
    if bucket.versioning_status != "Enabled":
        yield f"{name} keeps no versions"
    for rule in bucket.rules or ():
        days = [int(days) for days in (rule.expiration_days, rule.nve_noncurrent_days) if days]
        if rule.status == "Enabled" and days and min(days) < YEAR:
            yield f"the rule {rule.id} expires logs after {min(days)} days"
    hidden = [key for key in _files(bucket) if _hidden(bucket, key)]
    if hidden:
        yield f"{len(hidden)} log files are hidden, {hidden[0]} first"
    if replica and (copies := state.bucket(replica)) is None:
        yield f"there is no bucket {replica}"
    elif replica:
        lost = [key for key in _files(copies) if not _shown(bucket, key)]
        if lost:
            yield f"{len(lost)} log files are in {replica} only, {lost[0]} first"


def lacks(name: str) -> Iterator[str]:
    """In words, what keeps the trail of that name from recording all management events of all Regions, with digests."""
    from moto.cloudtrail.models import cloudtrail_backends

    from irtui.simulator import encryption, logbucket, state

    found = [t for by in cloudtrail_backends.values() for backend in by.values() for t in backend.trails.values()]
    trail: Any = next((trail for trail in found if trail.trail_name == name), None)
    if trail is None:
        yield f"there is no trail {name}"
        return
    bucket, told = state.bucket(trail.bucket_name), {"EventSelectors": trail.event_selectors}
    if trail.advanced_event_selectors:
        told = {"AdvancedEventSelectors": trail.advanced_event_selectors}
    if not trail.status.is_logging:
        yield f"{name} is stopped"
    if management(told) is False:
        yield f"{name} leaves management events out"
    if not trail.is_multi_region or not trail.log_validation:
        yield f"{name} sees one Region only, or writes no digests"
    allowed = {"account": trail.account_id, "trail_arn": trail.arn, "folder": logbucket.prefix(trail)}
    if bucket is None or not logbucket.allows(bucket, **allowed):
        yield f"{name} may not write to {trail.bucket_name}"
    if trail.kms_key_id and (code := encryption.delivers(trail.kms_key_id, trail.arn, trail.account_id)):
        yield f"{name} cannot use its key: {code}"


def _files(bucket: Any) -> list[str]:
    return sorted(key for key in bucket.keys if "AWSLogs/" in key and "/CloudTrail" in key)


def _hidden(bucket: Any, key: str) -> bool:
    """Whether a delete marker lies on a version that could be had back."""
    markers = _markers(bucket, key)
    return markers[-1] and not all(markers)


def _shown(bucket: Any, key: str) -> bool:
    return key in bucket.keys and not _markers(bucket, key)[-1]


def _markers(bucket: Any, key: str) -> list[bool]:
    """Which versions are delete markers, the newest last."""
    from moto.s3.models import FakeDeleteMarker

    return [isinstance(version, FakeDeleteMarker) for version in bucket.keys.getlist(key)]
