"""What a user tried since it was denied: calls that AWS refused, from where, and calls that worked all the same.

Stops and breaks: nothing, it only reads. Refusals are positive proof that the deny holds, and tell an intruder who
still tries from a job that misses it. None proves nothing: nobody may have tried, and CloudTrail is minutes late.
A refusal is a code that says so (AccessDenied and its like); what failed for another reason counts as neither, nor do
GetCallerIdentity and signing in, which need no permission. Calls are asked for by the user's name; `sessions` adds
those of keys and sessions that it opened, each since whoever it stands for was denied.
Limits: management events, of Regions that are enabled now. Of more than MOST sessions only the first are asked for.
CloudTrail: DescribeRegions and LookupEvents events of the operator.

```yaml
use: cloudtrail.user_calls
with: {user: "${{ steps.who.name }}", since: "${{ incident.opened }}", changes: "${{ incident.changes }}"}
evidence: true
on_failure: continue
```
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.event_history import Event, lookup, regions_of
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.errors import RunbookError
from irtui.trail.family import moment
from irtui.trail.search.query import mapping, string

PAGES = 100
MOST = 40
NAMED = 3
"""Addresses that a sentence names, the most frequent first."""
SPREAD = timedelta(seconds=15)
"""How long IAM may let in what was just denied."""
_FREE = ("GetCallerIdentity", "ConsoleLogin", "CheckMfa")
"""What a deny on a user does not touch."""
_REFUSED = frozenset({
    "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
    "InsufficientPrivilegesException", "KMSAccessDeniedException", "UnauthorizedAccess", "UnauthorizedOperation",
})  # fmt: skip
"""Codes by which AWS says that the caller is known and not allowed; EC2 writes a `Client.` before it."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault and SimulatorGap when no Region could be read."""
    user, changes = text(inputs, "user"), inputs.get("changes")
    since = _denied(changes, f"user/{user}") or moment(text(inputs, "since"))
    if since is None:
        raise RunbookError(f"{inputs.get('since')!r} is no time")
    regions, missing = regions_of(reader, inputs.get("regions"))
    looked = lookup(reader, regions, "Username", user, pages=PAGES, since=since)
    if looked.failed is not None:
        raise looked.failed
    gaps = [*missing, *looked.gaps]
    # a role's session may be called like a user
    events = {string(one, "eventID"): one for one in looked.events if _kind(one) in ("IAMUser", "FederatedUser")}
    sessions = list(_sessions(inputs.get("sessions")))
    if len(sessions) > MOST:
        gaps.append(f"{len(sessions) - MOST} of {len(sessions)} sessions and keys were not asked for")
    for key, holder in sessions[:MOST]:
        begin = _denied(changes, holder) or since
        looked = lookup(reader, regions, "AccessKeyId", key, pages=PAGES, since=begin)
        gaps += looked.gaps
        events |= {string(one, "eventID"): one for one in looked.events}
    return Facts({**_told(list(events.values())), "since": str(since), "gaps": gaps}, tuple(gaps))


def _denied(changes: Any, subject: str) -> datetime | None:
    """Since when a deny of this incident is enforced on it; None: nothing tells that there is one."""
    at = moment(str(changes.get(subject, ""))) if isinstance(changes, Mapping) else None
    return at + SPREAD if at is not None else None


def _sessions(given: Any) -> Iterator[tuple[str, str]]:
    """(key id, whom it stands for) of what `cloudtrail.family_tree` keeps as `sessions`."""
    for one in given if isinstance(given, list | tuple) else ():
        if isinstance(one, Mapping) and (key := string(one, "id")):
            yield key, string(one, "holder")


def _kind(event: Event) -> str:
    return string(mapping(event, "userIdentity"), "type")


def _told(events: list[Event]) -> dict[str, Any]:
    asked = [event for event in events if string(event, "eventName") not in _FREE]
    refused = [event for event in asked if _is_refusal(event)]
    worked = [event for event in asked if not event.get("errorCode")]
    failed = len(asked) - len(refused) - len(worked)
    return {
        "refused": len(refused),
        "worked": len(worked),
        "failed": failed,
        "source_ips": dict(Counter(string(event, "sourceIPAddress") for event in refused).most_common()),
        "operations": dict(Counter(string(event, "eventName") for event in refused).most_common()),
        "words": f"{_calls(refused)} refused; {_calls(worked)} worked"
        + (f"; {failed} failed for another reason" if failed else ""),
    }


def _is_refusal(event: Event) -> bool:
    return string(event, "errorCode").removeprefix("Client.") in _REFUSED


def _calls(events: list[Event]) -> str:
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
        "sessions": InputField("list", required=False, help="What it opened: sessions of cloudtrail.family_tree."),
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
    },
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=("refused", "worked", "failed", "source_ips", "words", "gaps"),
    observe=observe,
)
