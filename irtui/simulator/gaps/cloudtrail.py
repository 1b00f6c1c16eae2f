"""LookupEvents: the event history of one Region, as far as CloudTrail lets it be searched.

One attribute at a time, newest first, at most 50 a page, 90 days back, management events only.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.simulator.answers import Refusal
from irtui.simulator.world import Asked, Gap

PAGE = 50
HISTORY = timedelta(days=90)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def lookup_events(asked: Asked) -> Mapping[str, Any]:
    attributes = asked.params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise Refusal("InvalidLookupAttributesException", "You can only specify one lookup attribute.")
    key, value = (attributes[0]["AttributeKey"], attributes[0]["AttributeValue"]) if attributes else ("", "")
    size = int(asked.params.get("MaxResults") or PAGE)
    if not 1 <= size <= PAGE:
        raise Refusal("InvalidMaxResultsException", f"MaxResults must be between 1 and {PAGE}.")
    since = max(_moment(asked.params.get("StartTime"), _FIRST), asked.world.clock.now() - HISTORY)
    until = _moment(asked.params.get("EndTime"), _LAST)
    events = asked.world.events
    found: list[Mapping[str, Any]] = []
    position = _position(asked.params.get("NextToken"), len(events))
    while position > 0:
        event = events[position - 1]
        if _seen(event, asked, since, until) and (not key or value in _values(event, key)):
            if len(found) == size:
                return {"Events": [_row(e) for e in found], "NextToken": str(position)}
            found.append(event)
        position -= 1
    return {"Events": [_row(event) for event in found]}


def _seen(event: Mapping[str, Any], asked: Asked, since: datetime, until: datetime) -> bool:
    return (
        event["managementEvent"]
        and event["awsRegion"] == asked.region
        and event["recipientAccountId"] == asked.caller.account
        and since <= _moment(event["eventTime"], until) <= until
    )


def _moment(value: Any, default: datetime) -> datetime:
    if value is None:
        return default
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _position(token: Any, end: int) -> int:
    """A token is a place in the history, so events that come meanwhile do not shift the pages."""
    if token is None:
        return end
    if not str(token).isdigit() or int(token) > end:
        raise Refusal("InvalidNextTokenException", "The token is not valid.")
    return int(token)


def _values(event: Mapping[str, Any], key: str) -> list[str]:
    if key == "ResourceType":
        return [item["type"] for item in event["resources"]]
    if key == "ResourceName":
        return [item["ARN"] for item in event["resources"]]
    single = {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "EventSource": event["eventSource"],
        "ReadOnly": str(event["readOnly"]).lower(),
        "AccessKeyId": event["userIdentity"]["accessKeyId"],
        "Username": username(event),
    }
    if key not in single:
        raise Refusal("InvalidLookupAttributesException", f"Unknown attribute key {key}.")
    return [str(single[key])]


def username(event: Mapping[str, Any]) -> str:
    """The user's name; for sessions of roles and federated users the session's."""
    who = event["userIdentity"]
    return str(who.get("userName") or who["arn"].rsplit("/", 1)[-1])


def _row(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": str(event["readOnly"]).lower(),
        "AccessKeyId": event["userIdentity"]["accessKeyId"],
        "EventTime": _moment(event["eventTime"], _LAST),
        "EventSource": event["eventSource"],
        "Username": username(event),
        "Resources": [{"ResourceType": item["type"], "ResourceName": item["ARN"]} for item in event["resources"]],
        "CloudTrailEvent": json.dumps(event),
    }


OPERATIONS: Mapping[str, Gap] = {"LookupEvents": lookup_events}
