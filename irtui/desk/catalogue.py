"""What lies on the desk: runbooks, incidents, game days."""

from collections import Counter
from pathlib import Path

from irtui.desk.handed import waits_for
from irtui.desk.home import Home
from irtui.desk.nouns import IncidentEntry, RunbookEntry, ScenarioEntry
from irtui.desk.recorded import folded
from irtui.errors import IrtuiError, JournalError, RunbookError
from irtui.gameday.scenario import Scenarios
from irtui.journal.handing import given_away
from irtui.journal.handle import writer
from irtui.journal.read import read_journal
from irtui.lint.check import lint
from irtui.lint.subject import effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody, UseBody
from irtui.runbook.library import Library, Trust

_GRAVEST = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def runbook_entries(library: Library, trust: Trust) -> tuple[RunbookEntry, ...]:
    """Every runbook of the library, the gravest first; also those that cannot be used, with their problems."""
    found = (_runbook_entry(library, trust, name) for name in library.names())
    return tuple(sorted(found, key=lambda entry: (_GRAVEST.get(entry.severity, len(_GRAVEST)), entry.name)))


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
    gone = bool(records) and given_away(records[-1]) is not None
    status = "closed" if state.closed else "handed over" if gone else "open"
    return IncidentEntry(
        state.id, state.mode, state.runbook, state.title, state.account, state.opened, state.operator, status,
        state.contained, state.records, folder, waits_for=waits_for(records[-1]) if records else "",
        writer=writer(folder),
    )  # fmt: skip
