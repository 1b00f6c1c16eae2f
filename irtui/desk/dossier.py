"""An incident's folder read for a report. What cannot be read is said in the report, which comes all the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irtui.desk.recorded import folded, recorded_runbooks
from irtui.desk.scoring import kept_history, scored
from irtui.engine.outline import outline
from irtui.errors import IrtuiError
from irtui.gameday.history import ADVERSARY, Deed
from irtui.gameday.refusals import NO_WAY_IN
from irtui.gameday.score import Score
from irtui.journal.read import read_evidence, read_journal
from irtui.journal.record import Record
from irtui.journal.verify import verify
from irtui.report.coverage import ACTION as COVERAGE
from irtui.report.dossier import Dossier, Placed
from irtui.report.forensics import kept_in

_ODD = (IrtuiError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""What a journal raises whose records are whole and whose bodies are senseless."""


def dossier(folder: Path) -> Dossier:
    """Raises JournalError when there is no journal to read."""
    reading = read_journal(folder)
    records, unread = reading.records, []
    if reading.stopped:
        unread.append(f"the journal from {reading.stopped}")
    steps: Mapping[str, Placed] = {}
    severity = ""
    score: Score | None = None
    deeds: tuple[Deed, ...] = ()
    coverage: Mapping[str, Any] | None = None
    try:
        if records:
            steps = _steps(folder, records)
            severity = recorded_runbooks(folder, records)[0].severity
    except _ODD as error:
        unread.append(f"the runbook, and so the phases: {error}")
    try:
        score, deeds = _game(folder, records)
    except _ODD as error:
        unread.append(f"the history of the game day: {error}")
    try:
        coverage = _coverage(folder, records)
    except _ODD as error:
        unread.append(f"the blind windows: {error}")
    return Dossier(records, verify(folder), steps, severity, score, deeds, coverage, tuple(unread))


def _steps(folder: Path, records: tuple[Record, ...]) -> dict[str, Placed]:
    """Titles filled in as far as the journal can; else the runbook's own."""
    try:
        found = folded(folder, records).steps
        return {step.key: Placed(step.number, step.title, str(step.step.phase)) for step in found}
    except _ODD:
        nodes = outline(*recorded_runbooks(folder, records))
        return {node.key: Placed(node.number, node.step.title, str(node.step.phase)) for node in nodes}


def _game(folder: Path, records: tuple[Record, ...]) -> tuple[Score | None, tuple[Deed, ...]]:
    if not records or records[0].body.get("mode") != "rehearsal" or records[-1].type != "close":
        return None, ()
    history = kept_history(folder, records)
    deeds = (deed for deed in history.of(ADVERSARY) if not (deed.ok and deed.call in NO_WAY_IN))  # as the score counts
    return scored(folder), tuple(sorted(deeds, key=lambda deed: deed.at))


def _coverage(folder: Path, records: tuple[Record, ...]) -> Mapping[str, Any] | None:
    digest = kept_in(records).get(COVERAGE)
    found = json.loads(read_evidence(folder, digest)) if digest else None
    return found if isinstance(found, Mapping) else None
