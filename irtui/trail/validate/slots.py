"""Which hours should have a digest: from a digest to the next, and after the newest by what the trail's status says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from irtui.trail.validate.names import HOUR

GRACE = timedelta(hours=2)
"""CloudTrail is given that long to deliver a digest before its absence means something."""
_MOST = 24 * 366 * 20


@dataclass(frozen=True, slots=True)
class Status:
    """What GetTrailStatus says of the trail in one Region. Unknown altogether: None in its place."""

    logging: bool
    started: datetime | None = None
    stopped: datetime | None = None
    latest_digest: datetime | None = None
    digest_error: str = ""

    def on(self, since: datetime, until: datetime) -> bool:
        """Whether logging was surely on all that time, as far as the last start and stop tell."""
        if self.started is None or self.started > since:
            return False
        return self.logging or (self.stopped is not None and self.started <= self.stopped and until <= self.stopped)


def before(end: datetime, floor: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Hours that end at `end`, an hour earlier, …, down to the last that is not all before `floor`."""
    for _ in range(_MOST):
        if end <= floor:
            return
        yield end - HOUR, end
        end -= HOUR


def between(older: datetime, newer: datetime) -> int:
    """How many whole hours lie between; a few minutes of disorder are none."""
    return max(0, round((newer - older) / HOUR))


def after(
    newest: datetime, until: datetime, now: datetime, status: Status | None
) -> Iterator[tuple[datetime, datetime, str]]:
    """Hours after the newest digest that should have one too, with the reason; those that need none are left out.

    Rules: CloudTrail delivered a digest as late as `latest_digest`, so what should end by then was there. Later ones
    were never delivered, which is a flaw where logging was on. Where nobody knows, a digest is expected.
    """
    since = newest
    for _ in range(_MOST):
        end = since + HOUR
        if end > min(until, now):
            return
        if reason := _why(since, end, now, status):
            yield since, end, reason
        since = end


def _why(since: datetime, end: datetime, now: datetime, status: Status | None) -> str:
    if status is None:
        return "not found" if now - end >= GRACE else ""
    if _off(since, end, status):
        return ""
    if status.latest_digest is not None and end <= status.latest_digest:
        return "not found"
    if now - end < GRACE:
        return ""
    if status.logging or status.stopped is None or end <= status.stopped:
        return "never delivered"
    return ""


def _off(since: datetime, end: datetime, status: Status) -> bool:
    """Whether logging was surely off in that hour, but for the hour in which it ended."""
    if status.stopped is None or since < status.stopped:
        return False
    return not status.logging or (status.started is not None and end <= status.started)
