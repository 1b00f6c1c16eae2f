"""The digests of a lane that stand in a bucket, and fetching them ahead of the walk."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from irtui.trail.validate.digest import Digest, read_digest
from irtui.trail.validate.names import HOUR, Lane, digest_end, is_backfill
from irtui.trail.validate.store import Store, whole

AHEAD = 32
"""Digests that are fetched before their turn."""


@dataclass(frozen=True, slots=True)
class Listed:
    end: datetime
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class Fetched:
    digest: Digest
    signature: str | None
    """None: the store has no metadata; empty: the object has none."""
    generated: str
    """When a backfill digest was made."""


@dataclass(slots=True)
class Listing:
    standard: list[Listed] = field(default_factory=list)
    backfill: list[Listed] = field(default_factory=list)
    later: Listed | None = None
    """The first after the time asked about: it repeats the signature of the last within."""
    others: set[str] = field(default_factory=set)
    """Names of digests that are not this trail's, one of each day at most."""


def listing(store: Store, lane: Lane, bucket: str, prefix: str, since: datetime, until: datetime) -> Listing:
    """Digests that end from `since` to an hour after `until`, oldest first. Raises Unreachable."""
    found = Listing()
    folder = lane.folder("CloudTrail-Digest", prefix)
    first = (since - timedelta(minutes=1)).strftime("%Y/%m/%d")
    last = (until + 3 * HOUR).strftime("%Y/%m/%d") + "0"
    for key in store.keys(bucket, folder, folder + first):
        if key > folder + last:
            break
        if not lane.owns(key, prefix):
            if len(found.others) < 100:
                found.others.add(key)
            continue
        end = digest_end(key)
        if end is None or end < since:
            continue
        listed = Listed(end, bucket, key)
        if end > until + HOUR:
            if not is_backfill(key) and (found.later is None or end < found.later.end):
                found.later = listed
        else:
            (found.backfill if is_backfill(key) else found.standard).append(listed)
    found.standard.sort(key=lambda listed: listed.end)
    found.backfill.sort(key=lambda listed: listed.end)
    return found


def fetch(store: Store, bucket: str, key: str) -> Fetched:
    """Raises what `whole` and `read_digest` raise."""
    body, metadata = whole(store, bucket, key)
    signature = None
    if metadata is not None:
        complete = "signature" in metadata and "signature-algorithm" in metadata
        signature = metadata["signature"] if complete else ""
    return Fetched(read_digest(body), signature, (metadata or {}).get("backfill-generation-timestamp", ""))


class Cursor:
    """Listed digests from the newest to the oldest, some of them on their way already."""

    def __init__(self, items: Sequence[Listed], get: Callable[[str, str], Fetched], pool: Executor) -> None:
        self._waiting = list(items)
        self._get, self._pool = get, pool
        self._begun: deque[tuple[Listed, Future[Fetched]]] = deque()

    def peek(self) -> Listed | None:
        self._fill()
        return self._begun[0][0] if self._begun else None

    def pop(self) -> tuple[Listed, Future[Fetched]]:
        self._fill()
        return self._begun.popleft()

    def drop(self) -> None:
        """The rest is not wanted."""
        for _, future in self._begun:
            future.cancel()
        self._begun.clear()
        self._waiting.clear()

    def _fill(self) -> None:
        while self._waiting and len(self._begun) < AHEAD:
            item = self._waiting.pop()
            self._begun.append((item, self._pool.submit(self._get, item.bucket, item.key)))
