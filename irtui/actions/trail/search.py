"""Search CloudTrail's events in a trail's bucket, another place in S3, or Event history, each event once.

Stops and breaks: nothing, it only reads. With `follow`, the keys and sessions that found calls handed out are searched
as well; `family_events` is what the family tree takes of them, cut down so that it can be kept. The evidence holds the
first 5,000 events, secrets masked, and a digest over all; what is left out of it, and what could not be read, are gaps.
Limits: a bucket is read whole, but for logs that lie outside the time. Event history has 90 days and two requests a
second.
CloudTrail: LookupEvents and DescribeTrails events of the operator; GetObject events of the bucket where those are on.

```yaml
use: trail.search
with: {trail_arn: "${{ inputs.trail_arn }}", access_key_id: "${{ inputs.access_key_id }}", since: 90d, follow: true}
evidence: true
on_failure: continue
```
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from irtui.actions.asked import QUERY, flag, query_of, usable, words
from irtui.actions.interface import Action, Facts, InputField, Reader
from irtui.errors import IrtuiError, RunbookError
from irtui.trail.leads import Leads
from irtui.trail.search import bucket
from irtui.trail.search.findings import Finding
from irtui.trail.search.history import History, regions_of
from irtui.trail.search.query import Query, string
from irtui.trail.search.report import data_of
from irtui.trail.search.searching import Event, Found, Source, search

EVENTS = 5000
"""Events that are kept as evidence."""
BYTES = 16 * 1024 * 1024
"""Of those events."""
COUNTED = 20
"""Addresses and operations that are kept, the most frequent first."""
KEEPS = (
    "count", "sha256", "first", "last", "events_left_out", "findings_left_out", "followed", "source_ips", "operations",
    "family_events",
)  # fmt: skip


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault and IrtuiError when nothing at all could be read."""
    query = query_of(inputs, now)
    with ExitStack() as stack:
        sources, missing = _sources(reader, inputs, stack)
        return searched(reader, query, sources, now, missing=missing, follow=flag(inputs, "follow"))


def searched(
    reader: Reader, query: Query, sources: Sequence[Source], now: datetime, *,
    missing: tuple[Finding, ...] = (), follow: bool = False,
) -> Facts:  # fmt: skip
    """`missing` is what is known to be lacking before. Raises AwsFault, and IrtuiError when nothing could be read."""
    leads, addresses, names = Leads(), Counter[str](), Counter[str]()

    def take(event: Event) -> None:
        value = event.value
        leads.take(value)
        addresses[string(value, "sourceIPAddress")] += 1
        names[f"{string(value, 'eventSource').removesuffix('.amazonaws.com')}.{string(value, 'eventName')}"] += 1

    def progress(found: Found) -> None:
        one = found.answered[-1]
        reader.told(f"{one.read} logs or Regions read, {found.count} events found")

    found = search(query, sources, follow=follow, take=take, progress=progress)
    if found.stopped:
        raise KeyboardInterrupt
    found.findings[:0] = missing
    found.findings_count += len(missing)
    if found.findings_count and not any(one.read for one in found.answered):
        raise IrtuiError(f"{found.findings[-1].where}: {found.findings[-1].detail}", title="Nothing could be searched")
    return _facts(found, leads.data(now), addresses, names)


def _facts(found: Found, leads: dict[str, Any], addresses: Counter[str], names: Counter[str]) -> Facts:
    data = data_of(found, most=EVENTS, room=BYTES)
    gaps = [f"{one['where']}: {one['what']} ({one['detail']})" for one in data["findings"]]
    gaps += [f"{found.findings_count - len(gaps)} more findings"] if found.findings_count > len(gaps) else []
    gaps += [f"{one.name} holds no log of that time" for one in found.answered if not one.read]
    lacks = (*gaps[:5], *([f"and {len(gaps) - 5} more gaps of the search"] if len(gaps) > 5 else []))
    if data["events_left_out"]:
        gaps.append(f"{data['events_left_out']} of {found.count} events are not in the evidence")
    if leads["left_out"]:
        gaps.append(f"{leads['left_out']} calls of the family are left out of family_events: there is no room for them")
    times = sorted(event.time for event in found.events if event.time)
    told = {
        "first": times[0] if times else "",
        "last": times[-1] if times else "",
        "source_ips": dict(addresses.most_common(COUNTED)),
        "operations": dict(names.most_common(COUNTED)),
        "family_events": {**leads, "gaps": [lack[:200] for lack in lacks]},
    }
    return Facts({**data, **told}, tuple(gaps))


def _sources(
    reader: Reader, inputs: Mapping[str, Any], stack: ExitStack
) -> tuple[Sequence[Source], tuple[Finding, ...]]:
    found: list[Source] = []
    missing: tuple[Finding, ...] = ()
    with usable():
        where = [bucket.parsed(url) for url in words(inputs, "s3")]
        where += [bucket.of_trail(reader, arn) for arn in words(inputs, "trail_arn")]
    if where:
        objects = reader.objects()
        stack.callback(objects.close)
        found += [bucket.Bucket(objects, name, prefix) for name, prefix in where]
    if flag(inputs, "history"):
        regions = words(inputs, "regions")
        regions, missing = (regions, ()) if regions else regions_of(reader)
        found.append(History(reader, regions))
    if not found:
        raise RunbookError("Nowhere to search", advice="Give trail_arn, s3 or history.")
    return found, missing


ACTION = Action(
    id="trail.search",
    title="What CloudTrail recorded of a key, a principal, an address or an operation",
    inputs={
        "trail_arn": InputField("string", required=False, help="Search where this trail writes."),
        "s3": InputField("list", required=False, help="Search there: s3://BUCKET/PREFIX."),
        "history": InputField("string", required=False, help="true: search Event history."),
        "regions": InputField("list", required=False, help="Of Event history; every enabled one without it."),
        **QUERY,
        "follow": InputField("string", required=False, help="true: go on to the keys that found calls handed out."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "ec2:DescribeRegions", "kms:Decrypt",
        "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket",
    ),
    keeps=KEEPS,
    observe=observe,
)  # fmt: skip
