"""Event history (LookupEvents), all Regions side by side; the door keeps to its two requests a second.

Rules: AWS filters by access key or by event name, where one was asked; everything else is compared here, the source
address above all, which LookupEvents cannot filter. A Region that did not answer, or not to the end, is a finding.
After each page there is a `Mark`: a search of the same can go on there, and then asks only the Regions that are left.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from queue import Queue
from threading import Event
from typing import Any, NamedTuple

from irtui.aws import door as aws
from irtui.errors import AwsFault, IrtuiError, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search.crew import Done, Mark, Result
from irtui.trail.search.cursor import Cursor, Reached, beginning, filters
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Reader

PAGE = 50
CANNOT = (
    "events older than 90 days",
    "data events, network activity events and Insights events",
    "events of the last 15 minutes or so, which may not have been delivered yet",
)


class _Step(NamedTuple):
    """How far a Region has answered."""

    region: str
    reached: Reached


class History:
    """The Event history of some Regions."""

    resumable = False

    def __init__(self, door: aws.Reader, regions: tuple[str, ...], *, after: Cursor | None = None) -> None:
        self._door, self._regions, self._after = door, regions, after
        self.name = "Event history in " + ", ".join(regions)
        self.cannot: tuple[str, ...] = CANNOT

    def results(self, query: Query) -> Iterator[Result]:
        found: Queue[Result | _Step | BaseException] = Queue(1000)
        stopped = Event()
        begin = beginning(query, self._regions)
        if self._after and self._after.query == begin.query:  # keys that are followed begin anew
            begin = self._after
            yield Mark(str(begin))
        reached = dict(begin.regions)
        regions = [region for region, one in reached.items() if not one.ended]
        left = len(regions)
        with ThreadPoolExecutor(max(1, min(left, 32))) as threads:
            for region in regions:
                threads.submit(self._region, query, region, reached[region], found, stopped)
            try:
                while left:
                    result = found.get()
                    if isinstance(result, BaseException):
                        raise result
                    if isinstance(result, _Step):
                        reached[result.region] = result.reached
                        yield Mark(str(Cursor(begin.query, reached)))
                        continue
                    if isinstance(result, Done):
                        left -= 1
                    yield result
            finally:
                stopped.set()
                while not found.empty():  # lets those who wait to put see that nobody takes
                    found.get_nowait()

    def _region(self, query: Query, region: str, reached: Reached, found: "Queue[Any]", stopped: Event) -> None:
        def give(result: Any) -> None:
            if not stopped.is_set():
                found.put(result)

        where, seen = f"Event history in {region}", 0
        reader = Reader(query, give, give)
        try:
            for number, attribute in enumerate(filters(query)):
                if number < reached.filter:
                    continue
                if number > reached.filter:
                    reached = Reached(number)
                for events in self._pages(query, region, attribute, reached.oldest, stopped):
                    for event in events:
                        raw = _raw(event)
                        seen += len(raw)
                        reader.record(where, raw)
                    if events:
                        reached = reached.down_to(events[-1])
                        give(_Step(region, reached))
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                give(error)
                return
            give(Finding("refused", where, str(error)))
        except BaseException as error:  # it belongs to the thread that takes the results
            give(error)
            return
        else:
            give(_Step(region, replace(reached, ended=True)))
        give(Done(where, seen))

    def _pages(
        self, query: Query, region: str, attribute: dict[str, str] | None, until: int | None, stopped: Event
    ) -> Iterator[list[Any]]:
        params: dict[str, Any] = {"MaxResults": PAGE}
        params |= {"LookupAttributes": [attribute]} if attribute else {}
        params |= {"StartTime": query.since} if query.since else {}
        params |= {"EndTime": query.until} if query.until else {}
        params |= {"EndTime": datetime.fromtimestamp(until, UTC)} if until is not None else {}
        while not stopped.is_set():
            page = self._door.read(Call("cloudtrail", "LookupEvents", params, region=region)).data
            yield list(page.get("Events") or ())
            if not page.get("NextToken"):
                return
            params["NextToken"] = page["NextToken"]


def _raw(event: Any) -> bytes:
    record = event.get("CloudTrailEvent") if isinstance(event, dict) else None
    # The door has parsed what is JSON; what is not comes as it was, and is a finding.
    text = json.dumps(record) if isinstance(record, dict) else str(record)
    return text.encode("utf-8", "surrogatepass")


def regions_of(door: aws.Reader) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Every Region that is enabled; the door's own and us-east-1, and a finding, when that cannot be asked."""
    try:
        said = door.read(Call("ec2", "DescribeRegions")).data
        names = sorted(str(region["RegionName"]) for region in said.get("Regions") or ())
        if names:
            return tuple(names), ()
        why = "DescribeRegions named none"
    except IrtuiError as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        why = str(error)
    some = tuple(dict.fromkeys((door.region, "us-east-1")))
    return some, (Finding("refused", "the list of Regions", f"only {', '.join(some)} were searched: {why}"),)
