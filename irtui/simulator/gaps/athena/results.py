"""The results of a query: pages of rows, and the files in the output location."""

import json
from collections.abc import Mapping
from typing import Any

from irtui.simulator import athena_records, state
from irtui.simulator.athena_records import Execution
from irtui.simulator.gaps.athena import granted
from irtui.simulator.gaps.athena.partitions import split
from irtui.simulator.gaps.athena.workgroups import here, invalid, paged
from irtui.simulator.world import Asked

MOST = 1000
"""Rows of a page, the header among them."""


def get_query_results(asked: Asked) -> Mapping[str, Any]:
    """The header is the first row of the first page. DDL has no rows."""
    athena_records.tick(asked.world.clock.now())
    query = str(asked.params["QueryExecutionId"])
    if (found := here(asked).executions.get(query)) is None:
        raise invalid(f"QueryExecution {query} was not found")
    now, outcome = asked.world.clock.now(), found.outcome
    if not found.settled:
        raise invalid(f"Query has not yet finished. Current state: {found.state(now)}")
    if outcome.state != "SUCCEEDED":
        raise invalid(f"Query did not finish successfully. Final query state: {outcome.state}")
    bucket, key = split(found.output)
    held = state.bucket(bucket)
    if granted.s3(asked, "GetObject", bucket, key):
        words = "You do not seem to have access to the S3 location of your query results. Please confirm your account"
        raise invalid(f"{words} has access to the S3 location where your query results are saved and try again.")
    if held is None or not hasattr(held.keys.get(key), "value"):
        raise invalid("Could not find results")
    head = [tuple(name for name, _ in outcome.columns)] if found.kind == "DML" else []
    page, token = paged(asked, [*head, *outcome.rows], MOST)
    rows = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in page]
    columns = [_column(name, kind) for name, kind in outcome.columns]
    return {"UpdateCount": 0, "ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}}, **token}


def _column(name: str, kind: str) -> dict[str, Any]:
    digits = {"varchar": 2147483647, "bigint": 19, "integer": 10, "double": 17}.get(kind, 0)
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name, "Type": kind,
        "Precision": digits, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": kind == "varchar",
    }  # fmt: skip


def write(found: Execution) -> None:
    """The file and its metadata, as of the query's end; nothing when the bucket has gone meanwhile."""
    from moto.s3.models import s3_backends

    bucket, key = split(found.output)
    if (held := state.bucket(bucket)) is None:
        found.outcome.state, found.outcome.reason = "FAILED", f"Unable to verify/create output bucket {bucket}"
        return
    backend = s3_backends[held.account_id][state.PARTITION]
    told = json.dumps([_column(name, kind) for name, kind in found.outcome.columns]).encode()
    for name, body in ((key, _csv(found) if found.kind == "DML" else b""), (f"{key}.metadata", told)):
        made = backend.put_object(bucket, name, body, disable_notification=True)
        made.last_modified = found.ends.replace(tzinfo=None)


def _csv(found: Execution) -> bytes:
    """Every value in quotes, but for NULL, which is nothing."""
    lines = [tuple(name for name, _ in found.outcome.columns), *found.outcome.rows]
    cells = (('"' + cell.replace('"', '""') + '"' if cell is not None else "" for cell in row) for row in lines)
    return "".join(f"{','.join(row)}\n" for row in cells).encode("utf-8", "replace")
