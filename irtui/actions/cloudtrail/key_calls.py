"""Who works with an access key: from which addresses, with which programs, at which services, by number of calls.

It tells who stops working when the key is stopped, as far as anybody can: addresses that are yours are yours to warn.
Stops and breaks: nothing, it only reads. What could not be read is a gap, and never "nobody".
Limits: the newest 200 management events of each enabled Region. Reading and writing objects is not among them; IAM's
last use is. Either may be some minutes late.
CloudTrail: DescribeRegions and LookupEvents events of the operator.

```yaml
use: cloudtrail.key_calls
with: {access_key_id: "${{ inputs.access_key_id }}", last_used: "${{ steps.owner.last_used }}"}
evidence: true
on_failure: continue
```
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.event_history import Event, lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.trail.family import moment
from irtui.trail.search.query import mapping, string

PAGES = 4
"""Pages of 50 events per Region: the deny waits for this."""
NAMED = 4
"""Callers and services that a sentence names, the most frequent first."""
AGENT = 24
"""Characters of a program's name: whoever calls writes it."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for an empty key, AwsFault when the operator's session has ended."""
    key = text(inputs, "access_key_id")
    regions, gaps = regions_of(reader)
    looked = lookup(reader, regions, "AccessKeyId", key, pages=PAGES)
    gaps = (*gaps, *looked.gaps)
    events = {string(event, "eventID"): event for event in looked.events}
    told = _told(list(events.values()), mapping(inputs, "last_used"), bool(gaps))
    return Facts({**told, "gaps": list(gaps)}, gaps)


def _told(events: list[Event], last: Mapping[str, Any], partly: bool) -> dict[str, Any]:
    callers = Counter((string(event, "sourceIPAddress"), _program(event)) for event in events)
    services = Counter(string(event, "eventSource").removesuffix(".amazonaws.com") for event in events)
    times = sorted(string(event, "eventTime") for event in events)
    used = moment(string(last, "LastUsedDate"))
    said = (
        f"IAM: last used {used:%Y-%m-%d %H:%MZ} ({string(last, 'ServiceName')}, {string(last, 'Region')}). "
        if used
        else ""
    )
    if events:
        who = _named(f"{count} from {address} ({program})" for (address, program), count in callers.most_common())
        at = _named(f"{service} {count}" for service, count in services.most_common())
        first = moment(times[0])
        since = f" since {first:%Y-%m-%d %H:%MZ}" if first else ""
        said += f"CloudTrail: {len(events)} calls{since}: {who}. Services: {at}."
    elif not partly:
        said += "CloudTrail: no calls in any Region."
    said += " Not all could be read." if partly else ""
    return {
        "words": said.strip(),
        "calls": len(events),
        "source_ips": dict(Counter(string(event, "sourceIPAddress") for event in events).most_common()),
        "user_agents": dict(Counter(string(event, "userAgent") for event in events).most_common()),
        "services": dict(services.most_common()),
    }


def _program(event: Event) -> str:
    return string(event, "userAgent").partition(" ")[0][:AGENT] or "no name"


def _named(each: Any) -> str:
    found = list(each)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return ", ".join(found[:NAMED]) + more


ACTION = Action(
    id="cloudtrail.key_calls",
    title="Who works with an access key",
    inputs={
        "access_key_id": InputField("access_key_id", help="AKIA… or ASIA…."),
        "last_used": InputField("map", required=False, help="What IAM says of its last use: AccessKeyLastUsed."),
    },
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=("words", "calls", "source_ips", "user_agents", "services", "gaps"),
    observe=observe,
)
