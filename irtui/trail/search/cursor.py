"""Where a search of Event history stands, as one line that a later search can go on with.

Rules: LookupEvents tells the newest first, so of each Region it is enough to know which filter was asked and the oldest
time that it reached; that second is asked again, since more events may be of it. A line of another query is refused.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from irtui.canonical import digest
from irtui.errors import UsageError
from irtui.trail.search.query import Query

_PLACE = re.compile(r"([a-z0-9-]{1,40})=(?:(end)|(\d{1,4})@(\d{1,10})?)")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one Region was read: which of the query's filters, and the oldest second; None is its beginning."""

    filter: int = 0
    oldest: int | None = None
    ended: bool = False

    def down_to(self, event: Any) -> "Reached":
        """After a page that ends with this event; as before when its time cannot be told."""
        time = event.get("EventTime") if isinstance(event, dict) else None
        try:
            moment = time if isinstance(time, datetime) else datetime.fromisoformat(str(time))
        except ValueError:
            return self
        # Never earlier than the event: what lies between would be left out.
        return replace(self, oldest=math.ceil((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


@dataclass(frozen=True, slots=True)
class Cursor:
    """Of every Region that is searched."""

    query: str
    regions: dict[str, Reached]

    def __str__(self) -> str:
        told = (f"{name}={'end' if one.ended else _text(one)}" for name, one in self.regions.items())
        return ",".join((f"history:{self.query}", *told))


def beginning(query: Query, regions: tuple[str, ...]) -> Cursor:
    return Cursor(digest(query.as_data())[:16], dict.fromkeys(regions, Reached()))


def parsed(text: str, query: Query) -> Cursor:
    """Raises UsageError."""
    head, *places = text.split(",")
    found = [_PLACE.fullmatch(place) for place in places]
    regions = {one[1]: Reached(int(one[3] or 0), int(one[4]) if one[4] else None, bool(one[2])) for one in found if one}
    known = all(one.filter < len(filters(query)) for one in regions.values())
    if not found or len(regions) != len(found) or not known or not head.startswith("history:"):
        raise UsageError(f"{text!r} is no place in Event history.", advice="Copy the whole of what `go on with` said.")
    if head != f"history:{beginning(query, ()).query}":
        raise UsageError("--after is of another search.", advice="Ask the same again, with the same --since and all.")
    return Cursor(head.partition(":")[2], regions)


def filters(query: Query) -> tuple[dict[str, str] | None, ...]:
    """What AWS itself filters by, one request each; (None,) for nothing."""
    if query.access_keys:
        return tuple({"AttributeKey": "AccessKeyId", "AttributeValue": key} for key in query.access_keys)
    if query.event_names:
        names = dict.fromkeys(name.rpartition(".")[2] for name in query.event_names)
        return tuple({"AttributeKey": "EventName", "AttributeValue": name} for name in names)
    return (None,)


def _text(one: Reached) -> str:
    return f"{one.filter}@{'' if one.oldest is None else one.oldest}"
