"""Plays every scenario of a runbook by machine, in a place of its own, and says what that has shown.

Rules: incidents, keys and trust of these runs stand in a folder that is gone afterwards; what is left of a run that
failed is its journal, until the runbook is tested again. A scenario is judged with its own answers, by seed; further
runs with the first seed take the answers that nobody gave yet, and drill each undo once: they are for coverage, and an
undo after which the account is not as before is a finding. Where it is asked for, every play that a scenario declares
is played as well: one that wins is a finding.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from irtui.actions.registry import ACTIONS
from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.desk.visit import Visit
from irtui.engine.machine import current_step
from irtui.engine.operator import Operator
from irtui.errors import IrtuiError
from irtui.gameday.coverage import Played, StepCover, covered
from irtui.gameday.drill import Drill, Drilling
from irtui.gameday.objective import Objective, won
from irtui.gameday.played import player
from irtui.gameday.scenario import Scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.journal.record import Record
from irtui.model.incident import IncidentState
from irtui.model.runbook import Runbook, UseBody
from irtui.settings.load import Settings

ANSWERS, DRILL, PLAY = "", "undo drill", "play "
MOST_SAID = 3
"""Differences that one sentence names."""


@dataclass(frozen=True, slots=True)
class Run:
    """One rehearsal that was played."""

    scenario: str
    seed: int
    way: str
    """Empty: by the scenario's answers, and judged. A play must lose. Else what was different; it is for coverage."""
    won: bool
    why: str
    """What was missed or went wrong; empty when nothing did."""
    journal: str = ""
    """The folder of its incident, where it failed and that is kept."""

    @property
    def good(self) -> bool:
        return not self.why

    @property
    def play(self) -> bool:
        return self.way.startswith(PLAY)


@dataclass(frozen=True, slots=True)
class Tested:
    runbook: str
    runs: tuple[Run, ...]
    steps: tuple[StepCover, ...]
    drills: tuple[Drill, ...] = ()
    """Steps that were done, taken back and compared."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is tested, with what."""

    settings: Settings
    runbooks: tuple[Path, ...] = ()
    scenarios: tuple[Path, ...] = ()
    seeds: int = 1
    plays: bool = False
    """Whether what must lose is played too."""
    kept: Path | None = None
    """Where the incidents of runs that failed are kept, by runbook; None: nowhere."""

    def desk(self, root: Path) -> Desk:
        home = Home(root / "data", root / "config", root / "state")
        return Desk(home, self.settings, dict(os.environ), self.runbooks, scenario_folders=self.scenarios)


def test(bench: Bench, name: str, said: Callable[[Run], None] = lambda run: None) -> Tested:
    """Everything that is known of a runbook by its rehearsals. Raises RunbookError for one that cannot be run."""
    with tempfile.TemporaryDirectory(prefix="irtui-test-") as folder:
        desk = bench.desk(Path(folder))
        runbook = desk.runbook(name)
        runs: list[Run] = []
        played: list[Played] = []
        drills: list[Drill] = []
        kept = _emptied(bench.kept / runbook.name) if bench.kept is not None else None
        for scenario, seed, way, by in _plan(bench, desk, runbook, played, drills):
            run, found = _play(desk, runbook, scenario, seed, way, by, kept)
            runs.append(run)
            played += [found] if found is not None and not run.play else []
            said(run)
        return Tested(runbook.name, tuple(runs), covered(played), tuple(drills))


def drilled(bench: Bench, name: str) -> tuple[tuple[Drill, ...], tuple[Run, ...]]:
    """The undo drill alone: every step of a runbook that can be taken back, by as few rehearsals as that takes."""
    with tempfile.TemporaryDirectory(prefix="irtui-drill-") as folder:
        desk = bench.desk(Path(folder))
        runbook = desk.runbook(name)
        drills: list[Drill] = []
        runs = []
        for scenario in _scenarios(desk, runbook):
            if not undoable(runbook) - {drill.key for drill in drills}:
                break
            runs.append(_play(desk, runbook, scenario, 1, DRILL, _driller(scenario, drills))[0])
        return tuple(drills), tuple(runs)


def undoable(runbook: Runbook) -> set[str]:
    """Keys of the steps that say how they are taken back, or whose action does."""
    return {
        step.id
        for step in runbook.steps
        if step.undo is not None or (isinstance(step.body, UseBody) and len(ACTIONS[step.body.action].changes) > 1)
    }


Player = Callable[[Visit], Operator]


def _plan(
    bench: Bench, desk: Desk, runbook: Runbook, played: Sequence[Played], drills: list[Drill]
) -> Iterator[tuple[Scenario, int, str, Player]]:
    """What is played next, by what was played until now."""
    scenarios = _scenarios(desk, runbook)
    for scenario in scenarios:
        for seed in range(1, bench.seeds + 1):
            yield scenario, seed, ANSWERS, _by(scenario)
    for key, choice in _ungiven(covered(played)):
        if (asking := _asking(scenarios, key, played)) is not None:
            given: Mapping[str, str] = {**asking.answers.choices, key: choice}
            yield (
                asking,
                1,
                f"{key} = {choice}",
                _by(replace(asking, answers=replace(asking.answers, choices=given))),
            )
    for scenario in scenarios:
        if _has_untaken_undo(scenario, played):
            yield scenario, 1, DRILL, _driller(scenario, drills)
    for scenario in scenarios if bench.plays else ():
        for name in scenario.plays or ("nothing",):
            yield scenario, 1, f"{PLAY}{name}", _playing(scenario, name)


def _scenarios(desk: Desk, runbook: Runbook) -> list[Scenario]:
    return [desk.scenario(entry.name) for entry in desk.scenarios() if entry.runbook == runbook.name]


def _asking(scenarios: Sequence[Scenario], key: str, played: Sequence[Played]) -> Scenario | None:
    """The first scenario in which that question was asked; the first of all where none did. None: there is none."""
    for scenario in scenarios:
        for records, _ in played:
            if _of(scenario, records) and any(r.type == "decide" and r.body.get("step") == key for r in records):
                return scenario
    return scenarios[0] if scenarios else None


def _of(scenario: Scenario, records: Sequence[Record]) -> bool:
    """Whether that incident played the scenario."""
    return Path(str(records[0].body.get("scenario"))).absolute() == Path(scenario.path).absolute()


def _has_untaken_undo(scenario: Scenario, played: Sequence[Played]) -> bool:
    """A step of the runbook's own changed something in this scenario, and was never taken back in any."""
    untaken = {step.key for step in covered(played) if step.undone == 0 and not step.of_child}
    return any(
        step.key in untaken and any(call.took_effect for call in step.calls)
        for records, state in played
        if _of(scenario, records)
        for step in state.steps
    )


def _stuck(state: IncidentState, operator: Operator) -> str:
    """Why a rehearsal was left open: what the script gave up on, or else what holds up the walk."""
    if isinstance(operator, ScriptedOperator) and operator.left:
        return f"stuck: {operator.left}"
    step = current_step(state)
    return f"stuck at {step.key}: {step.reason or step.status.value}" if step else "it could not be closed"


def _why(way: str, state: IncidentState, operator: Operator, objectives: Sequence[Objective]) -> str:
    """What went wrong in a run, in words; empty when nothing did."""
    if way.startswith(PLAY):
        return "it was won, so whoever plays like that is taught nothing" if won(objectives) else ""
    found = [] if state.closed else [_stuck(state, operator)]
    if way == ANSWERS and not won(objectives):
        missed = [f"{one.id} ({one.detail})" for one in objectives if not one.met]
        found.append(f"not met: {', '.join(missed) or 'anything, for the scenario has no objective'}")
    if isinstance(operator, Drilling) and (left := _not_as_before(operator.drills)):
        found.append(left)
    return "; ".join(found)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _by(scenario: Scenario) -> Player:
    return lambda visit: ScriptedOperator(scenario.answers, visit.clock)


def _playing(scenario: Scenario, name: str) -> Player:
    played = player(scenario, name)
    return lambda visit: played(visit.clock)


def _driller(scenario: Scenario, drills: list[Drill]) -> Player:
    def drilling(visit: Visit) -> Operator:
        assert visit.world is not None
        return Drilling(scenario.answers, visit.clock, visit.world, drills)

    return drilling


def _not_as_before(drills: Sequence[Drill]) -> str:
    for drill in drills:
        if not drill.seen:
            why = f": {drill.said}" if drill.said else ""
            return f"irtui did not see that {drill.key} was taken back{why}"
        if drill.left:
            more = f" (and {len(drill.left) - MOST_SAID} more)" if len(drill.left) > MOST_SAID else ""
            return f"after the undo of {drill.key} it is not as before: {'; '.join(drill.left[:MOST_SAID])}{more}"
    return ""


def _ungiven(cover: Sequence[StepCover]) -> list[tuple[str, str]]:
    own = [step for step in cover if not step.of_child]
    return [(step.key, choice) for step in own for choice, count in step.choices.items() if not count]


def _copied(incident: Path, kept: Path) -> str:
    """Where the incident is now; empty where it cannot be kept, which fails no test."""
    try:
        shutil.copytree(incident, kept / incident.name)
    except OSError:  # also what copytree raises for several files
        return ""
    return str(kept / incident.name)


def _play(
    desk: Desk, runbook: Runbook, scenario: Scenario, seed: int, way: str, by: Player, kept: Path | None = None
) -> tuple[Run, Played | None]:
    """One rehearsal from its briefing to its close; its incident is copied to `kept` when it failed."""
    request = Request("rehearsal", runbook.path, scenario.path, seed=seed, hurry=True)
    try:
        briefing = desk.brief(request, lambda prompt: None)
        try:
            given = {field.spec.name: field.value for field in briefing.fields if field.value}
            visit = desk.begin(briefing, Answers(given, briefing.identity.account[-4:], "throw-away", trust=True))
        except BaseException:
            desk.abandon(briefing)
            raise
        try:
            state = visit.walk(operator := by(visit))
            objectives = visit.objectives()
            why = _why(way, state, operator, objectives)
            journal = _copied(visit.folder, kept) if why and kept is not None else ""
            run = Run(scenario.name, seed, way, state.closed and won(objectives), why, journal)
            return run, (visit.records(), state)
        finally:
            visit.end()
    except IrtuiError as error:
        return Run(scenario.name, seed, way, False, error.message), None
