"""Everything that a report is made of, read once from an incident's folder by the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from irtui.engine.outline import split_key
from irtui.gameday.history import Deed
from irtui.gameday.score import Score
from irtui.journal.record import Record
from irtui.journal.verify import Verification


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a step stands in its runbook."""

    number: str
    title: str
    phase: str


@dataclass(frozen=True, slots=True)
class Dossier:
    records: Sequence[Record]
    verification: Verification
    steps: Mapping[str, Placed] = field(default_factory=dict)
    """Key of the step → where it stands; empty when the runbook's text cannot be read."""
    severity: str = ""
    """As the runbook has it: low, medium, high or critical; empty when it cannot be read."""
    score: Score | None = None
    """Of a closed rehearsal."""
    deeds: Sequence[Deed] = ()
    """What the adversary of a rehearsal did after the operator came in, in order."""
    coverage: Mapping[str, Any] | None = None
    """The newest blind-window report that is among the evidence; foreign."""
    unread: Sequence[str] = ()
    """What could not be read for the report, in words; foreign."""

    @property
    def holds(self) -> int:
        """The last record that chain and signature carry."""
        return self.verification.records

    @property
    def close(self) -> Record | None:
        """The record of the close, where it holds."""
        return closing(self.records, self.holds)

    @property
    def glass(self) -> tuple[Record, ...]:
        """Where somebody went on without the approval that was wanted."""
        return broken_glass(self.records)

    def phase(self, unit: str) -> str:
        """Of a step or one of its items; empty when it is not known."""
        placed = self.steps.get(split_key(unit)[0])
        return placed.phase if placed else ""

    def step_words(self, unit: str) -> str:
        """`4 Deny everything to ci-deploy`; the key where the runbook is not known. Foreign."""
        key, item = split_key(unit)
        placed = self.steps.get(key)
        if placed is None:
            return unit
        return f"{placed.number} {placed.title}" + (f" · item {item + 1}" if item is not None else "")


def closing(records: Sequence[Record], holds: int) -> Record | None:
    last = records[-1] if records else None
    return last if last is not None and last.type == "close" and last.seq <= holds else None


def broken_glass(records: Sequence[Record]) -> tuple[Record, ...]:
    return tuple(record for record in records if record.type == "approve" and record.body.get("kind") == "break-glass")
