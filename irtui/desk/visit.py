"""One sitting at an incident, from opening or resuming until it is released."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irtui.aws.door import Door
from irtui.clock import Clock
from irtui.desk.keys import IncidentKey
from irtui.desk.nouns import Simulated
from irtui.desk.recorded import family_in
from irtui.desk.rehearsal import Rehearsal
from irtui.desk.scoring import scored
from irtui.engine.ledger import Ledger
from irtui.engine.operator import Operator
from irtui.engine.planning import filled_call
from irtui.engine.run import Run
from irtui.errors import RunbookError
from irtui.gameday.objective import Objective
from irtui.gameday.score import Score
from irtui.gameday.world import World
from irtui.journal.read import read_evidence
from irtui.journal.record import Record
from irtui.journal.verify import Verification, verify
from irtui.model.call import Call
from irtui.model.incident import IncidentState
from irtui.model.runbook import CallBody


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
        """Blocks until left or closed. Raises JournalError."""
        state = self._run.walk(self._rehearsal.around(operator, self.records()) if self._rehearsal else operator)
        if state.closed:
            self._key.forget(state.id)
        return state

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
