"""Make a deleted trail again, as Event history remembers it, and start it.

Stops: the time without a log. The files that it wrote before never went: DeleteTrail does not touch them.
Does not bring back: what happened meanwhile; nor its tags, log group and topic. Its chain of digests begins anew.
Breaks: nothing. It is made for all Regions and with digests, also where it had neither.
Undo: stops it and deletes it; its files stay.
CloudTrail: CreateTrail, PutEventSelectors where it had its own, StartLogging; StopLogging and DeleteTrail by the undo.

```yaml
use: trail.make_again
with: {trail: "${{ trail }}"}
needs: [remembered]
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, InputField, Reader
from irtui.actions.observe import reply_of
from irtui.aws.effects import effect
from irtui.errors import RunbookError
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

_NEEDED = ("arn", "name", "region", "bucket")
_EVERYTHING = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`trail` is one of what `trail.remembered` found. Raises RunbookError for anything else.

    Where an earlier run came no further than CreateTrail, only the rest is planned.
    """
    was = inputs.get("trail")
    if not isinstance(was, Mapping) or not all(isinstance(was.get(name), str) and was[name] for name in _NEEDED):
        raise RunbookError("The input trail is none that trail.remembered found")
    made: dict[str, Any] = {
        "Name": was["name"], "S3BucketName": was["bucket"], "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True, "EnableLogFileValidation": True,
    }  # fmt: skip
    made |= {"S3KeyPrefix": was["prefix"]} if was.get("prefix") else {}
    made |= {"KmsKeyId": was["key"]} if was.get("key") else {}
    status = _call(was, "GetTrailStatus", Name=was["arn"])
    calls = [
        _planned(
            was, _call(was, "CreateTrail", **made), _call(was, "DeleteTrail", Name=was["arn"]),
            Look(_call(was, "GetTrail", Name=was["arn"]), "Trail.LogFileValidationEnabled == `true`"), made,
            note="The bucket's policy must let CloudTrail write; see the step for it.",
        )
    ]  # fmt: skip
    for member in ("AdvancedEventSelectors", "EventSelectors"):
        chosen = was.get("advanced" if member.startswith("A") else "selectors")
        if chosen:
            look = Look(_call(was, "GetEventSelectors", TrailName=was["arn"]), f"length({member} || `[]`) > `0`")
            act = _call(was, "PutEventSelectors", TrailName=was["arn"], **{member: chosen})
            undo = _call(was, "PutEventSelectors", TrailName=was["arn"], EventSelectors=_EVERYTHING)
            calls.append(_planned(was, act, undo, look, {member: chosen}))
    if _is_there(reader, was):
        del calls[0]
    start, stop = (_call(was, name, Name=was["arn"]) for name in ("StartLogging", "StopLogging"))
    return (*calls, _planned(was, start, stop, Look(status, "IsLogging == `true`"), {"IsLogging": True}))


def _is_there(reader: Reader, was: Mapping[str, Any]) -> bool:
    """A trail of that name stands there as this action makes it."""
    found = reply_of(reader, _call(was, "GetTrail", Name=was["arn"]))
    trail = found.value["Trail"] if found.state == "present" else {}
    as_made = trail.get("IsMultiRegionTrail") and trail.get("LogFileValidationEnabled")
    return bool(as_made) and trail.get("S3BucketName") == was["bucket"]


def _call(was: Mapping[str, Any], operation: str, **params: Any) -> Call:
    return Call("cloudtrail", operation, params, was["region"])


def _planned(
    was: Mapping[str, Any], call: Call, undo: Call, look: Look, after: Mapping[str, Any], note: str = ""
) -> PlannedCall:
    worst = effect(call.service, call.operation)
    return PlannedCall(call, worst, target=str(was["name"]), after=after, look=look, undo=undo, note=note)


ACTION = Action(
    id="trail.make_again",
    title="Make a deleted trail again",
    inputs={"trail": InputField("map", help="One of what trail.remembered found.")},
    permissions=(
        "cloudtrail:CreateTrail", "cloudtrail:DeleteTrail", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus", "cloudtrail:PutEventSelectors", "cloudtrail:StartLogging",
        "cloudtrail:StopLogging",
    ),
    plan=plan,
    changes=(
        "cloudtrail.CreateTrail", "cloudtrail.DeleteTrail", "cloudtrail.PutEventSelectors", "cloudtrail.StartLogging",
        "cloudtrail.StopLogging",
    ),
)  # fmt: skip
