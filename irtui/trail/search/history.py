"""Event history (LookupEvents), all Regions side by side; the door keeps to its two requests a second.

Rules: AWS filters by access key or by event name, where one was asked; everything else is compared here, the source
address above all, which LookupEvents cannot filter. A Region that did not answer, or not to the end, is a finding.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from threading import Event
from typing import Any

from irtui.aws import door as aws
from irtui.errors import AwsFault, IrtuiError, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search.crew import Done, Result
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Reader

PAGE = 50
CANNOT = (
    "events older than 90 days",
    "data events, network activity events and Insights events",
    "events of the last 15 minutes or so, which may not have been delivered yet",
)


class History:
    """The Event history of some Regions."""

    resumable = False

    def __init__(self, door: aws.Reader, regions: tuple[str, ...]) -> None:
        self._door, self._regions = door, regions
        self.name = "Event history in " + ", ".join(regions)
        self.cannot: tuple[str, ...] = CANNOT

    def results(self, query: Query) -> Iterator[Result]:
        found: Queue[Result | BaseException | None] = Queue(1000)
        stopped = Event()
        left = len(self._regions)
        with ThreadPoolExecutor(max(1, min(left, 32))) as threads:
            for region in self._regions:
                threads.submit(self._region, query, region, found, stopped)
            try:
                while left:
                    result = found.get()
                    if isinstance(result, BaseException):
                        raise result
                    if isinstance(result, Done):
                        left -= 1
                    if result is not None:
                        yield result
            finally:
                stopped.set()
                while not found.empty():  # lets those who wait to put see that nobody takes
                    found.get_nowait()

    def _region(self, query: Query, region: str, found: "Queue[Any]", stopped: Event) -> None:
        def give(result: Any) -> None:
            if not stopped.is_set():
                found.put(result)

        where, seen = f"Event history in {region}", 0
        reader = Reader(query, give, give)
        try:
            for attribute in _attributes(query):
                for raw in self._events(query, region, attribute, stopped):
                    seen += len(raw)
                    reader.record(where, raw)
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                give(error)
                return
            give(Finding("refused", where, str(error)))
        except BaseException as error:  # it belongs to the thread that takes the results
            give(error)
            return
        give(Done(where, seen))

    def _events(self, query: Query, region: str, attribute: dict[str, str] | None, stopped: Event) -> Iterator[bytes]:
        params: dict[str, Any] = {"MaxResults": PAGE}
        params |= {"LookupAttributes": [attribute]} if attribute else {}
        params |= {"StartTime": query.since} if query.since else {}
        params |= {"EndTime": query.until} if query.until else {}
        while not stopped.is_set():
            page = self._door.read(Call("cloudtrail", "LookupEvents", params, region=region)).data
            for event in page.get("Events") or ():
                record = event.get("CloudTrailEvent") if isinstance(event, dict) else None
                # The door has parsed what is JSON; what is not comes as it was, and is a finding.
                text = json.dumps(record) if isinstance(record, dict) else str(record)
                yield text.encode("utf-8", "surrogatepass")
            if not page.get("NextToken"):
                return
            params["NextToken"] = page["NextToken"]


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


def _attributes(query: Query) -> tuple[dict[str, str] | None, ...]:
    """What AWS itself filters by, one request each; (None,) for nothing."""
    if query.access_keys:
        return tuple({"AttributeKey": "AccessKeyId", "AttributeValue": key} for key in query.access_keys)
    if query.event_names:
        names = dict.fromkeys(name.rpartition(".")[2] for name in query.event_names)
        return tuple({"AttributeKey": "EventName", "AttributeValue": name} for name in names)
    return (None,)
