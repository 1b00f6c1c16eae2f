"""Validate a trail: its digest chain, its log files, and every hour for which a digest should be.

Stops and breaks: nothing, it only reads. All that was found is the evidence; `verdict` is valid, invalid or unchecked
(something could not be looked at), and a step's `verify` decides what follows from it. Findings do not fail the step.
Limits: a day is some thousand objects, a month of a busy account many minutes. Leaving ends it at its next request.
CloudTrail: DescribeTrails, GetTrailStatus and ListPublicKeys events of the operator; GetObject and ListObjects events
of the bucket where data events are on.

```yaml
use: trail.validate
with: {trail_arn: "${{ inputs.trail_arn }}", since: 24h}
evidence: true
verify: {until: "verdict == 'valid'"}
on_failure: continue
```
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from irtui.actions.asked import flag, span, usable, words
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.errors import RunbookError
from irtui.trail.validate import names
from irtui.trail.validate.bucket import BucketStore
from irtui.trail.validate.facts import place_of, public_keys
from irtui.trail.validate.trail import Report, Request, validate
from irtui.trail.validate.verdict import Finding, Verdict

NAMED = 100
"""Objects that are named for later steps, of each kind; the evidence has them all."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs and a trail that is not there, AwsFault when it cannot be described."""
    trail = names.trail_of(text(inputs, "trail_arn"))
    if trail is None:
        raise RunbookError("The input trail_arn is no trail's ARN")
    since, until = span(inputs, now)
    regions, accounts = words(inputs, "regions"), words(inputs, "accounts")
    if not all(map(names.REGION.fullmatch, regions)):
        raise RunbookError("The input regions names what is no Region")
    request = Request(trail, since, until, regions, flag(inputs, "all_regions"), accounts)
    with usable():
        place = place_of(reader, trail, str(inputs.get("bucket") or ""), str(inputs.get("prefix") or ""))
    looked: Counter[str] = Counter()

    def listener(subject: str, verdict: Verdict, where: str, reason: str) -> None:
        looked["all"] += 1
        looked["flawed"] += verdict is not Verdict.VALID
        reader.told(f"{looked['all']} files and hours checked, {looked['flawed']} not valid")

    with closing(reader.objects()) as objects:
        report = validate(request, BucketStore(objects), public_keys(reader), place, now, listener=listener)
    return _facts(report)


def _facts(report: Report) -> Facts:
    tally = report.tally
    gaps = [f"{_what(finding)}: {finding.detail}" for finding in tally.findings if finding.verdict is Verdict.UNCHECKED]
    if tally.left_out:
        gaps.append(f"{tally.left_out} findings were counted and not kept")
    told = {
        "findings_count": len(tally.findings) + tally.left_out,
        "reasons": dict(Counter(f"{finding.subject}: {finding.reason}" for finding in tally.findings)),
        "invalid_keys": _keys(tally.findings, Verdict.INVALID),
        "missing_keys": _keys(tally.findings, Verdict.MISSING),
        "why": _why(report),
    }
    return Facts({**report.data(), **told}, tuple(gaps))


def _why(report: Report) -> str:
    flaws = [
        f"{count} {subject}{'s' if count > 1 else ''} {verdict.value}"
        for subject, each in sorted(report.tally.counts.items())
        for verdict, count in sorted(each.items())
        if verdict is not Verdict.VALID
    ]
    return ", ".join(flaws) or f"all {sum(report.data()['digests'].values())} digests and their logs are valid"


def _keys(findings: list[Finding], verdict: Verdict) -> list[str]:
    named = (finding.where for finding in findings if finding.verdict is verdict and finding.where)
    return list(dict.fromkeys(named))[:NAMED]


def _what(finding: Finding) -> str:
    return f"{finding.subject} {finding.where or finding.region}".strip()


ACTION = Action(
    id="trail.validate",
    title="Whether a trail's digests and log files are whole and unchanged",
    inputs={
        "trail_arn": InputField("string", help="The trail; an organization's is validated for all its accounts."),
        "since": InputField("string", help="A time, or how long ago: 24h, 90d."),
        "until": InputField("string", required=False, help="Now without it."),
        "regions": InputField("list", required=False, help="The trail's home Region without it."),
        "all_regions": InputField("string", required=False, help="true: every Region that has something there."),
        "accounts": InputField("list", required=False, help="Of an organization's trail; all of them without it."),
        "bucket": InputField("string", required=False, help="Where the files are, when the trail was deleted."),
        "prefix": InputField("string", required=False, help="What stands before AWSLogs/ in that bucket."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:ListPublicKeys", "kms:Decrypt",
        "organizations:DescribeOrganization", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
    ),
    keeps=(
        "verdict", "why", "digests", "logs", "findings_count", "reasons", "invalid_keys", "missing_keys",
    ),
    observe=observe,
)  # fmt: skip
