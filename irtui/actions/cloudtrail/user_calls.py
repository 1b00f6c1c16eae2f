"""What a user tried since it was denied: calls that AWS refused, from where, and calls that worked all the same.

Stops and breaks: nothing, it only reads. Refusals are positive proof that the deny holds, and tell an intruder who
still tries from a job that misses it. None proves nothing: nobody may have tried, and CloudTrail is minutes late.
GetCallerIdentity and signing in need no permission: they count as neither. Calls are asked for by the user's name.
Limits: management events, in the Regions that are asked.
CloudTrail: LookupEvents events of the operator.

```yaml
use: cloudtrail.user_calls
with: {user: "${{ steps.who.name }}", since: "${{ incident.opened }}", changes: "${{ incident.changes }}"}
evidence: true
on_failure: continue
```
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.event_pivots import event_of, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.observe import words
from irtui.aws.paging import truncated
from irtui.errors import AwsFault, RunbookError, SimulatorGap
from irtui.model.call import Call
from irtui.trail.family import moment
from irtui.trail.search.query import mapping, string

PAGES = 100
NAMED = 3
"""Addresses that a sentence names, the most frequent first."""
SPREAD = timedelta(seconds=15)
"""How long IAM may let in what was just denied."""
_FREE = ("GetCallerIdentity", "ConsoleLogin", "CheckMfa")
"""What a deny on a user does not touch."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault and SimulatorGap when no Region could be read."""
    user = text(inputs, "user")
    given = inputs.get("changes")
    denied = moment(str(given.get(f"user/{user}", ""))) if isinstance(given, Mapping) else None
    since = denied + SPREAD if denied is not None else moment(text(inputs, "since"))
    if since is None:
        raise RunbookError(f"{inputs.get('since')!r} is no time")
    gaps: list[str] = []
    failed: list[AwsFault | SimulatorGap] = []
    events: dict[str, Mapping[str, Any]] = {}
    regions = regions_of(inputs.get("regions"))
    for region in regions:
        asked = [{"AttributeKey": "Username", "AttributeValue": user}]
        params = {"LookupAttributes": asked, "StartTime": since, "MaxResults": 50}
        try:
            data = reader.read(Call("cloudtrail", "LookupEvents", params, region), pages=PAGES).data
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            gaps.append(f"calls in {region or 'the session’s Region'} could not be read: {words(error)}")
            failed.append(error)
            continue
        if truncated(data):
            gaps.append(f"there are over {PAGES * 50} calls in {region or 'the session’s Region'}; older were not read")
        events |= {string(event, "eventID"): event for event in map(event_of, data.get("Events") or ())}
    if len(failed) == len(regions):
        raise failed[-1]
    return Facts({**_told(list(events.values())), "since": str(since), "gaps": gaps}, tuple(gaps))


def _told(events: list[Mapping[str, Any]]) -> dict[str, Any]:
    its = [event for event in events if string(mapping(event, "userIdentity"), "type") in ("IAMUser", "FederatedUser")]
    asked = [event for event in its if string(event, "eventName") not in _FREE]
    refused = [event for event in asked if event.get("errorCode")]
    worked = [event for event in asked if not event.get("errorCode")]
    return {
        "refused": len(refused),
        "worked": len(worked),
        "source_ips": dict(Counter(string(event, "sourceIPAddress") for event in refused).most_common()),
        "operations": dict(Counter(string(event, "eventName") for event in refused).most_common()),
        "words": f"{_calls(refused)} refused; {_calls(worked)} worked",
    }


def _calls(events: list[Mapping[str, Any]]) -> str:
    if not events:
        return "0 calls"
    latest = max(events, key=lambda event: string(event, "eventTime"))
    at = moment(string(latest, "eventTime"))
    addresses = Counter(string(event, "sourceIPAddress") for event in events).most_common()
    more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
    where = ", ".join(address for address, _ in addresses[:NAMED])
    when = f"{at:%Y-%m-%d %H:%MZ}" if at else "some time"
    return f"{len(events)} calls from {where}{more}, the last {string(latest, 'eventName')} at {when},"


ACTION = Action(
    id="cloudtrail.user_calls",
    title="What a user tried since it was denied",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "since": InputField("string", help="From when on, where nothing in changes tells when it was denied."),
        "changes": InputField("map", required=False, help="What was changed when: incident.changes."),
        "regions": InputField("list", required=False, help="Regions to look in; the own one and us-east-1 without it."),
    },
    permissions=("cloudtrail:LookupEvents",),
    keeps=("refused", "worked", "source_ips", "words", "gaps"),
    observe=observe,
)
