"""The state of logging in every Region: each trail, whether it logs and what, where it writes, with which key.

Stops and breaks: nothing, it only reads. `words` says it in sentences. What is wrong stands in lists, each for the step
that puts it right: trails that are `stopped`, `narrowed`, `narrowed_advanced` or of `partial` reach, buckets that are
`expiring`, `unversioned`, `refusing` or `bare`, keys that are `doomed`, `off` or `closed`, and what of both is `gone`.
`open` counts all of them, what could not be read, which `unread` names, and one where there is no trail at all.
Every rule that expires something is told, a legitimate retention too, but for the one of this runbook. What could be
harder: `unlocked`, `uncopied`, `uncopied_encrypted` (S3 copies what KMS encrypts only where a rule asks for it),
`unguarded`, `unretained`.
Limits: trails that are there. One that was deleted is told by `trail.remembered`.
CloudTrail: DescribeTrails, GetTrailStatus, GetEventSelectors, DescribeKey, GetKeyPolicy and S3's GetBucket… events of
the operator.

```yaml
use: trail.state
with: {regions: ["${{ aws.region }}", us-east-1]}
evidence: true
```
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from irtui.actions.asked import words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.trail_places import Asking, bucket_of, key_of, mend, mend_advanced
from irtui.errors import RunbookError
from irtui.trail.coverage.changes import management
from irtui.trail.search.history import regions_of

_OFF = ("Disabled", "PendingDeletion")


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
    trailless = not trails and not asking.gaps
    writing = [*trails, *(one for one in _given(inputs) if one["arn"] not in told)]
    found = [bucket_of(asking, name, writers) for name, writers in _by(writing, "bucket")]
    buckets = [bucket for bucket in found if not bucket["gone"]]
    keys = [key_of(asking, arn, users) for arn, users in _by(writing, "key")]
    gone = [each["words"] for each in (*found, *keys) if each["gone"]]
    lists: dict[str, list[Any]] = {
        "stopped": [trail for trail in trails if trail["logging"] is False],
        "narrowed": [trail for trail in trails if trail["mended"]],
        "narrowed_advanced": [trail for trail in trails if trail["mended_advanced"]],
        "partial": [trail for trail in trails if False in (trail["multi_region"], trail["validation"])],
        "expiring": [bucket for bucket in buckets if bucket["expires"]],
        "unversioned": [bucket["name"] for bucket in buckets if bucket["versioning"] in ("Suspended", "never")],
        "refusing": [bucket for bucket in buckets if bucket["refuses"] and bucket["policy"]],
        "bare": [bucket for bucket in buckets if bucket["refuses"] and not bucket["policy"]],
        "doomed": [key for key in keys if key["state"] == "PendingDeletion"],
        "off": [{"arn": key["arn"], "region": key["region"]} for key in keys if key["state"] in _OFF],
        "closed": [key for key in keys if key["closed"]],
        "gone": gone,
    }
    uncopied = [bucket for bucket in buckets if bucket["copied"] is False]
    harder: dict[str, list[Any]] = {
        "unlocked": [bucket["name"] for bucket in buckets if bucket["lock"] == "none"],
        "uncopied": [each["name"] for each in uncopied if not each["encrypted"]],
        "uncopied_encrypted": [each["name"] for each in uncopied if each["encrypted"]],
        "copies": [{"bucket": each["name"], "replica": name} for each in buckets for name in each["replicas"]],
        "unguarded": [bucket for bucket in buckets if bucket["guard"]],
        "unretained": [bucket for bucket in buckets if bucket["keeps"] is False],
    }
    data: dict[str, Any] = {
        "regions": list(regions), "trails": trails, "buckets": buckets, "keys": keys,
        "arns": [trail["arn"] for trail in trails], **lists, **harder,
        "trailless": trailless, "unread": list(asking.gaps), "gaps": list(asking.gaps),
        "open": sum(map(len, lists.values())) + len(asking.gaps) + trailless,
    }  # fmt: skip
    said = [*map(_said, trails), *(each["words"] for each in (*found, *keys))]
    said += [f"{len(asking.gaps)} reads failed: {asking.gaps[0]}"] if asking.gaps else []
    data["words"] = "; ".join(said) or "there is no trail"
    return Facts(data, tuple(asking.gaps))


def _given(inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Trails that were deleted, as `trail.remembered` tells: CloudTrail must be able to write for them again."""
    given = inputs.get("deleted") or []
    names = ("arn", "bucket", "prefix", "key")
    if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) and one.get("arn") for one in given):
        raise RunbookError("The input deleted must be a list of what trail.remembered found")
    return [{**{name: str(one.get(name) or "") for name in names}, "organization": False} for one in given]


def _by(trails: Sequence[Mapping[str, Any]], member: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """(name, trails that have it), by name."""
    for name in sorted({trail[member] for trail in trails if trail[member]}):
        yield name, [trail for trail in trails if trail[member] == name]


def _trail(asking: Asking, arn: str, told: Mapping[str, Any]) -> dict[str, Any]:
    home = str(told.get("HomeRegion") or "")
    status = _told(asking, "GetTrailStatus", home, "IsLogging", Name=arn)
    selectors = _told(asking, "GetEventSelectors", home, "EventSelectors || AdvancedEventSelectors", TrailName=arn)
    before, advanced = selectors.get("EventSelectors") or [], selectors.get("AdvancedEventSelectors") or []
    narrow = management(selectors) is False
    return {
        "arn": arn,
        "name": str(told.get("Name") or arn.rsplit("/", 1)[-1]),
        "region": home,
        "bucket": str(told.get("S3BucketName") or ""),
        "prefix": str(told.get("S3KeyPrefix") or "").strip("/"),
        "key": str(told.get("KmsKeyId") or ""),
        "organization": bool(told.get("IsOrganizationTrail")),
        "multi_region": told.get("IsMultiRegionTrail"),
        "validation": told.get("LogFileValidationEnabled"),
        "logging": status.get("IsLogging"),
        "stopped_at": status.get("TimeLoggingStopped") or "",
        "error": status.get("LatestDeliveryError") or "",
        "records_all": management(selectors) if selectors else None,
        "before": before,
        "mended": mend(before) if before and narrow else [],
        "before_advanced": advanced,
        "mended_advanced": mend_advanced(advanced) if advanced and narrow else [],
    }


def _told(asking: Asking, operation: str, home: str, members: str, **params: str) -> Mapping[str, Any]:
    """An answer without any of the members says nothing, and is a gap too."""
    found = asking.found("cloudtrail", operation, home, **params)
    if found is not None and all(found.get(member) in (None, []) for member in members.split(" || ")):
        asking.gaps.append(f"{operation} of {', '.join(params.values())} says nothing of {members}")
    return found or {}


def _said(trail: Mapping[str, Any]) -> str:
    logs = {True: "logs", False: f"is stopped since {trail['stopped_at']}"}.get(trail["logging"], "state not read")
    lacks = "" if trail["records_all"] else ", not every management event"
    lacks += "" if trail["validation"] else ", without digests"
    lacks += "" if trail["multi_region"] else ", of one Region only"
    lacks += f", delivery fails: {trail['error']}" if trail["error"] else ""
    return f"{trail['name']} in {trail['region']} {logs}{lacks}"


ACTION = Action(
    id="trail.state",
    title="The state of logging in every Region",
    inputs={
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
        "deleted": InputField("list", required=False, help="What trail.remembered found."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus", "ec2:DescribeRegions",
        "kms:DescribeKey", "kms:GetKeyPolicy", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketPolicy",
        "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
    ),
    keeps=(
        "words", "regions", "arns", "trails", "buckets", "keys", "stopped", "narrowed", "narrowed_advanced", "partial",
        "expiring", "unversioned", "refusing", "bare", "doomed", "off", "closed", "gone", "unread", "trailless",
        "unlocked", "uncopied", "uncopied_encrypted", "copies", "unguarded", "unretained", "open",
    ),
    observe=observe,
)  # fmt: skip
