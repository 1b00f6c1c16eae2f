"""The events of Event history that bear one attribute, in every enabled Region: who called what, newest first.

Stops and breaks: nothing, it only reads. `attribute` is what LookupEvents searches by (EventName, ResourceName,
Username, AccessKeyId and so on), and `value` what it must be. A Region that could not be read is a gap.
Limits: management events of the last 90 days, some minutes late, of Regions that are enabled now.
CloudTrail: DescribeRegions and LookupEvents events of the operator.

```yaml
use: cloudtrail.lookup
with: {attribute: EventName, value: AssumeRoot}
keep: {by: "events[].userIdentity.arn"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import moment
from irtui.actions.event_history import lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.trail.search.query import string

PAGES = 40
"""Pages of 50 events that are read per Region."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault and SimulatorGap when no Region could be read."""
    attribute, value = text(inputs, "attribute"), text(inputs, "value")
    since = moment(inputs, "since", now)
    regions, missing = regions_of(reader, inputs.get("regions"))
    looked = lookup(reader, regions, attribute, value, pages=PAGES, since=since)
    if looked.failed is not None:
        raise looked.failed
    events = sorted(looked.events, key=lambda event: string(event, "eventTime"), reverse=True)
    gaps = (*missing, *looked.gaps)
    return Facts({"count": len(events), "events": events, "gaps": list(gaps)}, gaps)


ACTION = Action(
    id="cloudtrail.lookup",
    title="Events that bear one attribute",
    inputs={
        "attribute": InputField("string", help="What LookupEvents searches by: EventName, ResourceName and so on."),
        "value": InputField("string", help="What it must be."),
        "since": InputField("string", required=False, help="A time, or how long ago: 24h; 90 days without it."),
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
    },
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=("count", "gaps"),
    observe=observe,
)
