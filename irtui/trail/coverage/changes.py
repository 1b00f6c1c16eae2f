"""What was done to trails, as the events of Event history tell it: who started, stopped, made, deleted or narrowed one.

Rules: a call that failed changed nothing. What an event does not say of a setting stays unsaid (None).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irtui.trail.search.query import event_time, mapping, string

NAMES = ("CreateTrail", "DeleteTrail", "StartLogging", "StopLogging", "UpdateTrail", "PutEventSelectors")
_SOURCE = "cloudtrail.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    name: str
    """One of NAMES."""
    trail: str
    """The trail's name."""
    home: str
    """The Region in which it was called, which is the trail's home."""
    account: str
    by: str
    multi_region: bool | None = None
    management: bool | None = None
    """Whether management events of both kinds are recorded after it."""
    bucket: str = ""
    """Where it writes after it; empty: unsaid, or an organization's, whose files this account may not find."""
    prefix: str = ""


def change_of(event: Mapping[str, Any]) -> Change | None:
    """None: the event changed no trail, or does not say which or when."""
    name, at = string(event, "eventName"), event_time(event)
    if name not in NAMES or string(event, "eventSource") != _SOURCE or event.get("errorCode") or at is None:
        return None
    asked, answer = mapping(event, "requestParameters"), mapping(event, "responseElements")
    trail = string(asked, "trailName") or string(asked, "name")
    arn = string(answer, "trailARN") or string(answer, "trailArn") or trail
    home = arn.split(":")[3] if arn.startswith("arn:") and arn.count(":") == 5 else string(event, "awsRegion")
    short = trail.rsplit("/", 1)[-1]
    if not short:
        return None
    told = answer if "isMultiRegionTrail" in answer else asked
    bucket = string(answer, "s3BucketName") or string(asked, "s3BucketName")
    return Change(
        at, name, short, home, string(event, "recipientAccountId"), _who(event),
        multi_region=_flag(told, "isMultiRegionTrail"),
        management=management({**asked, **answer}) if name == "PutEventSelectors" else None,
        bucket="" if told.get("isOrganizationTrail") else bucket,
        prefix=(string(answer, "s3KeyPrefix") or string(asked, "s3KeyPrefix")).strip("/"),
    )  # fmt: skip


def management(told: Mapping[str, Any]) -> bool | None:
    """Whether selectors record all management events, by GetEventSelectors' or PutEventSelectors' members.

    Advanced selectors that ask more than the category (only writes, one service left out) do not record all.
    """
    named = {name[:1].lower() + name[1:]: value for name, value in told.items()}
    plain, advanced = named.get("eventSelectors"), named.get("advancedEventSelectors")
    if isinstance(advanced, list) and advanced:
        return any(_all_management(one) for one in advanced)
    if isinstance(plain, list) and plain:
        return any(_all(one) for one in plain)
    return None


def _all(selector: Any) -> bool:
    if not isinstance(selector, Mapping):
        return False
    named = {name[:1].lower() + name[1:]: value for name, value in selector.items()}
    left_out = named.get("excludeManagementEventSources") or []
    return (
        named.get("includeManagementEvents") is not False
        and named.get("readWriteType") in (None, "All")
        and not left_out
    )


def _all_management(selector: Any) -> bool:
    if not isinstance(selector, Mapping):
        return False
    fields = selector.get("FieldSelectors") or selector.get("fieldSelectors") or []
    only = {}
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, Mapping):
            only[field.get("Field") or field.get("field")] = field.get("Equals") or field.get("equals")
    return set(only) == {"eventCategory"} and only["eventCategory"] == ["Management"]


def _flag(told: Mapping[str, Any], name: str) -> bool | None:
    value = told.get(name)
    return value if isinstance(value, bool) else None


def _who(event: Mapping[str, Any]) -> str:
    who = mapping(event, "userIdentity")
    name = string(who, "arn") or string(who, "invokedBy") or string(who, "accountId")
    key = string(who, "accessKeyId")
    return f"{name} ({key})" if key else name
