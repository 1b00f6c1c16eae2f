"""One sitting at an incident, from opening or resuming until it is released."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.door import Door
from irtui.clock import Clock
from irtui.desk.handed import Handed, Parting, digest_of, of_a_real_one, signing_off, told_by_whom
from irtui.desk.handover import bundled
from irtui.desk.keys import IncidentKey
from irtui.desk.nouns import Simulated, Used
from irtui.desk.recorded import family_in
from irtui.desk.rehearsal import Rehearsal
from irtui.desk.scoring import scored
from irtui.engine.ledger import Ledger
from irtui.engine.operator import Operator
from irtui.engine.planning import action_inputs, filled_call
from irtui.engine.run import Run
from irtui.errors import IrtuiError, JournalError, KeyUnavailable, RunbookError, UsageError
from irtui.gameday.objective import Objective
from irtui.gameday.score import Score
from irtui.gameday.world import World
from irtui.journal.read import read_evidence
from irtui.journal.record import Record
from irtui.journal.verify import Verification, verify
from irtui.model.call import Call
from irtui.model.incident import IncidentState
from irtui.model.runbook import CallBody, UseBody

_LOOKS, _PAUSE = 20, 0.1
"""How often, and after how many seconds each, it is asked why a journal was taken over."""


class Visit:
    """Made by the desk. `release` must be called at the end, whatever happened."""

    def __init__(
        self, ledger: Ledger, door: Door, clock: Clock, run: Run, *, key: IncidentKey, rehearsal: Rehearsal | None
    ) -> None:
        self._ledger = ledger
        self._run = run
        self._key = key
        self._rehearsal = rehearsal
        self.clock = clock
        self.mode = door.mode
        self.story = rehearsal.scenario.story if rehearsal else ""

    @property
    def id(self) -> str:
        return self._ledger.state.id

    @property
    def folder(self) -> Path:
        return self._ledger.journal.folder

    @property
    def state(self) -> IncidentState:
        return self._ledger.state

    @property
    def world(self) -> World | None:
        """None for a real incident."""
        return self._rehearsal.world if self._rehearsal else None

    def walk(self, operator: Operator) -> IncidentState:
        """Blocks until left or closed. Raises JournalError, which says who took the journal over where somebody did."""
        try:
            state = self._run.walk(self._rehearsal.around(operator, self.records()) if self._rehearsal else operator)
        except JournalError as error:
            raise self._by_whom(error) from error
        if state.closed:
            self._key.forget(state.id)
        return state

    def _by_whom(self, error: JournalError) -> JournalError:
        for _ in range(_LOOKS if self._rehearsal is None else 1):  # a rehearsal's clock may stand still
            if (told := told_by_whom(self.folder, self.records(), error)) is not None:
                return told
            self.clock.sleep(_PAUSE)
        return error

    def still_ours(self) -> None:
        """Raises JournalError when another process has taken the journal. Costs two looks at the disk."""
        self._ledger.journal.still_ours()

    def may_be_handed_over(self) -> None:
        """Raises UsageError, with the reason."""
        of_a_real_one(self.mode)
        if self.state.closed:
            raise UsageError(f"{self.id} is closed.", advice="There is nothing to hand over.")

    def hand_over(self, parting: Parting) -> Handed:
        """Signs off after a walk that was left: the last record of this key, which is then destroyed.

        Raises UsageError (a rehearsal, or closed), JournalError. What fails after that record is told in the answer.
        """
        self.may_be_handed_over()
        body = signing_off(parting, self.state)
        try:
            self._ledger.write("handover", body)
        except JournalError as error:
            raise self._by_whom(error) from error
        self.release()
        troubles: list[IrtuiError] = []
        try:
            self._key.forget(self.id)
        except KeyUnavailable as trouble:
            troubles.append(trouble)
        left = bool(troubles)
        sha256 = ""
        try:
            sha256 = digest_of(bundled(self.folder, parting.bundle)) if parting.bundle else ""
        except (UsageError, JournalError) as trouble:
            troubles.append(trouble)
        return Handed(self.id, body, parting.bundle if sha256 else None, sha256, tuple(troubles), left)

    def stop(self) -> None:
        """Stop at the next safe point. May be called from any thread."""
        self._run.stop()

    def sketch(self, key: str) -> Call | None:
        """What a `call` step would send as far as it is known now, without asking AWS; None where it is not."""
        step = self.state.step(key).step
        if not isinstance(step.body, CallBody):
            return None
        try:
            return filled_call(step.body, step, self._ledger.context(key[: len(key) - len(step.id)]))
        except RunbookError:
            return None

    def used(self, key: str) -> Used | None:
        """The action of a `use` step as far as it is known now, without asking AWS; None for another step."""
        step = self.state.step(key).step
        if not isinstance(step.body, UseBody):
            return None
        action = ACTIONS[step.body.action]
        try:
            inputs = action_inputs(step.body, self._ledger.context(key[: len(key) - len(step.id)]))
        except RunbookError:
            return Used(action.title, step.body.inputs, False, action.changes)
        return Used(action.title, inputs, True, action.changes)

    def records(self) -> tuple[Record, ...]:
        return tuple(self._ledger.journal.records)

    def evidence(self, sha256: str) -> bytes:
        """One piece of evidence; its hash is checked. Raises JournalError."""
        return read_evidence(self.folder, sha256)

    def family(self) -> Mapping[str, Any] | None:
        """The newest family tree, as its evidence holds it; None: there is none. Raises JournalError."""
        return family_in(self.folder, self.records())

    def verification(self) -> Verification:
        return verify(self.folder)

    def objectives(self) -> tuple[Objective, ...]:
        """What a rehearsal is judged by, asked of its world now; nothing for a real incident."""
        return self._rehearsal.objectives(self.state.closed) if self._rehearsal else ()

    def fidelity(self, service: str, operation: str) -> Simulated | None:
        """How true the simulated AWS is there; None for a real incident, and where nobody knows."""
        return self._rehearsal.fidelity(service, operation) if self._rehearsal else None

    def hints(self, key: str) -> int:
        """How many hints the scenario has for a step; 0 for a real incident."""
        return len(self._rehearsal.scenario.hints.get(key, ())) if self._rehearsal else 0

    def score(self) -> Score | None:
        """Of a rehearsal that was closed."""
        return scored(self.folder) if self._rehearsal and self.state.closed else None

    def release(self) -> None:
        """Lets journal and world go. A closed rehearsal's world ends; an open one waits to be resumed."""
        self._ledger.journal.release()
        if self._rehearsal is not None and self.state.closed:
            self._rehearsal.end()

    def end(self) -> None:
        """Like `release`, and nobody comes back: an open rehearsal's world ends too."""
        self.release()
        if self._rehearsal is not None:
            self._rehearsal.end()
