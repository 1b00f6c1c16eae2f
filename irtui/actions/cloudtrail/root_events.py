"""What the root user of the account did since a moment, in every enabled Region, by CloudTrail's event history.

Stops and breaks: nothing, it only reads. Says which keys and addresses it came by, how often its password was asked
for or changed, and what it made. `state` is quiet only when nothing was done since then and
every Region was read.
Limits: management events of 90 days, minutes late. Sessions that the management account opens with AssumeRoot are
marked as such and counted apart. Of a member account nothing is seen from outside.
CloudTrail: DescribeRegions and LookupEvents events of the operator.

```yaml
use: cloudtrail.root_events
with: {since: 90d}
evidence: true
```
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import span
from irtui.actions.event_history import lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.clock import rfc3339
from irtui.trail.search.query import mapping, string

PAGES = 40
"""Pages of 50 events that are read per Region."""
NAMED = 8
"""Kinds of calls that a sentence names; more are counted."""
_MAKES = {"CreateUser": "userName", "CreateLoginProfile": "userName", "CreateAccessKey": "userName"}
"""What gives a user to somebody, and the parameter that names it."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for a time that is none, AwsFault where not even one Region could be asked."""
    since, _ = span(inputs, now)
    regions, missing = regions_of(reader)
    looked = lookup(reader, regions, "Username", "root", pages=PAGES, since=since)
    if looked.failed is not None:
        raise looked.failed
    gaps = [*missing, *looked.gaps]
    # a user may be called root as well
    events = sorted(filter(_is_root, looked.events), key=lambda event: string(event, "eventTime"))
    opened = [event for event in events if _assumed(event)]
    own = [event for event in events if not _assumed(event)]
    done = [event for event in own if not event.get("errorCode")]
    users = dict.fromkeys(
        string(mapping(event, "requestParameters"), _MAKES[name])
        for event in done
        if (name := string(event, "eventName")) in _MAKES
    )
    state = "active" if own else "unknown" if gaps else "quiet"
    return Facts({
        "state": state, "why": _why(state, own, gaps), "since": rfc3339(since), "now": rfc3339(now),
        "count": len(own), "by_assume_root": len(opened), "words": _words(own),
        "latest": string(own[-1], "eventTime") if own else "",
        "keys": sorted({key for e in own if (key := string(mapping(e, "userIdentity"), "accessKeyId"))}),
        "addresses": sorted({string(event, "sourceIPAddress") for event in own}),
        "users": [name for name in users if name],
        "events": [_plain(event) for event in events], "gaps": gaps,
    }, tuple(gaps))  # fmt: skip


def _is_root(event: Mapping[str, Any]) -> bool:
    who = mapping(event, "userIdentity")
    return string(who, "type") == "Root" or string(who, "arn").endswith(":root") or not who


def _assumed(event: Mapping[str, Any]) -> bool:
    return string(mapping(mapping(event, "userIdentity"), "sessionContext"), "assumedRoot") == "true"


def _why(state: str, own: list[Mapping[str, Any]], gaps: list[str]) -> str:
    if state == "active":
        last = own[-1]
        return (
            f"the root user did {len(own)} things since then; the last was {string(last, 'eventName')} at "
            f"{string(last, 'eventTime')} from {string(last, 'sourceIPAddress')}"
        )
    return gaps[0] if state == "unknown" else "nothing was done as root since then"


def _words(own: Iterable[Mapping[str, Any]]) -> str:
    """How often it did what, the most frequent first."""
    counted = Counter(
        string(event, "eventName") + (" (refused)" if event.get("errorCode") else "") for event in own
    ).most_common()
    parts = [f"{name} {count}" for name, count in counted[:NAMED]]
    parts += [f"{len(counted) - NAMED} more kinds of calls"] if len(counted) > NAMED else []
    return ", ".join(parts) or "nothing"


def _plain(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": string(event, "eventTime"), "what": string(event, "eventName"), "region": string(event, "awsRegion"),
        "source_ip": string(event, "sourceIPAddress"), "user_agent": string(event, "userAgent"),
        "key": string(mapping(event, "userIdentity"), "accessKeyId"), "error": string(event, "errorCode"),
        "assumed_root": _assumed(event),
    }  # fmt: skip


ACTION = Action(
    id="cloudtrail.root_events",
    title="What the root user did",
    inputs={"since": InputField("string", help="A time, or how long ago: 90d.")},
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=(
        "state", "why", "since", "now", "count", "by_assume_root", "words", "latest", "keys", "addresses", "users",
        "gaps",
    ),
    observe=observe,
)  # fmt: skip
