"""Puts the blind-window report together: Event history and every trail, in every Region that was looked at.

Rules: Event history shows ninety days and not the last quarter of an hour. A trail that covers several Regions has a
row in each, as long as it did; an organization's trail one for each account that it has files of.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.trail.coverage.looking import Facts
from irtui.trail.coverage.report import TAIL, Coverage, Row, State, Window, laid
from irtui.trail.coverage.trails import ALL_TIME, KEPT, LATE, Checked, Known, row

_GLOBAL = "us-east-1"
HISTORY = "management events"
NOT_LOOKED_AT = (
    "data events, network activity events and Insights events",
    "CloudTrail Lake, Security Lake, CloudWatch Logs and copies of the logs in other accounts",
    "other services' logs: VPC flow logs, DNS queries, S3 access logs, AWS Config, GuardDuty",
)

NOTHING_OF_AWS = "Event history, other trails, and what AWS says of this one: no AWS was asked"


def covering(
    facts: Facts, since: datetime, until: datetime, now: datetime, checked: Mapping[str, Mapping[str, Any] | str]
) -> Coverage:
    """`checked`: ARN → what a validation told (`Report.data`), or the reason why there is none."""
    rows: list[Row] = []
    for region in facts.regions:
        if facts.history:
            rows.append(_history(facts, region, since, until, now))
        for trail in facts.trails:
            if region == trail.home or trail.multi_region is not False or _was_wider(facts, trail):
                rows += _trail(facts, trail, region, since, until, now, checked.get(trail.arn, ""))
    left_out = NOT_LOOKED_AT if facts.history else (NOTHING_OF_AWS, *NOT_LOOKED_AT)
    return Coverage(since, until, now, tuple(rows), left_out, tuple(facts.gaps))


def _history(facts: Facts, region: str, since: datetime, until: datetime, now: datetime) -> Row:
    what = f"{HISTORY}, those of global services (IAM, STS, sign-in) too" if region == _GLOBAL else HISTORY
    claims = [
        Window(ALL_TIME[0], now - KEPT, State.NOT_COVERED, "Event history keeps ninety days", "beyond 90 days"),
        Window(now - LATE, ALL_TIME[1], State.UNKNOWN, "it may not have been delivered yet", TAIL),
    ]
    if region in facts.refused:
        claims.append(Window(*ALL_TIME, State.UNKNOWN, f"it could not be read: {facts.refused[region]}", "refused"))
    seen = Window(since, until, State.COVERED, "Event history cannot be switched off or deleted")
    return Row(facts.account, region, "Event history", "history", what, laid(since, until, claims, seen))


def _trail(
    facts: Facts, trail: Known, region: str, since: datetime, until: datetime, now: datetime,
    told: Mapping[str, Any] | str,
) -> list[Row]:  # fmt: skip
    changes = [change for change in facts.changes if (change.trail, change.home) == (trail.name, trail.home)]
    readable = trail.home not in facts.refused
    if isinstance(told, str):
        why = told or "its digests and log files were not validated"
        return [row(trail, region, changes, None, why, since, until, now, told=readable)]
    lanes = [lane for lane in told.get("lanes", ()) if lane.get("region") == region]
    here = [one for one in told.get("findings", ()) if one.get("region") in (region, "")]
    rows: list[Row] = []
    for account in sorted({str(lane.get("account") or "") for lane in lanes}) or [trail.account]:
        slots = [slot for lane in lanes if lane.get("account") == account for slot in lane.get("slots", ())]
        findings = [one for one in here if one.get("account", "") in (account, "")]
        files = Checked(slots, findings, int(told.get("findings_left_out") or 0))
        rows.append(row(trail, region, changes, files, "", since, until, now, account=account, told=readable))
    return rows


def _was_wider(facts: Facts, trail: Known) -> bool:
    """Whether it covered other Regions once: then each has a row that says until when."""
    return any(
        change.multi_region is not None and (change.trail, change.home) == (trail.name, trail.home)
        for change in facts.changes
    )
