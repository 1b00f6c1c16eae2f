"""Who tampered with logging: every call that stops, narrows, moves or destroys it, by whom, with which key.

Stops and breaks: nothing, it only reads Event history, in every enabled Region: it cannot be erased with a trail.
`key` is the one that did most of it, and `user` whose it is, where it is a user's; `others` are keys of somebody else.
A session that the same user opened is no other. What root did is in none of them: `root` tells of it, because no key
of root's is contained as a user's. `put_back` says of what was taken beside trails how it comes back, and until when.
Not each is an attack: whoever runs the account does such things too.
Limits: 90 days. Deleted objects are no management events: see `trail.lost`. Events come some minutes late.
CloudTrail: LookupEvents events of the operator in each Region.

```yaml
use: trail.tampering
with: {since: 30d}
evidence: true
```
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from irtui.actions.asked import span, words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.actions.trail_repairs import repairs
from irtui.clock import rfc3339
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.query import Query, mapping, string
from irtui.trail.search.searching import search

NAMES = (
    "cloudtrail.StopLogging", "cloudtrail.DeleteTrail", "cloudtrail.UpdateTrail", "cloudtrail.PutEventSelectors",
    "cloudtrail.PutInsightSelectors", "cloudtrail.DeleteEventDataStore", "cloudtrail.StopEventDataStoreIngestion",
    "cloudtrail.UpdateEventDataStore", "s3.PutBucketLifecycle", "s3.DeleteBucketPolicy", "s3.PutBucketPolicy",
    "s3.PutBucketVersioning", "s3.DeleteBucket", "s3.PutBucketReplication", "s3.DeleteBucketReplication",
    "s3.PutBucketObjectLockConfiguration", "kms.DisableKey", "kms.ScheduleKeyDeletion", "kms.PutKeyPolicy",
    "logs.DeleteLogGroup", "logs.DeleteLogStream", "logs.PutRetentionPolicy", "events.DisableRule", "events.DeleteRule",
    "events.RemoveTargets", "guardduty.DeleteDetector", "guardduty.UpdateDetector", "guardduty.CreateFilter",
    "guardduty.DeletePublishingDestination", "config.StopConfigurationRecorder", "config.DeleteDeliveryChannel",
    "config.DeleteConfigurationRecorder", "ec2.DeleteFlowLogs", "route53resolver.DeleteResolverQueryLogConfig",
    "route53resolver.DisassociateResolverQueryLogConfig", "bedrock.DeleteModelInvocationLoggingConfiguration",
    "organizations.LeaveOrganization",
)  # fmt: skip
_NAMED = (
    "name", "trailName", "bucketName", "keyId", "logGroupName", "detectorId", "eventDataStore", "rule",
    "configurationRecorderName", "deliveryChannelName", "resolverQueryLogConfigId",
)  # fmt: skip
"""Parameters that name what it was done to; the first that is there."""
SAID = 20
"""Events that a sentence names; all of them stand in the evidence."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    since, until = span(inputs, now)
    regions, missing = words(inputs, "regions"), tuple[str, ...]()
    if not regions:
        regions, findings = regions_of(reader)
        missing = tuple(finding.detail for finding in findings)
    mine = str(inputs.get("caller") or "")
    found = search(Query(event_names=NAMES, since=since, until=until), [History(reader, regions)])
    if found.stopped:
        raise KeyboardInterrupt
    gaps = (*missing, *(f"{finding.where}: {finding.detail}" for finding in found.findings))
    told = [_told(event.value) for event in found.in_order()]
    told = [one for one in told if not mine or one["by"] != mine]
    by_root = [one for one in told if one["root"] and not one["error"]]
    held = [one for one in told if not one["root"] and not one["error"]]
    done = [one for one in held if one["key"].startswith(("AKIA", "ASIA"))]
    ranked = _ranked(done)
    main = next((one for one in done if one["key"] == ranked[0]), {"by": "", "key": ""})
    others = [key for key in ranked[1:] if not any(one["by"] == main["by"] for one in done if one["key"] == key)]
    said = "; ".join(_said(one) for one in told[-SAID:])
    nothing = "Event history was not read whole" if gaps else "no such event was found"
    data = {
        "since": rfc3339(since), "events": told, "count": len(told), "key": main["key"],
        "user": main["by"].rsplit("/", 1)[-1] if ":user/" in main["by"] else "", "others": others,
        "root": "; ".join(_said(one) for one in by_root[-SAID:]), "put_back": repairs(told, now),
        "words": said or nothing, "gaps": list(gaps),
    }  # fmt: skip
    return Facts(data, gaps)


def _ranked(done: Sequence[Mapping[str, str]]) -> list[str]:
    """The keys, by how much was done by whoever held them; of one principal a lasting key first, then the busiest."""
    by_who, by_key = Counter(one["by"] for one in done), Counter(one["key"] for one in done)
    who = {one["key"]: one["by"] for one in done}
    return sorted(by_key, key=lambda key: (-by_who[who[key]], not key.startswith("AKIA"), -by_key[key]))


def _told(event: Mapping[str, Any]) -> dict[str, str]:
    who, asked = mapping(event, "userIdentity"), mapping(event, "requestParameters")
    return {
        "at": string(event, "eventTime"),
        "name": string(event, "eventName"),
        "region": string(event, "awsRegion"),
        "by": string(who, "arn"),
        "root": "yes" if string(who, "type") == "Root" or string(who, "arn").endswith(":root") else "",
        "key": string(who, "accessKeyId"),
        "from": string(event, "sourceIPAddress"),
        "what": next((string(asked, name) for name in _NAMED if string(asked, name)), ""),
        "error": string(event, "errorCode"),
    }


def _said(one: Mapping[str, str]) -> str:
    refused = f" (refused: {one['error']})" if one["error"] else ""
    return f"{one['at']} {one['name']} {one['what']} by {one['by']} with {one['key']}{refused}"


ACTION = Action(
    id="trail.tampering",
    title="Who tampered with logging",
    inputs={
        "since": InputField("string", help="A time, or how long ago: 24h, 90d."),
        "until": InputField("string", required=False, help="Now without it."),
        "regions": InputField("list", required=False, help="Every enabled Region without it."),
        "caller": InputField("string", required=False, help="The operator's ARN: whose own calls are left out."),
    },
    permissions=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
    keeps=("words", "count", "events", "key", "user", "others", "root", "put_back"),
    observe=observe,
)
