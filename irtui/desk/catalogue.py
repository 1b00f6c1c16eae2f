"""What lies on the desk: runbooks, incidents, game days."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from irtui.desk.home import Home
from irtui.desk.nouns import IncidentEntry, RunbookEntry, ScenarioEntry
from irtui.engine.fold import Fold
from irtui.errors import IrtuiError, JournalError, RunbookError
from irtui.gameday.scenario import Scenarios
from irtui.journal.read import read_evidence, read_journal
from irtui.journal.record import Record
from irtui.lint.check import lint
from irtui.lint.subject import effect_of
from irtui.model.effect import Effect
from irtui.model.incident import IncidentState
from irtui.model.runbook import CallBody, Runbook, UseBody
from irtui.report.family import kept_in
from irtui.runbook.library import Library, Trust
from irtui.runbook.parse import parse_runbook


def runbook_entries(library: Library, trust: Trust) -> tuple[RunbookEntry, ...]:
    """Every runbook of the library, also those that cannot be used, with their problems."""
    return tuple(_runbook_entry(library, trust, name) for name in library.names())


def _runbook_entry(library: Library, trust: Trust, name: str) -> RunbookEntry:
    try:
        runbook = library.find(name)
        children = library.children(runbook)
    except RunbookError as error:
        return RunbookEntry(name, name, "", "", "", "", "", False, False, "cannot be used", 0, error.problems)
    steps = [step for each in (runbook, *children.values()) for step in each.steps]
    counts = Counter(effect_of(step) for step in steps if isinstance(step.body, CallBody | UseBody))
    touches = " · ".join(
        f"{verb} {counts[effect]}"
        for effect, verb in ((Effect.READ, "reads"), (Effect.CHANGE, "changes"), (Effect.DESTROY, "destroys"))
        if counts[effect]
    )
    return RunbookEntry(
        runbook.name, runbook.title, runbook.version, runbook.severity, runbook.use_when, runbook.path,
        runbook.digest, runbook.shipped, runbook.shipped or trust.trusted(runbook), touches, len(runbook.steps),
        lint(runbook, children),
    )  # fmt: skip


def scenario_entries(library: Scenarios) -> tuple[ScenarioEntry, ...]:
    """Every game day of the library, also those that cannot be played, with their problems."""
    return tuple(_scenario_entry(library, name) for name in library.names())


def _scenario_entry(library: Scenarios, name: str) -> ScenarioEntry:
    try:
        found = library.find(name)
    except RunbookError as error:
        return ScenarioEntry(name, name, "", "cannot be played", error.problems)
    return ScenarioEntry(name, found.title, found.runbook, found.story)


def incident_entries(home: Home) -> tuple[IncidentEntry, ...]:
    """Every incident on this machine, newest first."""
    folders = [folder for folder in home.incidents.glob("*") if folder.is_dir()] if home.incidents.is_dir() else []
    return tuple(sorted((incident_entry(folder) for folder in folders), key=lambda entry: entry.opened, reverse=True))


def incident_entry(folder: Path) -> IncidentEntry:
    """One incident as its journal tells it; one that cannot be read is shown as such."""
    try:
        reading = read_journal(folder)
        if reading.stopped:
            raise JournalError(f"It was altered at {reading.stopped}.")
        records = reading.records
        state = folded(folder, records)
    except (IrtuiError, OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        return IncidentEntry(folder.name, "", "", "", "", "", "", "unreadable", "", 0, folder, str(error))
    status = "closed" if state.closed else "open"
    return IncidentEntry(
        state.id, state.mode, state.runbook, state.title, state.account, state.opened, state.operator, status,
        state.contained, state.records, folder,
    )  # fmt: skip


def recorded_runbooks(folder: Path, records: tuple[Record, ...]) -> tuple[Runbook, dict[str, Runbook]]:
    """The runbook that an incident runs, and its children, from the text its journal keeps. Raises JournalError."""
    if not records:
        raise JournalError(f"{folder.name} holds no record.")
    opening = records[0].body
    said: Mapping[str, str] = {
        str(opening["runbook"]["name"]): str(opening["runbook"]["digest"]),
        **opening["children"],
    }
    texts = {name: read_evidence(folder, digest).decode("utf-8") for name, digest in said.items()}
    parsed = {name: parse_runbook(text, f"{name}.yaml") for name, text in texts.items()}
    return parsed.pop(str(opening["runbook"]["name"])), parsed


def folded(folder: Path, records: tuple[Record, ...]) -> IncidentState:
    """The state of an incident that nobody is working on now."""
    runbook, children = recorded_runbooks(folder, records)
    return Fold(runbook, children).take_all(records).state()


def family_in(folder: Path, records: Sequence[Record]) -> Mapping[str, Any] | None:
    """The newest family tree of an incident; None: there is none. Raises JournalError."""
    digest = kept_in(records)
    tree: Mapping[str, Any] | None = json.loads(read_evidence(folder, digest)) if digest else None
    return tree
