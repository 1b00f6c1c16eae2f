"""What Athena keeps: workgroups, queries, and the catalogue of tables, by account and Region.

Rules: a query's outcome is known when it starts and comes true when its time is over: `tick` then does what it leaves
behind. Under the world's lock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PRIMARY = "primary"


@dataclass(slots=True)
class WorkGroup:
    name: str
    created: datetime | None
    configuration: dict[str, Any]
    description: str = ""
    state: str = "ENABLED"


@dataclass(frozen=True, slots=True)
class Table:
    columns: Mapping[str, Any]
    """Name → type as sqlglot has it, without the partitions."""
    partitions: Mapping[str, Any]
    location: str
    properties: Mapping[str, str]
    of_records: bool
    """Whether a file is one of CloudTrail's, `Records` in it; else there is one JSON object on a line."""


@dataclass(slots=True)
class Outcome:
    """What a query will have come to."""

    state: str = "SUCCEEDED"
    reason: str = ""
    scanned: int = 0
    columns: tuple[tuple[str, str], ...] = ()
    """(name, type)"""
    rows: tuple[tuple[str | None, ...], ...] = ()
    change: Callable[[], str] | None = None
    """Done to the catalogue at the end; what it gives is why the query fails."""


@dataclass(slots=True)
class Execution:
    id: str
    sql: str
    workgroup: str
    context: Mapping[str, Any]
    output: str
    """Where the result is written, `s3://…/id.csv`."""
    kind: str
    sub: str
    submitted: datetime
    starts: datetime
    ends: datetime
    outcome: Outcome
    write: Callable[["Execution"], None]
    settled: bool = False

    def state(self, now: datetime) -> str:
        if self.settled:
            return self.outcome.state
        return "QUEUED" if now < self.starts else "RUNNING"


@dataclass(slots=True)
class Place:
    """One account in one Region."""

    workgroups: dict[str, WorkGroup] = field(default_factory=lambda: {PRIMARY: WorkGroup(PRIMARY, None, {})})
    executions: dict[str, Execution] = field(default_factory=dict)
    """By id, oldest first."""
    tokens: dict[str, tuple[Mapping[str, Any], str]] = field(default_factory=dict)
    """ClientRequestToken → what was asked with it, and the query."""
    databases: dict[str, dict[str, Table]] = field(default_factory=lambda: {"default": {}})


PLACES: dict[tuple[str, str], Place] = {}
"""(account, Region) → what is there; one world a process, as moto's own."""


def place(account: str, region: str) -> Place:
    return PLACES.setdefault((account, region), Place())


def workgroup_of(account: str, region: str, params: Mapping[str, Any]) -> str:
    """The workgroup that a request acts on. Empty: it is told by a query that does not exist."""
    if (query := params.get("QueryExecutionId")) is not None:
        found = place(account, region).executions.get(str(query))
        return found.workgroup if found else ""
    return str(params.get("WorkGroup") or params.get("Name") or PRIMARY)


def tick(now: datetime) -> None:
    """Ends every query whose time is over."""
    for each in PLACES.values():
        for execution in each.executions.values():
            if not execution.settled and now >= execution.ends:
                settle(execution)


def settle(execution: Execution) -> None:
    execution.settled = True
    outcome = execution.outcome
    if outcome.state == "SUCCEEDED" and outcome.change is not None and (why := outcome.change()):
        outcome.state, outcome.reason = "FAILED", why
    if outcome.state == "SUCCEEDED":
        execution.write(execution)
