"""What AWS says of the trails of an account, now and in the last ninety days: the facts of the blind-window report.

Rules: whatever cannot be read is a gap in words and makes its part unknown. A trail that was deleted is known by the
events that tell of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from irtui.aws.door import Reader
from irtui.errors import AwsFault, IrtuiError
from irtui.model.call import Call
from irtui.trail.coverage.changes import NAMES, Change, change_of, management
from irtui.trail.coverage.trails import Known
from irtui.trail.search.history import History
from irtui.trail.search.query import Query
from irtui.trail.search.searching import search


@dataclass(slots=True)
class Facts:
    account: str
    regions: tuple[str, ...]
    """Those that are looked at."""
    trails: list[Known] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    """Oldest first."""
    refused: dict[str, str] = field(default_factory=dict)
    """Regions whose Event history could not be read, and why."""
    gaps: list[str] = field(default_factory=list)
    history: bool = True
    """Event history was asked."""


def look(door: Reader, account: str, regions: Sequence[str], named: Sequence[str] = ()) -> Facts:
    """`named`: ARNs of the only trails wanted; empty: all. Raises AwsFault for a session that ended."""
    facts = Facts(account, tuple(regions))
    known: dict[str, Known] = {}
    for region in regions:
        for told in _described(door, region, facts):
            arn = str(told.get("TrailARN") or "")
            if arn and arn not in known:
                known[arn] = _known(door, told, facts)
    _changes(door, facts, tuple(dict.fromkeys((*regions, *(trail.home for trail in known.values() if trail.home)))))
    facts.trails = [*known.values(), *_deleted(facts, known)]
    if named:
        names = {arn.rsplit("/", 1)[-1]: arn for arn in named}
        facts.trails = [
            trail for trail in facts.trails if trail.arn in named or (not trail.arn and trail.name in names)
        ]
        missing = [arn for name, arn in names.items() if not any(trail.name == name for trail in facts.trails)]
        facts.gaps += [f"{arn}: neither DescribeTrails nor Event history knows such a trail" for arn in missing]
    return facts


def _changes(door: Reader, facts: Facts, regions: tuple[str, ...]) -> None:
    """In the Regions that are looked at, and in the home Regions of their trails, where trails are changed."""
    found = search(Query(event_names=tuple(f"cloudtrail.{name}" for name in NAMES)), [History(door, regions)])
    for finding in found.findings:
        region = finding.where.removeprefix("Event history in ")
        facts.gaps.append(f"{finding.where}: {finding.detail}")
        if finding.kind == "refused":
            facts.refused[region] = finding.detail
    if found.stopped:  # the search ends quietly with what it has; half a history is none
        raise KeyboardInterrupt
    if found.count > len(found.events):
        words = f"{found.count - len(found.events)} events of changes to trails were too many to keep"
        facts.gaps.append(words)
        facts.refused |= dict.fromkeys(regions, words)
    changes = (change_of(event.value) for event in found.in_order())
    facts.changes = sorted((change for change in changes if change), key=lambda change: change.at)


def _described(door: Reader, region: str, facts: Facts) -> Sequence[Mapping[str, Any]]:
    answer = _read(door, Call("cloudtrail", "DescribeTrails", {}, region=region), facts)
    trails = answer.get("trailList") if answer else None
    return [one for one in trails if isinstance(one, Mapping)] if isinstance(trails, list) else ()


def _known(door: Reader, told: Mapping[str, Any], facts: Facts) -> Known:
    arn, home = str(told["TrailARN"]), str(told.get("HomeRegion") or "")
    owner = arn.split(":")[4] if arn.count(":") >= 5 else facts.account
    status = _read(door, Call("cloudtrail", "GetTrailStatus", {"Name": arn}, region=home), facts)
    selectors = _read(door, Call("cloudtrail", "GetEventSelectors", {"TrailName": arn}, region=home), facts)
    trail = Known(
        str(told.get("Name") or arn.rsplit("/", 1)[-1]), home, owner, arn, exists=True,
        multi_region=_flag(told, "IsMultiRegionTrail"), validation=_flag(told, "LogFileValidationEnabled"),
        management=management(selectors) if selectors is not None else None,
    )  # fmt: skip
    if status is None:
        return trail
    return replace(
        trail, logging=_flag(status, "IsLogging"), started=_time(status, "StartLoggingTime"),
        stopped=_time(status, "StopLoggingTime"), delivered=_time(status, "LatestDeliveryTime"),
        delivery_error=str(status.get("LatestDeliveryError") or ""),
    )  # fmt: skip


def _deleted(facts: Facts, known: Mapping[str, Known]) -> list[Known]:
    there = {(trail.name, trail.home) for trail in known.values()}
    gone: dict[tuple[str, str], Known] = {}
    for change in facts.changes:
        place = (change.trail, change.home)
        if place in there:
            continue
        before = gone.get(place) or Known(change.trail, change.home, change.account or facts.account)
        multi = before.multi_region if change.multi_region is None else change.multi_region
        arn = f"arn:aws:cloudtrail:{change.home}:{before.account}:trail/{change.trail}"
        where = (change.bucket, change.prefix) if change.bucket else (before.bucket, before.prefix)
        gone[place] = replace(before, multi_region=multi, arn=arn, bucket=where[0], prefix=where[1])
    return list(gone.values())


def _read(door: Reader, call: Call, facts: Facts) -> Mapping[str, Any] | None:
    try:
        return door.read(call).data
    except IrtuiError as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        facts.gaps.append(f"{call.name} in {call.region}: {error}")
        return None


def _flag(told: Mapping[str, Any], name: str) -> bool | None:
    value = told.get(name)
    return value if isinstance(value, bool) else None


def _time(told: Mapping[str, Any], name: str) -> datetime | None:
    """To the second, as events tell it."""
    value = told.get(name)
    return value.astimezone(UTC).replace(microsecond=0) if isinstance(value, datetime) else None
