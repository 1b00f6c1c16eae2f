"""Event history (LookupEvents) for actions: one question, asked of several Regions side by side.

Rules: STS and most services write their events in the Region in which they were called, so where nobody names Regions
every enabled one is asked. A Region that did not answer is unread, never empty. The door keeps to two requests a second
for each account and Region (CloudTrail API reference, LookupEvents).
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

from irtui.actions.interface import Reader
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.model.call import Call
from irtui.trail.search import history

HOME = "us-east-1"
"""IAM and other global services record their events here."""
AT_ONCE = 32
"""Regions that are asked at the same time."""

Event = Mapping[str, Any]


class Looked(NamedTuple):
    events: list[Event]
    """Region after Region, newest first in each."""
    unread: list[str]
    """Regions that did not answer, one sentence each."""
    older: list[str]
    """Regions that have more than was read."""
    failed: AwsFault | SimulatorGap | None
    """Why no Region answered; None: one did."""

    @property
    def gaps(self) -> list[str]:
        return [*self.unread, *self.older]


def regions_of(reader: Reader, given: Any = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Regions to ask, and what could not be read about them: `given`, or every enabled one.

    Raises RunbookError for what is no list of names, AwsFault when the operator's session has ended.
    """
    if given is None:
        enabled, findings = history.regions_of(reader)
        return enabled, tuple(finding.detail for finding in findings)
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) and name for name in names):
        raise RunbookError("The input regions must be a list of Region names")
    return tuple(dict.fromkeys(names)), ()


def lookup(
    reader: Reader, regions: tuple[str, ...], attribute: str, value: str, *, pages: int, since: datetime | None = None
) -> Looked:
    """Events with that attribute. Raises AwsFault when the operator's session has ended, and nothing else of AWS's."""
    params: dict[str, Any] = {"LookupAttributes": [{"AttributeKey": attribute, "AttributeValue": value}]}
    params |= {"MaxResults": 50, **({"StartTime": since} if since else {})}

    def told(region: str) -> tuple[list[Event], str, AwsFault | SimulatorGap | None]:
        try:
            data = reader.read(Call("cloudtrail", "LookupEvents", params, region), pages=pages).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            return [], f"events of {value} in {region} could not be read: {words(error)}", error
        older = f"{value} has over {pages * 50} events in {region}; the older were not read" if truncated(data) else ""
        return [event_of(item) for item in data.get("Events") or ()], older, None

    reader.told(f"events of {value} in {', '.join(regions[:3])}{' and others' if len(regions) > 3 else ''}")
    with ThreadPoolExecutor(min(len(regions), AT_ONCE)) as threads:
        found = list(threads.map(told, regions))
    return Looked(
        [event for events, _, _ in found for event in events],
        [sentence for _, sentence, error in found if error is not None],
        [sentence for _, sentence, error in found if error is None and sentence],
        found[-1][2] if all(error is not None for _, _, error in found) else None,
    )


def event_of(item: Mapping[str, Any]) -> Event:
    """The event itself; where it cannot be parsed, what stands around it."""
    event = item.get("CloudTrailEvent")
    if isinstance(event, str):
        try:
            event = json.loads(event)
        except ValueError:
            event = None
    if isinstance(event, Mapping):
        return event
    return {"eventID": item.get("EventId", ""), "eventName": item.get("EventName", "")}
