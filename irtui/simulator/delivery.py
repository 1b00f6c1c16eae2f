"""When CloudTrail shows what it recorded: the delay of each event, and the files of the trails.

Rules: an event is seen by LookupEvents, and can be in a log file, only once its delay is over, which is drawn from the
world's seed and the event's id. Files are written when `tick` is called, each as of its own moment, so a jump of the
clock leaves what the hours it passed would have left. Under the world's lock.
"""

import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irtui.simulator.digests import SigningKeys
from irtui.simulator.history import History, epoch
from irtui.simulator.lanes import Lane, Spans

LEAST, MOST = 60.0, 300.0
"""Seconds that CloudTrail commonly takes."""
HOME = "us-east-1"
"""Where global services are recorded."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event on its way to the log group of a trail."""

    at: float
    trail: Any
    record: Mapping[str, Any]


class Delivery:
    def __init__(self, seed: int, history: History, region: str) -> None:
        self.least, self.most = LEAST, MOST
        self.keys = SigningKeys()
        self._seed, self._history, self._region = seed, history, region
        self._watched: dict[int, _Watched] = {}

    def set(self, least: float, most: float) -> None:
        """In seconds of world time; before anything is recorded. Raises ValueError."""
        if not 0 <= least <= most:
            raise ValueError(f"delivery takes from {least} to {most} seconds: not a span")
        self.least, self.most = float(least), float(most)

    def at(self, record: Mapping[str, Any]) -> float:
        """When this record can be seen, in seconds since the epoch."""
        share = zlib.crc32(f"{self._seed} {record['eventID']}".encode()) / 2**32
        return epoch(record) + self.least + (self.most - self.least) * share

    def until(self, now: datetime) -> datetime:
        """Everything that happened before this can be seen at `now`."""
        return now - timedelta(seconds=self.most)

    def tick(self, now: datetime) -> None:
        """Writes every log file and digest that is due and was not written."""
        for trail in _trails():
            if id(trail) not in self._watched:
                self._watched[id(trail)] = _Watched(trail)
        for watched in self._watched.values():
            watched.spans.look(watched.trail.status, now)
            for lane in self._lanes(watched):
                lane.tick(now)

    def feeding(self) -> bool:
        """Whether any trail delivers to a log group."""
        return any(trail.cw_log_group_arn for trail in _trails())

    def due(self, since: datetime, now: datetime) -> Iterator[Due]:
        """What comes to the log groups after `since`, until `now`."""
        self.tick(now)
        start, end = since.timestamp(), now.timestamp()
        for watched in self._watched.values():
            if not watched.trail.cw_log_group_arn:
                continue
            for lane in self._lanes(watched):
                for record in lane.between(start - self.most - 1, end):
                    at = self.at(record)
                    if start < at <= end:
                        yield Due(at, watched.trail, record)

    def ended(self, trail: Any, now: datetime) -> None:
        """The trail was deleted: what it had recorded by then is still delivered."""
        self.tick(now)
        if (watched := self._watched.get(id(trail))) is not None:
            watched.spans.close(now)

    def lane(self, trail: Any, region: str) -> Lane | None:
        """What became of this trail in that Region. None: nothing yet."""
        watched = self._watched.get(id(trail))
        return watched.lanes.get(region) if watched is not None else None

    def _lanes(self, watched: "_Watched") -> Iterator[Lane]:
        trail = watched.trail
        regions = {trail.region_name}
        if trail.is_multi_region:
            regions |= {HOME, self._region} | self._history.regions(trail.account_id)
        for region in sorted(regions | watched.lanes.keys()):
            if region not in watched.lanes:
                watched.lanes[region] = Lane(trail, region, watched.spans, self._history, self)
            if region in regions:
                yield watched.lanes[region]


class _Watched:
    def __init__(self, trail: Any) -> None:
        self.trail = trail
        """moto's own; kept when it is deleted."""
        self.spans = Spans()
        self.lanes: dict[str, Lane] = {}


def _trails() -> Iterator[Any]:
    backends = sys.modules.get("moto.cloudtrail.models")
    if backends is None:  # loaded with the first CloudTrail request
        return
    for account in list(backends.cloudtrail_backends):
        for backend in list(backends.cloudtrail_backends[account].values()):
            yield from list(backend.trails.values())
