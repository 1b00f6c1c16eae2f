"""The undo drill: each step that changes is done, taken back, and done again; what the account holds must be as before.

Rules: nobody but the operator acts between a step and its undo, so that every difference is irtui's. A step is drilled
once; steps of a child runbook are drilled where the child is tested.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from irtui.clock import Clock
from irtui.engine.machine import reads_only
from irtui.engine.operator import Command, RunStep, UndoStep
from irtui.gameday.scenario import ScriptedAnswers
from irtui.gameday.scripted import TRIES, ScriptedOperator
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import CallBody, UseBody
from irtui.simulator.differences import changed

SETTLES = 30.0
"""Seconds: Athena has run a short statement by then."""


class Place(Protocol):
    """What the drill needs of a world."""

    def still(self, on: bool) -> None: ...

    def inventory(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Drill:
    """One step, done and taken back."""

    key: str
    did: tuple[str, ...]
    """What the step changed, `path: before → after`."""
    left: tuple[str, ...]
    """What its undo did not bring back; empty when all is as before."""
    seen: bool
    """irtui's own look says that it was taken back."""
    said: str = ""
    """Where it does not: what the operator was last told of the step."""


@dataclass(slots=True)
class _Open:
    """A step that is being drilled."""

    key: str
    before: Mapping[str, str]
    did: tuple[str, ...] = ()
    undos: int = 0


@dataclass
class Drilling(ScriptedOperator):
    """Plays a scenario's answers to its end, and drills every step on the way that leaves something to take back."""

    answers: ScriptedAnswers
    clock: Clock
    world: Place
    drills: list[Drill] = field(default_factory=list)
    _open: _Open | None = None

    def __post_init__(self) -> None:
        super().__init__(self.answers, self.clock)

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        if self._open is not None and (command := self._drill(self._open, state.step(self._open.key))) is not None:
            return command
        command = super().next(state, timeout)
        if isinstance(command, RunStep) and self._open is None and self._wanted(state.step(command.key)):
            self.world.still(True)
            self._open = _Open(command.key, self.world.inventory())
        return command

    def _settled(self) -> dict[str, str]:
        """When AWS has done what it does after it has answered."""
        self.clock.sleep(SETTLES)
        return self.world.inventory()

    def _wanted(self, step: StepState) -> bool:
        acts = isinstance(step.step.body, CallBody | UseBody) and not reads_only(step)
        return acts and "/" not in step.key and all(drill.key != step.key for drill in self.drills)

    def _drill(self, open_: _Open, step: StepState) -> Command | None:
        """The next thing to do for it; None: it is over, or has not changed anything yet."""
        if step.undoable and open_.undos <= TRIES + len(step.items):
            open_.did = open_.did or changed(open_.before, self._settled())
            open_.undos += 1
            return UndoStep(step.key)
        if open_.undos:
            left = changed(open_.before, self._settled())
            seen = step.status is StepStatus.UNDONE
            said = "" if seen else self.last_told(step.key)
            self.drills.append(Drill(step.key, open_.did, left, seen, said))
        if open_.undos or not step.status.open:
            self.world.still(False)
            self._open = None
        return None
