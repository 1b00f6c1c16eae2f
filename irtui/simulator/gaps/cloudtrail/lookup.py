"""LookupEvents: the event history of one Region, as far as CloudTrail lets it be searched.

One attribute at a time, newest first, at most 50 a page, 90 days back, management events only, each once it is
delivered; two requests a second for an account and Region, once the world is built. There are no Insights events.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.simulator.answers import Refusal
from irtui.simulator.history import ATTRIBUTES, epoch, resources, username
from irtui.simulator.world import Asked

PAGE = 50
HISTORY = timedelta(days=90)


def lookup_events(asked: Asked) -> Mapping[str, Any]:
    world, params, now = asked.world, asked.params, asked.world.clock.now()
    if not world.lookups.take(asked.caller.account, asked.region, now):
        raise Refusal("ThrottlingException", "Rate exceeded")
    attribute, value = _attribute(params)
    size = int(params.get("MaxResults", PAGE))
    if not 1 <= size <= PAGE:
        raise Refusal("InvalidMaxResultsException", f"MaxResults must be between 1 and {PAGE}.")
    since, until = _span(params, now)
    category = params.get("EventCategory")
    if category not in (None, "insight"):
        raise Refusal("InvalidEventCategoryException", f"The event category {category} is not valid.")
    same = _digest(asked)
    before = _position(params.get("NextToken"), same)
    if category:
        return {"Events": []}
    found: list[Mapping[str, Any]] = []
    last = 0
    for position, record in world.events.newest(
        asked.caller.account, asked.region, attribute, value, since=since, until=until, before=before
    ):
        if world.delivery.at(record) > now.timestamp():
            continue
        if len(found) == size:
            token = base64.urlsafe_b64encode(f"{last}.{same}".encode()).decode()
            return {"Events": found, "NextToken": token}
        found.append(_row(record))
        last = position
    return {"Events": found}


def _attribute(params: Mapping[str, Any]) -> tuple[str, str]:
    given = params.get("LookupAttributes") or []
    if len(given) > 1:
        raise Refusal("InvalidLookupAttributesException", "You can only specify one lookup attribute.")
    if not given:
        return "", ""
    key, value = str(given[0].get("AttributeKey")), str(given[0].get("AttributeValue") or "")
    if key not in ATTRIBUTES:
        raise Refusal("InvalidLookupAttributesException", f"Unknown attribute key {key}.")
    if not 1 <= len(value) <= 2000:
        raise Refusal("InvalidLookupAttributesException", "The attribute value must have 1 to 2000 characters.")
    return key, value


def _span(params: Mapping[str, Any], now: datetime) -> tuple[float, float]:
    oldest = (now - HISTORY).timestamp()
    start, end = _seconds(params.get("StartTime")), _seconds(params.get("EndTime"))
    if start is not None and end is not None and start > end:
        raise Refusal("InvalidTimeRangeException", "The start time must be before the end time.")
    return max(oldest, start if start is not None else oldest), end if end is not None else now.timestamp()


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(moment, int | float):
        return float(moment)
    return float((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _digest(asked: Asked) -> str:
    """What a token is bound to: it must come with the parameters of the request that gave it."""
    params = {name: str(value) for name, value in asked.params.items() if name not in ("NextToken", "MaxResults")}
    text = json.dumps([asked.caller.account, asked.region, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _position(token: Any, same: str) -> int | None:
    """A token is a place in the history, so events that come meanwhile do not shift the pages."""
    if token is None:
        return None
    try:
        position, _, digest = base64.urlsafe_b64decode(str(token)).decode().partition(".")
        if digest == same and position.isdigit():
            return int(position)
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise Refusal("InvalidNextTokenException", "The token is not valid, or came with other parameters before.")


def _row(record: Mapping[str, Any]) -> Mapping[str, Any]:
    row = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "EventTime": datetime.fromtimestamp(epoch(record), UTC),
        "EventSource": record["eventSource"],
        "Username": username(record),
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in resources(record)],
        "CloudTrailEvent": json.dumps(record),
    }
    key = record["userIdentity"].get("accessKeyId")
    return row | ({"AccessKeyId": key} if key else {})
