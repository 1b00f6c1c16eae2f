"""Whether the trails really deliver: a call that is made now, looked for in the bucket of each trail.

Stops and breaks: nothing, it only reads. Each look asks for the status of every trail: these calls are the canaries.
A trail delivers when the log of such a call, made since `since` and since the trail last started, stands in its bucket:
that it says `IsLogging` proves nothing. `waiting` names the trails for which none has come yet, `undigested` those from
which no digest has come since either, by the trail's status: one comes each hour, and nothing here waits for it.
Limits: CloudTrail takes about five minutes, and may take fifteen. A trail that records only writes has no canary.
CloudTrail: GetTrailStatus and DescribeTrails events of the operator; GetObject and ListObjects ones of the bucket where
data events are on.

```yaml
use: trail.canary
with: {trails: "${{ steps.state.arns }}", since: "${{ incident.opened }}", caller: "${{ aws.caller.arn }}"}
verify: {until: "length(waiting) == `0`", within: 30m, every: 2m}
```
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.actions.asked import moment, usable, words
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.errors import AwsFault, IrtuiError, RunbookError
from irtui.model.call import Call
from irtui.trail.search import bucket
from irtui.trail.search.query import Query
from irtui.trail.search.searching import search
from irtui.trail.validate import names

CANARY = "cloudtrail.GetTrailStatus"
AGAIN = timedelta(minutes=2)


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault when the operator's session has ended."""
    since, caller = moment(inputs, "since", now), text(inputs, "caller")
    trails = words(inputs, "trails")
    if since is None or not all(map(names.trail_of, trails)):
        raise RunbookError("The inputs trails and since take ARNs of trails and a time")
    arrived: dict[str, str] = {}
    waiting: list[str] = []
    undigested: list[str] = []
    gaps: list[str] = []
    for arn in trails:
        reader.told(arn)
        digested = False
        try:
            begun, digested = _begun(reader, arn, since)
            first = _first(reader, arn, Query(principals=(caller,), event_names=(CANARY,), since=begun))
        except IrtuiError as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            gaps.append(f"{arn}: {error}")
            first = ""
        undigested += [] if digested else [arn]
        if first:
            arrived[arn] = first
        else:
            waiting.append(arn)
    said = [f"the canary of {first} arrived from {arn}" for arn, first in arrived.items()]
    said += [f"none has arrived yet from {arn}" for arn in waiting]
    data = {
        "arrived": list(arrived), "waiting": waiting, "undigested": undigested, "gaps": gaps,
        "digests": f"none has come since from {', '.join(undigested)}" if undigested else "each trail wrote one since",
        "words": "; ".join(said) or "there is no trail",
    }  # fmt: skip
    return Facts(data, tuple(gaps), again=now + AGAIN if waiting else None)


def _begun(reader: Reader, arn: str, since: datetime) -> tuple[datetime, bool]:
    """Makes the call. The later of the two: what was asked, and when the trail last began to log; a digest since?"""
    status = reader.read(Call("cloudtrail", "GetTrailStatus", {"Name": arn}, arn.split(":")[3])).data
    started = status.get("StartLoggingTime")
    begun = max(since, started.astimezone(UTC)) if isinstance(started, datetime) else since
    digested = status.get("LatestDigestDeliveryTime")
    return begun, isinstance(digested, datetime) and digested.astimezone(UTC) > begun


def _first(reader: Reader, arn: str, query: Query) -> str:
    """When the first canary was made whose log stands in the trail's bucket; empty when there is none."""
    with usable():
        name, prefix = bucket.of_trail(reader, arn)
    with closing(reader.objects()) as objects:
        found = search(query, [bucket.Bucket(objects, name, prefix)])
    if found.stopped:
        raise KeyboardInterrupt
    return found.in_order()[0].time if found.events else ""


ACTION = Action(
    id="trail.canary",
    title="Whether the trails really deliver",
    inputs={
        "trails": InputField("list", help="ARNs of the trails."),
        "since": InputField("string", help="Calls made before it do not count."),
        "caller": InputField("string", help="The operator's ARN: whose calls are the canaries."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "kms:Decrypt", "s3:GetBucketLocation",
        "s3:GetObject", "s3:ListBucket",
    ),
    keeps=("words", "arrived", "waiting", "undigested", "digests"),
    observe=observe,
)  # fmt: skip
