"""The journal and its fold, kept in step: whatever is written is at once part of the state."""

import threading
from collections.abc import Mapping
from typing import Any

from irtui.engine.fold import Fold
from irtui.engine.operator import Operator
from irtui.journal.record import Record
from irtui.journal.store import Journal
from irtui.journal.telling import telling
from irtui.model.incident import Evidence, IncidentState
from irtui.model.runbook import Runbook

WORDS = 2000
"""Characters of AWS's or a guard's words that a record holds."""


def clipped(text: str) -> str:
    """`text`, cut where it is longer than a record should hold: nobody's words may keep a record from being written."""
    return text if len(text) <= WORDS else f"{text[:WORDS]} … ({len(text) - WORDS} characters more)"


class Ledger:
    """Writes records and tells the operator's face. Raises JournalError, after which nothing may be done."""

    def __init__(self, journal: Journal, runbook: Runbook, children: Mapping[str, Runbook]) -> None:
        self.journal = journal
        self._fold = Fold(runbook, children)
        self._fold.take_all(journal.records, journal.head)
        self._state = self._fold.state()
        self._operator: Operator | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> IncidentState:
        return self._state

    def shown_to(self, operator: Operator) -> None:
        self._operator = operator
        operator.update(self._state)

    def write(self, type: str, body: Mapping[str, Any]) -> Record:
        """Durable when it returns."""
        record = self.journal.append(type, body)
        self._take(record)
        return record

    def anchored(self, seq: int, where: str) -> None:
        """Writes that the fingerprint of record `seq` lies at `where`. Raises UsageError, JournalError."""
        self.write("anchor", telling(self.journal.records, self.journal.head, seq, clipped(where)))

    def evidence(self, name: str, value: Any, step: str = "", gaps: tuple[str, ...] = ()) -> Evidence:
        """Keeps `value` by its hash and records it."""
        evidence = self.journal.evidence(name, value, step=step, gaps=gaps)
        self._take(self.journal.records[-1])
        return evidence

    def close(self, body: Mapping[str, Any]) -> None:
        """The last record; nothing can be written after it."""
        self.journal.close(body)
        self._take(self.journal.records[-1])

    def rest(self) -> None:
        """Between two moves nothing runs: what a fault left so is in doubt, or unseen."""
        with self._lock:
            if self._fold.rest():
                self._state = self._fold.state()

    def context(self, prefix: str = "") -> dict[str, Any]:
        """What expressions of the steps under `prefix` may see."""
        return self._fold.context(prefix)

    def _take(self, record: Record) -> None:
        with self._lock:
            self._fold.take(record, self.journal.head)
            self._state = self._fold.state()
        if self._operator is not None:
            self._operator.update(self._state)
