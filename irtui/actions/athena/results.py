"""The events that an Athena query found: compared again with what was asked, and kept like those of any search.

Stops and breaks: nothing, it only reads. While the query waits or runs, `state` says so and the step looks again; one
that failed or was cut off ends with Athena's own words. `family_events` is what the family tree takes.
Limits: members of an event that are no column of the table are missing.
CloudTrail: GetQueryExecution and GetQueryResults events of the operator.

```yaml
use: athena.results
with: {query_id: "${{ steps.search.query_id }}", query: "${{ steps.estimate.query }}"}
evidence: true
verify: {until: "state == 'SUCCEEDED'", within: 30m, every: 5s}
```
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.asked import usable
from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.trail.search import KEEPS, searched
from irtui.errors import RunbookError
from irtui.trail.athena.cost import dollars
from irtui.trail.athena.rows import AthenaQuery, execution, not_ended_well, state
from irtui.trail.search.query import Query, checked

AGAIN = timedelta(seconds=2)
_OPEN = ("QUEUED", "RUNNING")


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault, SimulatorGap."""
    query_id, asked = text(inputs, "query_id"), inputs.get("query")
    if not isinstance(asked, Mapping):
        raise RunbookError("The input query is not what athena.estimate keeps")
    with usable():
        query = checked(Query.from_data(asked))
    told = execution(reader, query_id)
    statistics = told.get("Statistics")
    scanned = statistics.get("DataScannedInBytes") if isinstance(statistics, Mapping) else None
    how = {"state": state(told), "why": not_ended_well(told), "scanned": scanned, "sql": str(told.get("Query") or "")}
    if how["why"]:
        return Facts(how, again=now + AGAIN if how["state"] in _OPEN else None)
    found = searched(reader, query, [AthenaQuery(reader, query_id)], now)
    price = {"dollars": str(dollars(scanned))} if isinstance(scanned, int) else {}
    return Facts({**found.data, **how, **price}, found.gaps)


ACTION = Action(
    id="athena.results",
    title="The events that an Athena query found",
    inputs={
        "query_id": InputField("string", help="QueryExecutionId of the SELECT."),
        "query": InputField("map", help="What was asked, as athena.estimate keeps it."),
    },
    permissions=("athena:GetQueryExecution", "athena:GetQueryResults", "s3:GetObject"),
    keeps=("state", "why", "scanned", "dollars", *KEEPS),
    observe=observe,
)
