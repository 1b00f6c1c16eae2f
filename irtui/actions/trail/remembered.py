"""What the trails were before: those that were deleted, and those that write elsewhere now, by Event history.

Stops and breaks: nothing, it only reads. `deleted` holds of each trail that is no longer there what it was at `since`:
enough to make it again. `moved` are trails that write to another bucket now than then. What a trail was that was made
more than 90 days ago, and never changed since, Event history does not know: its name stands in `unknown`, and a person
has to make it again. `open` counts all of them, and what could not be read.
Limits: 90 days, and the calls of this account. Tags, log groups and topics of a trail are not told.
CloudTrail: LookupEvents events in each Region, and DescribeTrails ones, of the operator.

```yaml
use: trail.remembered
with: {since: 30d}
evidence: true
```
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.asked import span, words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.trail_places import Asking
from irtui.trail.coverage.changes import NAMES, Change, change_of
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.query import Query, mapping, string
from irtui.trail.search.searching import search

AGAIN = timedelta(minutes=2)
"""When to look again for what people make by hand."""
_MAKING = ("CreateTrail", "UpdateTrail")
Told = tuple[Change, Mapping[str, Any]]
"""A change, and the event that tells of it."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    since, _ = span(inputs, now)
    asking = Asking(reader)
    regions = words(inputs, "regions")
    if not regions:
        regions, findings = regions_of(reader)
        asking.gaps += [finding.detail for finding in findings]
    found = search(Query(event_names=tuple(f"cloudtrail.{name}" for name in NAMES)), [History(reader, regions)])
    if found.stopped:
        raise KeyboardInterrupt
    asking.gaps += [f"{finding.where}: {finding.detail}" for finding in found.findings]
    there: dict[str, Mapping[str, Any]] = {}
    for region in regions:
        reader.told(region)
        for one in asking.read("cloudtrail", "DescribeTrails", region).get("trailList") or ():
            there.setdefault(str(one["TrailARN"]), one)
    stories: dict[str, list[Told]] = {}
    for event in found.in_order():
        if (change := change_of(event.value)) is not None:
            arn = f"arn:aws:cloudtrail:{change.home}:{change.account}:trail/{change.trail}"
            stories.setdefault(arn, []).append((change, event.value))
    deleted = {arn: _was(arn, told, since) for arn, told in stories.items() if _deleted(told) and arn not in there}
    moved = [place for arn, told in stories.items() if (place := _moved(there.get(arn), _was(arn, told, since)))]
    data: dict[str, Any] = {
        "deleted": [was for was in deleted.values() if was["bucket"]],
        "unknown": [was["name"] for was in deleted.values() if not was["bucket"]],
        "moved": moved,
        "open": len(deleted) + len(moved) + len(asking.gaps),
        "gaps": list(asking.gaps),
    }
    said = [f"{was['name']} in {was['region']} was deleted; it wrote to {was['bucket'] or 'nobody knows where'}"
            for was in deleted.values()]  # fmt: skip
    said += [f"{one['name']} writes to {one['now']} and wrote to {one['bucket']}" for one in moved]
    data["words"] = "; ".join(said) or "no trail was deleted or moved"
    return Facts(data, tuple(asking.gaps), again=now + AGAIN if data["open"] else None)


def _deleted(told: Iterable[Told]) -> bool:
    """Whether the last that was heard of it is that it was deleted."""
    last = [change.name for change, _ in told if change.name in ("CreateTrail", "DeleteTrail")]
    return bool(last) and last[-1] == "DeleteTrail"


def _was(arn: str, told: Iterable[Told], since: datetime) -> dict[str, Any]:
    """What it was at `since`; before it was made, what it was made as. An empty bucket: nobody knows."""
    was: dict[str, Any] = {
        "arn": arn, "name": arn.rsplit("/", 1)[-1], "region": arn.split(":")[3], "bucket": "", "prefix": "", "key": "",
        "selectors": [], "advanced": [],
    }  # fmt: skip
    known = False
    for change, event in told:
        early = change.at <= since
        answer = mapping(event, "responseElements")
        if change.name in _MAKING and change.bucket and (early or not known):
            key = string(answer, "kmsKeyId")
            was |= {"bucket": change.bucket, "prefix": change.prefix, "key": key}
            known = True
        elif change.name == "PutEventSelectors" and early:
            asked = mapping(event, "requestParameters")
            was["selectors"] = _written(asked.get("eventSelectors"))
            was["advanced"] = _written(asked.get("advancedEventSelectors"))
    return was


def _written(value: Any) -> list[Any]:
    """CloudTrail's small letters at the beginning of members, as its API wants them."""
    return [_member(one) for one in value] if isinstance(value, list) else []


def _member(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {f"{name[:1].upper()}{name[1:]}": _member(item) for name, item in value.items()}
    return [_member(item) for item in value] if isinstance(value, list) else value


def _moved(now: Mapping[str, Any] | None, was: Mapping[str, Any]) -> dict[str, Any]:
    """Empty: it writes where it wrote, or nobody knows."""
    bucket = str((now or {}).get("S3BucketName") or "")
    if not bucket or not was["bucket"] or bucket == was["bucket"]:
        return {}
    return {**{name: was[name] for name in ("arn", "name", "region", "bucket")}, "now": bucket}


ACTION = Action(
    id="trail.remembered",
    title="What the trails were before, by Event history",
    inputs={
        "since": InputField("string", help="A time before anything was wrong, or how long ago: 24h, 90d."),
        "regions": InputField("list", required=False, help="Every enabled Region without it."),
    },
    permissions=("cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=("words", "deleted", "unknown", "moved", "open"),
    observe=observe,
)
