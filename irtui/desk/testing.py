"""Plays every scenario of a runbook by machine, in a place of its own, and says what that has shown.

Rules: incidents, keys and trust of these runs stand in a folder that is gone afterwards. A scenario is judged with its
own answers, by seed; further runs with the first seed take the answers that nobody gave yet, and take everything back
until each undo was seen: they are for coverage, and an undo that fails there is a finding.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.engine.machine import current_step
from irtui.engine.operator import Operator
from irtui.errors import IrtuiError
from irtui.gameday.coverage import Played, StepCover, covered
from irtui.gameday.played import TakingBack
from irtui.gameday.scenario import Scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.model.effect import Effect
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import Runbook
from irtui.settings.load import Settings

ANSWERS, TAKING_BACK = "", "taking everything back"


@dataclass(frozen=True, slots=True)
class Run:
    """One rehearsal that was played."""

    scenario: str
    seed: int
    way: str
    """Empty: by the scenario's answers, and judged. Else what was different; then it is for coverage."""
    won: bool
    why: str
    """What was missed or went wrong; empty when nothing did."""

    @property
    def good(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Tested:
    runbook: str
    runs: tuple[Run, ...]
    steps: tuple[StepCover, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is tested, with what."""

    settings: Settings
    runbooks: tuple[Path, ...] = ()
    scenarios: tuple[Path, ...] = ()
    seeds: int = 1

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
        for scenario, seed, way, player in _plan(bench, desk, runbook, played):
            run, found = _play(desk, runbook, scenario, seed, way, player)
            runs.append(run)
            played += [found] if found is not None else []
            said(run)
        return Tested(runbook.name, tuple(runs), covered(played))


Player = Callable[[Clock], Operator]


def _plan(
    bench: Bench, desk: Desk, runbook: Runbook, played: Sequence[Played]
) -> Iterator[tuple[Scenario, int, str, Player]]:
    """What is played next, by what was played until now."""
    scenarios = [desk.scenario(entry.name) for entry in desk.scenarios() if entry.runbook == runbook.name]
    for scenario in scenarios:
        for seed in range(1, bench.seeds + 1):
            yield scenario, seed, ANSWERS, _by(scenario)
    for scenario in scenarios[:1]:
        for key, choice in _ungiven(covered(played)):
            given: Mapping[str, str] = {**scenario.answers.choices, key: choice}
            yield (
                scenario,
                1,
                f"{key} = {choice}",
                _by(replace(scenario, answers=replace(scenario.answers, choices=given))),
            )
    for scenario in scenarios:
        if _has_untaken_undo(scenario, played):
            yield scenario, 1, TAKING_BACK, partial(TakingBack, scenario.answers)


def _has_untaken_undo(scenario: Scenario, played: Sequence[Played]) -> bool:
    """A step of the runbook's own changed something in this scenario, and was never taken back in any."""
    untaken = {step.key for step in covered(played) if step.undone == 0 and not step.of_child}
    return any(
        step.key in untaken and any(call.took_effect for call in step.calls)
        for records, state in played
        if records[0].body.get("scenario") == scenario.path
        for step in state.steps
    )


def _stuck(state: IncidentState) -> str:
    step = current_step(state)
    return f"stuck at {step.key}: {step.reason or step.status.value}" if step else "it could not be closed"


def _owed(state: IncidentState, step: StepState) -> bool:
    """Something of it could be taken back: not what a later call destroyed for good, with all that hung on it."""
    acted = [call for each in state.steps for call in each.calls if call.took_effect]
    final = [
        (call.seq, call.planned["params"].items()) for call in acted
        if call.planned["effect"] == Effect.DESTROY.word and not call.planned["undo"]
    ]  # fmt: skip
    return step.undoable and any(
        call.planned["undo"]
        and not any(seq > call.seq and them <= call.planned["undo"]["params"].items() for seq, them in final)
        for call in step.calls
        if call.took_effect and not call.undone and not call.undoing
    )


def _by(scenario: Scenario) -> Player:
    return partial(ScriptedOperator, scenario.answers)


def _ungiven(cover: Sequence[StepCover]) -> list[tuple[str, str]]:
    own = [step for step in cover if not step.of_child]
    return [(step.key, choice) for step in own for choice, count in step.choices.items() if not count]


def _play(
    desk: Desk, runbook: Runbook, scenario: Scenario, seed: int, way: str, player: Player
) -> tuple[Run, Played | None]:
    """One rehearsal from its briefing to its close."""
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
            state = visit.walk(player(visit.clock))
            missed = [objective.id for objective in visit.objectives() if not objective.met]
            why = "" if state.closed else _stuck(state)
            if way == ANSWERS and missed:
                why = why or f"not met: {', '.join(missed)}"
            if way == TAKING_BACK:
                stuck = [
                    step.key for step in state.steps if step.status is not StepStatus.UNDONE and _owed(state, step)
                ]
                why = why or (f"not taken back: {', '.join(stuck)}" if stuck else "")
            return Run(scenario.name, seed, way, state.closed and not missed, why), (visit.records(), state)
        finally:
            visit.end()
    except IrtuiError as error:
        return Run(scenario.name, seed, way, False, error.message), None
