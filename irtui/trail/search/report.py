"""What a search found as JSON holds it: events, sources, findings. Of very many events the first by time are given."""

from typing import Any

from irtui.canonical import plain
from irtui.trail.search.searching import KEPT, Event, Found

_WRAPPED = 8
"""Levels that whoever writes the report may wrap around an event."""


def data_of(found: Found, *, most: int = KEPT, room: int = 0) -> dict[str, Any]:
    """At most so many events and bytes of them; `room` 0 is any."""
    events, size = [], 0
    for one in found.in_order()[:most]:
        size += len(one.raw)
        if room and size > room:
            break
        events.append({"id": one.id, "time": one.time, "source": one.source, "event": _shown(one)})
    return {
        "query": found.query.as_data(), "count": found.count, "sha256": found.digest(), "stopped": found.stopped,
        "events": events, "events_left_out": found.count - len(events),
        "findings": [finding.as_data() for finding in found.findings],
        "findings_left_out": found.findings_count - len(found.findings),
        "followed": found.followed,
        "sources": [
            {
                "name": one.name, "read": one.read, "inflated_bytes": one.inflated, "events": one.events,
                "read_to_the_end": one.whole, "go_on_after": "" if one.whole else one.cursor,
                "cannot_contain": list(one.cannot),
            }
            for one in found.answered
        ],
    }  # fmt: skip


def _shown(event: Event) -> Any:
    try:
        return plain(event.value, _WRAPPED)
    except ValueError:  # nested deeper than any output of ours
        return {"eventID": event.id, "eventTime": event.time}
