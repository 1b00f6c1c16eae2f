"""What became of a statement that was started in a workgroup: its id, its state, and Athena's words when it failed.

Stops and breaks: nothing, it only reads. The newest statement of the workgroup with exactly that SQL is taken: the list
has no promised order, and an id that nobody recorded cannot be asked for. While it waits or runs the step looks again.
CloudTrail: ListQueryExecutions and BatchGetQueryExecution events of the operator.

```yaml
use: athena.statement
with: {workgroup: "irtui-${{ incident.id }}", sql: "${{ steps.estimate.table_ddl }}"}
verify: {until: "state == 'SUCCEEDED'", within: 5m, every: 2s}
```
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.model.call import Call
from irtui.trail.athena.rows import not_ended_well, state

AGAIN = timedelta(seconds=2)
_PAGES = 20
_TOGETHER = 50
"""Ids that BatchGetQueryExecution takes."""


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for unusable inputs, AwsFault, SimulatorGap."""
    group, sql = text(inputs, "workgroup"), text(inputs, "sql").strip()
    told = reader.read(Call("athena", "ListQueryExecutions", {"WorkGroup": group}), pages=_PAGES).data
    ids = [str(one) for one in told.get("QueryExecutionIds") or ()]
    mine = []
    for begin in range(0, len(ids), _TOGETHER):
        batch = {"QueryExecutionIds": ids[begin : begin + _TOGETHER]}
        found = reader.read(Call("athena", "BatchGetQueryExecution", batch)).data.get("QueryExecutions") or ()
        mine += [one for one in found if str(one.get("Query") or "").strip() == sql]
    if not mine:
        return Facts({"query_id": "", "state": "unknown", "why": "no such statement was started"}, again=now + AGAIN)
    newest = max(mine, key=lambda one: str((one.get("Status") or {}).get("SubmissionDateTime") or ""))
    data = {
        "query_id": str(newest.get("QueryExecutionId") or ""),
        "state": state(newest),
        "why": not_ended_well(newest),
    }
    return Facts(data, again=now + AGAIN if data["state"] in ("QUEUED", "RUNNING") else None)


ACTION = Action(
    id="athena.statement",
    title="What became of an Athena statement",
    inputs={
        "workgroup": InputField("string", help="Where it was started."),
        "sql": InputField("string", help="The statement, as it was sent."),
    },
    permissions=("athena:BatchGetQueryExecution", "athena:ListQueryExecutions"),
    keeps=("query_id", "state", "why"),
    observe=observe,
)
