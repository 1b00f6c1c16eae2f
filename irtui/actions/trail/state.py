"""The state of logging in every Region: each trail, whether it logs and what, and the bucket that it writes to.

Stops and breaks: nothing, it only reads. `words` says it in sentences; `stopped`, `narrowed`, `expiring` and
`unversioned` are lists for the steps that put it right, and `open` counts them. Every rule that expires something is
told, a legitimate retention too.
Limits: trails that are there. One that was deleted is told by `trail.tampering`. Advanced selectors are only told.
CloudTrail: DescribeTrails, GetTrailStatus, GetEventSelectors and S3's GetBucket… events of the operator.

```yaml
use: trail.state
with: {regions: ["${{ aws.region }}", us-east-1]}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.trail_places import Asking, bucket_of, mend
from irtui.trail.coverage.changes import management
from irtui.trail.search.history import regions_of


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    asking = Asking(reader)
    regions = words(inputs, "regions")
    if not regions:
        regions, findings = regions_of(reader)
        asking.gaps += [finding.detail for finding in findings]
    told: dict[str, Mapping[str, Any]] = {}
    for region in regions:
        reader.told(region)
        for one in asking.read("cloudtrail", "DescribeTrails", region).get("trailList") or ():
            told.setdefault(str(one["TrailARN"]), one)
    trails = [_trail(asking, arn, one) for arn, one in sorted(told.items())]
    buckets = [bucket_of(asking, name) for name in sorted({trail["bucket"] for trail in trails})]
    data: dict[str, Any] = {
        "regions": list(regions),
        "trails": trails,
        "buckets": buckets,
        "arns": [trail["arn"] for trail in trails],
        "stopped": [trail for trail in trails if trail["logging"] is False],
        "narrowed": [trail for trail in trails if trail["mended"]],
        "expiring": [bucket for bucket in buckets if bucket["expires"]],
        "unversioned": [bucket["name"] for bucket in buckets if bucket["versioning"] in ("Suspended", "never")],
        "unguarded": [bucket for bucket in buckets if bucket["guard"]],
        "gaps": list(asking.gaps),
    }
    data["open"] = sum(len(data[name]) for name in ("stopped", "narrowed", "expiring", "unversioned"))
    data["words"] = "; ".join(_said(trail) for trail in trails) or "there is no trail"
    if buckets:
        data["words"] += "; " + "; ".join(bucket["words"] for bucket in buckets)
    return Facts(data, tuple(asking.gaps))


def _trail(asking: Asking, arn: str, told: Mapping[str, Any]) -> dict[str, Any]:
    home = str(told.get("HomeRegion") or "")
    status = asking.read("cloudtrail", "GetTrailStatus", home, Name=arn)
    selectors = asking.read("cloudtrail", "GetEventSelectors", home, TrailName=arn)
    before = selectors.get("EventSelectors") or []
    return {
        "arn": arn,
        "name": str(told.get("Name") or arn.rsplit("/", 1)[-1]),
        "region": home,
        "bucket": str(told.get("S3BucketName") or ""),
        "multi_region": told.get("IsMultiRegionTrail"),
        "validation": told.get("LogFileValidationEnabled"),
        "logging": status.get("IsLogging"),
        "stopped_at": status.get("TimeLoggingStopped") or "",
        "error": status.get("LatestDeliveryError") or "",
        "records_all": management(selectors) if selectors else None,
        "before": before,
        "mended": mend(before) if before and not management(selectors) else [],
    }


def _said(trail: Mapping[str, Any]) -> str:
    logs = {True: "logs", False: f"is stopped since {trail['stopped_at']}"}.get(trail["logging"], "state not read")
    lacks = "" if trail["records_all"] else ", not every management event"
    lacks += "" if trail["validation"] else ", without digests"
    lacks += f", delivery fails: {trail['error']}" if trail["error"] else ""
    return f"{trail['name']} in {trail['region']} {logs}{lacks}"


ACTION = Action(
    id="trail.state",
    title="The state of logging in every Region",
    inputs={"regions": InputField("list", required=False, help="Regions to look in; every enabled one without it.")},
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus", "ec2:DescribeRegions",
        "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration",
    ),
    keeps=(
        "words", "arns", "trails", "buckets", "stopped", "narrowed", "expiring", "unversioned", "unguarded", "open",
    ),
    observe=observe,
)  # fmt: skip
