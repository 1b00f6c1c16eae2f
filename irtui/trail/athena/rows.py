"""The rows of an Athena query as CloudTrail events: a source of the search like any other.

Rules: every row is compared again with the query, since its SQL selects more than was asked. An event is put together
from the columns: members that are no column are missing, and its bytes are not those of the log. The same event from S3
has the same id and core, so it counts once. A query that did not succeed, an answer with other columns and a row that
is broken are findings.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from irtui.aws.door import Reader as DoorReader
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call
from irtui.trail.athena.columns import DOCUMENTS, RESOURCES, SELECTED
from irtui.trail.search.crew import Done, Result
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Reader

PAGE = 1000
HEADER = (*SELECTED, "resources")
CANNOT = (
    "events that its SQL did not ask for, and days, accounts and Regions that its table does not hold",
    "events that were delivered more than a day late, when an end was asked",
    "members of an event that are no column of its table (`addendum`, `tlsDetails`), and the bytes of the log",
    "the kind of a member: a number where text belongs comes as text",
)


class AthenaQuery:
    """The rows of a query that was started elsewhere, by the executor, and has ended."""

    resumable = False

    def __init__(self, door: DoorReader, query_id: str, region: str | None = None) -> None:
        self._door, self._id, self._region = door, query_id, region
        self.name = f"Athena query {query_id}"
        self.cannot: tuple[str, ...] = CANNOT

    def results(self, query: Query) -> Iterator[Result]:
        found: list[Result] = []
        reader = Reader(query, found.append, found.append)
        size, number = 0, 0
        try:
            if why := not_ended_well(execution(self._door, self._id, self._region)):
                yield Finding("refused", self.name, why)
                return
            for number, cells in enumerate(self._rows(), 1):
                try:
                    raw = json.dumps(event_of(cells), allow_nan=False).encode()
                except (ValueError, RecursionError) as error:
                    yield Finding("record", self.name, f"row {number}: {error or type(error).__name__}"[:200])
                    continue
                size += len(raw)
                reader.record(self.name, raw)
                yield from found
                found.clear()
        except _OtherColumns as error:
            yield Finding("format", self.name, str(error))
        except (AwsFault, SimulatorGap) as error:
            if isinstance(error, AwsFault) and error.kind == "expired":
                raise
            yield Finding("refused", self.name, f"after {number} rows: {error}")
        yield Done(self.name, size)

    def _rows(self) -> Iterator[Any]:
        params: dict[str, Any] = {"QueryExecutionId": self._id, "MaxResults": PAGE}
        first = True
        while True:
            page = self._door.read(Call("athena", "GetQueryResults", params, region=self._region)).data
            result = page.get("ResultSet")
            rows = list((result.get("Rows") if isinstance(result, Mapping) else None) or ())
            if first:
                _check_header(rows[0] if rows else None)
            yield from (row.get("Data") if isinstance(row, Mapping) else None for row in rows[first:])
            first = False
            if not page.get("NextToken"):
                return
            params["NextToken"] = page["NextToken"]


class _OtherColumns(Exception):
    """The answer is not that of a query of ours."""


def execution(door: DoorReader, query_id: str, region: str | None = None) -> Mapping[str, Any]:
    """Athena's account of a query: SQL, state, bytes. Raises AwsFault, SimulatorGap."""
    call = Call("athena", "GetQueryExecution", {"QueryExecutionId": query_id}, region=region)
    told = door.read(call).data.get("QueryExecution")
    return told if isinstance(told, Mapping) else {}


def state(told: Mapping[str, Any]) -> str:
    status = told.get("Status")
    return str(status.get("State") or "unknown") if isinstance(status, Mapping) else "unknown"


def not_ended_well(told: Mapping[str, Any]) -> str:
    """Why there are no rows, in a sentence; empty when there are."""
    if (now := state(told)) == "SUCCEEDED":
        return ""
    reason = str(told["Status"].get("StateChangeReason") or "") if now != "unknown" else ""
    words = {"QUEUED": "it has not begun", "RUNNING": "it is still running", "CANCELLED": "it was cancelled"}
    said = words.get(now, "it failed" if now == "FAILED" else f"its state is {now}")
    return f"{said}: {reason}" if reason else said


def event_of(cells: Any) -> dict[str, Any]:
    """The event of a row. Raises ValueError for one that is broken."""
    if not isinstance(cells, list) or len(cells) != len(HEADER):
        raise ValueError(f"it has not the {len(HEADER)} columns of its header")
    event: dict[str, Any] = {}
    for (name, path), cell in zip(SELECTED.items(), cells, strict=False):
        value = _text(cell, name)
        if value is None:
            continue
        inner = event
        for member in path[:-1]:
            inner = inner.setdefault(member, {})
        inner[path[-1]] = _document(value) if path[-1] in DOCUMENTS else value
    if event.get("readOnly") in ("true", "false"):
        event["readOnly"] = event["readOnly"] == "true"
    resources = _text(cells[-1], "resources")
    found = _parsed(resources, "resources") if resources is not None else None
    if found is not None:
        event["resources"] = [_resource(one) for one in found] if isinstance(found, list) else found
    return event


def _check_header(row: Any) -> None:
    cells = row.get("Data") if isinstance(row, Mapping) else None
    names = [_text(cell, "the header") for cell in cells] if isinstance(cells, list) else []
    if names != list(HEADER):
        raise _OtherColumns("its columns are not those of a search; it was not made by irtui's SQL")


def _text(cell: Any, name: str) -> str | None:
    """The text of a cell; None is SQL's NULL."""
    value = cell.get("VarCharValue") if isinstance(cell, Mapping) else 0
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _document(text: str) -> Any:
    """Parameters and answers are JSON objects; anything else there was text itself."""
    return _parsed(text, "a document") if text[:1] in ("{", "[") else text


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name} is no JSON: {error}") from None


def _resource(value: Any) -> Any:
    """A row as JSON: an object, or in older engines a list without names."""
    if isinstance(value, list):
        value = dict(zip(RESOURCES, value, strict=False))
    if not isinstance(value, Mapping):
        return value
    return {RESOURCES.get(name, name): text for name, text in value.items() if text is not None}
