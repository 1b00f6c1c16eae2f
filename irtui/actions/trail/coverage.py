"""The blind windows: for each Region and source of events, which time it can show, which not, and why.

Stops and breaks: nothing, it only reads. What was done to trails is read from Event history; the digests and log files
of every trail that has some are validated for that time, because only they prove that an hour is covered.
Limits: management events. What was done to trails more than 90 days ago is known from their files alone.
CloudTrail: LookupEvents, DescribeTrails, GetTrailStatus, GetEventSelectors and ListPublicKeys events of the operator;
GetObject and ListObjects events of the bucket where data events are on.

```yaml
use: trail.coverage
with: {since: 7d, regions: ["${{ aws.region }}", us-east-1]}
evidence: true
on_failure: continue
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import span, words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.errors import RunbookError
from irtui.model.call import Call
from irtui.trail.coverage.checking import checked
from irtui.trail.coverage.covering import covering
from irtui.trail.coverage.looking import look
from irtui.trail.coverage.report import TAIL, Coverage, State
from irtui.trail.search.history import regions_of
from irtui.trail.validate import names

NAMED = 50
"""Blind windows that are named for later steps; the evidence has them all."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when nobody can say whose account this is."""
    since, until = span(inputs, now)
    regions, named = words(inputs, "regions"), words(inputs, "trail_arn")
    if not all(map(names.REGION.fullmatch, regions)) or not all(map(names.trail_of, named)):
        raise RunbookError("The inputs regions and trail_arn take names of Regions and ARNs of trails")
    account = str(reader.read(Call("sts", "GetCallerIdentity")).data["Account"])
    regions, missing = (regions, ()) if regions else regions_of(reader)
    reader.told("asking what was done to trails")
    facts = look(reader, account, regions, named)
    facts.gaps += [f"{one.where}: {one.detail}" for one in missing]
    files = checked(reader, facts, since, until, now, reader.told)
    return _facts(covering(facts, since, until, now, files))


def _facts(coverage: Coverage) -> Facts:
    data = coverage.data()
    blind = [
        {"region": row.region, "source": row.source, **window.data()}
        for row in coverage.rows
        for window in row.windows
        if window.state is not State.COVERED and window.cause != TAIL
    ]
    hours = ", ".join(f"{count / 60:.1f} h {state}" for state, count in data["minutes"].items() if count)
    told = {"whole": coverage.whole, "why": hours or "nothing was looked at", "blind": blind[:NAMED],
            "blind_count": len(blind)}  # fmt: skip
    return Facts({**data, **told}, coverage.gaps)


ACTION = Action(
    id="trail.coverage",
    title="Which time CloudTrail can show, and where it is blind",
    inputs={
        "since": InputField("string", help="A time, or how long ago: 24h, 90d."),
        "until": InputField("string", required=False, help="Now without it."),
        "regions": InputField("list", required=False, help="Every enabled Region without it."),
        "trail_arn": InputField("list", required=False, help="Only these trails; all that there are without it."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus",
        "cloudtrail:ListPublicKeys", "cloudtrail:LookupEvents", "ec2:DescribeRegions", "kms:Decrypt",
        "organizations:DescribeOrganization", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
        "sts:GetCallerIdentity",
    ),
    keeps=(
        "whole", "why", "blind", "blind_count", "not_looked_at",
    ),
    observe=observe,
)  # fmt: skip
