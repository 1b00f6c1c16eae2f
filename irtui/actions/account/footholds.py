"""What somebody may have left in an account outside IAM: anchors, functions, machines, shares, rules, grants, secrets.

Stops and breaks: nothing, it only reads, in every enabled Region. Each place is told in a sentence of its own that
names what was found, what could not be asked, and what of it is never looked at: a sentence that begins with
`not read` is no all-clear, and `nothing was found` is none for the rest. `new_rules`: event rules that are on, and that
somebody but the caller made or changed since then; name, region, by.
Limits: rules and the policies of buckets and functions bear no date, so all of them are told; a secret's reader may
have been legitimate. Shares and reads are told by Event history: 90 days, and minutes late.
CloudTrail: List…, Describe…, Get… and LookupEvents events of the operator, in each Region.

```yaml
use: account.footholds
with: {since: "${{ inputs.since }}", account: "${{ aws.account }}", caller: "${{ aws.caller.arn }}"}
evidence: true
```
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from irtui.actions.account_places import Places
from irtui.actions.asked import span, words
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.clock import rfc3339
from irtui.errors import RunbookError
from irtui.trail.search.history import regions_of

NAMED = 20
"""Things that a sentence names; more are counted, and stand in the evidence."""
_PLACES = {
    "anchors": (Places.anchors, "certificates that an older anchor vouches for"),
    "functions": (Places.functions, "event sources, and what layers hold"),
    "machines": (Places.machines, "user data, instance profiles, containers and Lightsail"),
    "shared": (Places.shared, "what was shared with single accounts before that"),
    "managed": (Places.managed, "associations, maintenance windows, older documents that were changed"),
    "rules": (Places.rules, "other event buses and EventBridge Scheduler"),
    "buckets": (Places.buckets, "ACLs, access points and replication"),
    "grants": (Places.grants, "key policies"),
    "secrets": (Places.secrets, "objects and tables that were read (data events)"),
}
"""Name → the look, and what of that place it does not look at."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    since, _ = span(inputs, now)
    regions, missing = words(inputs, "regions"), tuple[str, ...]()
    if not regions:
        regions, findings = regions_of(reader)
        missing = tuple(finding.detail for finding in findings)
    places = Places(reader, since, regions, text(inputs, "account"), str(inputs.get("caller") or ""))
    found: dict[str, list[str]] = {}
    said = dict.fromkeys(_PLACES, "not asked for")
    asked = words(inputs, "places") or tuple(_PLACES)
    if strange := sorted(set(asked) - set(_PLACES)):
        raise RunbookError(f"There is no place {strange[0]}", advice=f"Places: {', '.join(_PLACES)}.")
    for name, (look, unseen) in _PLACES.items():
        if name not in asked:
            continue
        reader.told(name)
        found[name], lacks = places.told(look)
        said[name] = _sentence(found[name], lacks, unseen)
    gaps = (*missing, *places.gaps)
    data = {**said, "since": rfc3339(since), "regions": list(regions), "found": found, "gaps": list(gaps)}
    return Facts(data | {"new_rules": places.new_rules}, gaps)


def _sentence(found: Sequence[str], lacks: Sequence[str], unseen: str) -> str:
    rest = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    named = "; ".join(found[:NAMED]) + rest
    if not lacks:
        return f"{named or 'nothing was found'}; not looked at: {unseen}"
    more = f" (and {len(lacks) - 1} more)" if len(lacks) > 1 else ""
    return f"{named}; not read in full: {lacks[0]}{more}" if named else f"not read: {lacks[0]}{more}"


ACTION = Action(
    id="account.footholds",
    title="What may have been left outside IAM",
    inputs={
        "since": InputField("string", help="A time, or how long ago: 24h, 90d."),
        "account": InputField("account_id", help="The account: whoever is of another is an outsider."),
        "places": InputField("list", required=False, help="Only these; every one without it."),
        "caller": InputField("string", required=False, help="ARN of the caller, whose own changes are left out."),
        "regions": InputField("list", required=False, help="Regions to look in; every enabled one without it."),
    },
    permissions=(
        "cloudtrail:LookupEvents", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeKeyPairs",
        "ec2:DescribeRegions", "ec2:DescribeSnapshots", "events:ListRules", "kms:ListGrants", "kms:ListKeys",
        "lambda:GetPolicy", "lambda:ListFunctionUrlConfigs", "lambda:ListFunctions", "rolesanywhere:ListProfiles",
        "rolesanywhere:ListTrustAnchors", "s3:GetBucketPolicy", "s3:ListAllMyBuckets", "ssm:DescribeActivations",
        "ssm:ListDocuments",
    ),
    keeps=(*_PLACES, "new_rules", "gaps"),
    observe=observe,
)  # fmt: skip
