"""S3 lifecycle rules that really expire objects, by the world's time.

Rules: S3 looks once a day, at midnight UTC, by the rules that are enabled then. What is expired gets a delete marker
where the bucket has versions, and is gone where it has none; old versions go by their own rule, for good. Filters by
prefix only; a rule with another filter does nothing. Under the world's lock, before every request of S3.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

DAY = timedelta(days=1)
_looked: "WeakKeyDictionary[Any, datetime]" = WeakKeyDictionary()


def tick(world: Any, now: datetime) -> None:
    """Every midnight since this was last called; `world` is whatever lives as long as the world."""
    last = _looked.get(world, now)
    _looked[world] = max(now, last)
    midnight = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    while midnight <= now:
        for backend, bucket in _buckets():
            for rule in bucket.rules or ():
                if rule.status == "Enabled" and (prefix := _prefix(rule)) is not None:
                    _expire(backend, bucket, rule, prefix, midnight)
        midnight += DAY


def _expire(backend: Any, bucket: Any, rule: Any, prefix: str, midnight: datetime) -> None:
    from moto.s3.models import FakeDeleteMarker

    moment = midnight.replace(tzinfo=None)
    for name in [name for name in bucket.keys if name.startswith(prefix)]:
        newest = bucket.keys.getlist(name)[-1]
        if isinstance(newest, FakeDeleteMarker) or not _due(newest.last_modified, rule.expiration_days, moment):
            continue
        backend.delete_object(bucket.name, name)
        if name in bucket.keys:
            bucket.keys.getlist(name)[-1].last_modified = moment
    if rule.nve_noncurrent_days:
        for name in [name for name in bucket.keys if name.startswith(prefix)]:
            held = bucket.keys.getlist(name)
            kept = [
                one for number, one in enumerate(held)
                if number == len(held) - 1
                or _locked(one)
                or not _due(held[number + 1].last_modified, rule.nve_noncurrent_days, moment)
            ]  # fmt: skip
            bucket.keys.setlist(name, kept)


def _locked(version: Any) -> bool:
    """Object Lock keeps a version whatever a rule says."""
    return bool(getattr(version, "lock_mode", None)) and bool(version.is_locked(governance_bypass=False))


def _due(since: datetime, days: Any, moment: datetime) -> bool:
    return bool(days) and since.replace(tzinfo=None) + timedelta(days=int(days)) <= moment


def _prefix(rule: Any) -> str | None:
    """None: it asks for something that is not simulated."""
    if rule.filter is None:
        return str(rule.prefix or "")
    if rule.filter.tag_key or rule.filter.and_filter:
        return None
    return str(rule.filter.prefix or "")


def _buckets() -> Iterator[tuple[Any, Any]]:
    models = sys.modules.get("moto.s3.models")
    if models is None:  # loaded with the first S3 request
        return
    for account in list(models.s3_backends):
        for backend in list(models.s3_backends[account].values()):
            for bucket in list(backend.buckets.values()):
                yield backend, bucket
