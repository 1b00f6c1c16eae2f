"""The scripted operator in another way of playing: one that must lose."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from irtui.clock import Clock
from irtui.engine.operator import CloseIncident, Command, Leave, SkipStep, Unlock
from irtui.gameday.plays import Play, chosen
from irtui.gameday.scenario import Scenario, ScriptedAnswers
from irtui.gameday.scripted import TRIES, ScriptedOperator, let_pass
from irtui.model.incident import IncidentState, StepStatus

_WAITING = (StepStatus.SETTLING, StepStatus.WAITING)


class PlayOperator(ScriptedOperator):
    """Runs the play's steps, leaves out the rest, lets the play's time pass and closes."""

    def __init__(self, answers: ScriptedAnswers, clock: Clock, play: Play) -> None:
        super().__init__(replace(answers, choices={**answers.choices, **play.choices}), clock)
        self._play = play
        self._left = play.lasts

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        if self._play.acts and (command := self._step(state)) is not None:
            return command
        if self._play.acts and any(step.status in _WAITING for step in state.steps):
            return self._wait(state, timeout)
        if self._left > timedelta():
            self._left, left = timedelta(), self._left
            self._clock.sleep(left.total_seconds())
            return None
        self._tried["close"] += 1
        return CloseIncident(self._play.reason) if self._tried["close"] <= TRIES else Leave()

    def _step(self, state: IncidentState) -> Command | None:
        """The next thing that this play does with a step."""
        if not state.unlocked and self._tried["unlock"] == 0:
            self._tried["unlock"] += 1
            return Unlock(state.account[-4:])
        for step in state.open_steps:
            tried_enough = self._tried[step.key] >= TRIES + len(step.items)
            if step.blocked_by or step.begun or step.applies is False or tried_enough or let_pass(step):
                continue
            if self._play.runs(step.key):
                return self._take(step)
            if step.step.skippable and self._tried[step.key] == 0:
                self._tried[step.key] += 1
                return SkipStep(step.key, self._play.reason)
        return None


def player(scenario: Scenario, play: str = "") -> Callable[[Clock], ScriptedOperator]:
    """Who plays a scenario: by its answers, or in a play of that name. Raises UsageError for a play it lacks."""
    if not play:
        return lambda clock: ScriptedOperator(scenario.answers, clock)
    way = chosen(scenario.plays, play)
    return lambda clock: PlayOperator(scenario.answers, clock, way)
