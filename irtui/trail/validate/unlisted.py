"""Log files that no valid digest names: put there by somebody else, another trail's, or left without a voucher.

Rules: a log file counts as unlisted only well inside hours whose digests are valid; in the other hours it is merely
unchecked. Names are kept as eight bytes each, by day, so a month of a large trail is a few megabytes.
"""

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from irtui.trail.validate.names import HOUR, Lane, log_delivered
from irtui.trail.validate.store import Store
from irtui.trail.validate.verdict import Slot, Verdict


class Names:
    """Keys of log files that digests name."""

    def __init__(self) -> None:
        self._days: dict[str, array[int]] = {}

    def add(self, key: str) -> None:
        self._days.setdefault(_day(key), array("Q")).append(_mark(key))

    def day(self, day: str) -> frozenset[int]:
        return frozenset(self._days.get(day, ()))


def _day(key: str) -> str:
    at = log_delivered(key)
    return f"{at:%Y%m%d}" if at else ""


def _mark(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def unnamed(
    store: Store, lane: Lane, bucket: str, prefix: str, names: Names, slots: Iterable[Slot]
) -> Iterator[tuple[str, Slot, bool]]:
    """(key, its hour, whether the hour and the next are vouched for) of each that is not named. Raises Unreachable."""
    ordered = sorted(slots, key=lambda slot: slot.since)
    if not ordered:
        return
    starts = [slot.since for slot in ordered]
    folder = lane.folder("CloudTrail", prefix)
    last = folder + ordered[-1].until.strftime("%Y/%m/%d") + "0"
    day, named = "", frozenset[int]()
    for key in store.keys(bucket, folder, folder + ordered[0].since.strftime("%Y/%m/%d")):
        if key > last:
            break
        at = log_delivered(key)
        if at is None:
            continue
        if f"{at:%Y%m%d}" != day:
            day = f"{at:%Y%m%d}"
            named = names.day(day)
        if _mark(key) in named:
            continue
        slot, following = _at(ordered, starts, at), _at(ordered, starts, at + HOUR)
        if slot is not None and at > slot.since:
            sure = following is not None and slot.verdict is following.verdict is Verdict.VALID
            if sure or slot.verdict is not Verdict.VALID:
                yield key, slot, sure


def _at(ordered: list[Slot], starts: list[datetime], moment: datetime) -> Slot | None:
    index = bisect_right(starts, moment - timedelta(seconds=1)) - 1
    return ordered[index] if index >= 0 and moment <= ordered[index].until else None
