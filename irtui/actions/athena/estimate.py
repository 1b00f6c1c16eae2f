"""What a search of a trail by Athena will read and cost, and the SQL it will send. Nothing is started.

Stops and breaks: nothing, it only reads. The partitions of the asked days are listed, so that the bytes are those that
stand there now; the price is that of Athena's pricing page and no bill. `cutoff` is the limit for the workgroup.
Limits: days, Regions and accounts times each other, 5,000 partitions at most. Athena itself was never asked: this was
tried against the simulated one alone.
CloudTrail: DescribeTrails and GetBucketLocation events of the operator.

```yaml
use: athena.estimate
with:
  trail_arn: ${{ inputs.trail_arn }}
  access_key_id: ${{ inputs.access_key_id }}
  since: ${{ inputs.since }}
  incident: ${{ incident.id }}
  results: ${{ inputs.results }}
evidence: true
```
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.asked import QUERY, query_of, usable, words
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.errors import RunbookError
from irtui.model.call import Call
from irtui.trail.athena.cost import dollars, scan
from irtui.trail.athena.sql import Place, database_ddl, days, drop_database, drop_table, query_sql, table_ddl
from irtui.trail.search.bucket import parsed
from irtui.trail.search.history import regions_of
from irtui.trail.validate.facts import place_of
from irtui.trail.validate.names import trail_of


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault, SimulatorGap."""
    query, arn = query_of(inputs, now), text(inputs, "trail_arn")
    trail = trail_of(arn)
    if trail is None:
        raise RunbookError(f"{arn!r} is no trail's ARN", advice="arn:aws:cloudtrail:<Region>:<account>:trail/<name>")
    with usable():
        wrote = place_of(reader, trail)
        regions, missing = (words(inputs, "regions"), ()) if words(inputs, "regions") else regions_of(reader)
        place = Place(
            wrote.bucket, words(inputs, "accounts") or (trail.account,), regions,
            prefix=f"{wrote.prefix}/" if wrote.prefix else "", organization=wrote.organization,
            table="cloudtrail_" + re.sub("[^a-z0-9]+", "_", text(inputs, "incident").lower()),
        )  # fmt: skip
        if parsed(text(inputs, "results"))[0] == wrote.bucket:
            raise RunbookError(
                "The results would lie in the trail's own bucket",
                advice="Name another one: what is written there mixes with the evidence, and is searched next time.",
            )
        first, last = days(query)
        found = scan(reader, place, first, last or now.date())
        sql = query_sql(query, place)
    located = reader.read(Call("s3", "GetBucketLocation", {"Bucket": wrote.bucket})).data.get("LocationConstraint")
    gaps = (*found.gaps, *(f"{finding.where}: {finding.detail}" for finding in missing))
    return Facts(
        {
            "query": query.as_data(), "sql": sql, "database_ddl": database_ddl(place),
            "table_ddl": table_ddl(place, first), "drop_table": drop_table(place),
            "drop_database": drop_database(place), "database": place.database,
            "table": place.table, "objects": found.objects, "bytes": found.bytes,
            "partitions": found.partitions, "dollars": str(dollars(found.bytes)), "cutoff": found.cutoff,
            "region": "eu-west-1" if located == "EU" else str(located or "us-east-1"), "bucket": wrote.bucket,
        },
        gaps,
    )  # fmt: skip


ACTION = Action(
    id="athena.estimate",
    title="What a search by Athena reads and costs",
    inputs={
        "trail_arn": InputField("string", help="Search where this trail writes."),
        **QUERY,
        "since": InputField("string", help="A time, or how long ago: 24h, 90d. What is read is paid for."),
        "regions": InputField("list", required=False, help="Of the trail's logs; every enabled one without it."),
        "results": InputField("string", help="s3://BUCKET/PREFIX/ for the results; not the trail's bucket."),
        "incident": InputField("string", help="The incident's id: its table has a name of its own."),
        "accounts": InputField("list", required=False, help="Of an organization trail; the trail's own without it."),
    },
    permissions=(
        "cloudtrail:DescribeTrails", "ec2:DescribeRegions", "organizations:DescribeOrganization",
        "s3:GetBucketLocation", "s3:ListBucket",
    ),
    keeps=(
        "query", "sql", "database_ddl", "table_ddl", "drop_table", "drop_database", "database", "table", "objects",
        "bytes", "dollars", "cutoff", "region", "bucket",
    ),
    observe=observe,
)  # fmt: skip
