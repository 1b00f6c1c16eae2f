"""What a visit has in a rehearsal besides an incident: a world, its scenario, a facilitator, and a score at the end."""

import contextlib
from collections.abc import Mapping, Sequence

from irtui.clock import Clock, rfc3339
from irtui.desk.nouns import Simulated
from irtui.engine.ledger import Ledger
from irtui.engine.operator import Operator
from irtui.errors import UsageError
from irtui.gameday import history
from irtui.gameday.facilitator import BEAT, Facilitated
from irtui.gameday.objective import Objective
from irtui.gameday.scenario import Scenario
from irtui.gameday.world import ANY, World
from irtui.journal.record import Record


def _hint(record: Record) -> bool:
    return record.type == "note" and record.body.get("kind") == "hint"


class Rehearsal:
    def __init__(self, world: World, scenario: Scenario, clock: Clock, *, hurry: bool) -> None:
        """`hurry`: nobody waits; a machine plays, and hears of injects between two of its moves."""
        self.scenario = scenario
        self.world, self._clock, self._hurry = world, clock, hurry
        self._judged: tuple[Objective, ...] | None = None
        self._fidelity: Mapping[str, Simulated] = {}
        """Operation → how true it is; empty where the world has ended."""
        with contextlib.suppress(UsageError):
            self._fidelity = {name: Simulated(*told) for name, told in world.fidelity().items()}

    def around(self, operator: Operator, records: Sequence[Record]) -> Operator:
        """The facilitator before `operator`."""
        taken = [str(record.body["of"]) for record in records if _hint(record)]
        beat = None if self._hurry else BEAT
        return Facilitated(operator, self.world, self.scenario.hints, self._clock, beat=beat, taken=taken)

    def fidelity(self, service: str, operation: str) -> Simulated | None:
        """None: the world has ended, and nobody knows."""
        unknown = self._fidelity.get(ANY, Simulated("not simulated")) if self._fidelity else None
        return self._fidelity.get(f"{service}.{operation}", unknown)

    def keep_history(self, ledger: Ledger) -> None:
        """What happened in the world, as evidence. A world that has ended keeps nobody from closing."""
        try:
            kept, gaps = history.collected(self.world, self.scenario), tuple[str, ...]()
        except UsageError as error:
            kept = history.unknown(self.scenario, ledger.state.opened, rfc3339(self._clock.now()), error.message)
            gaps = (error.message,)
        ledger.evidence(history.NAME, kept, gaps=gaps)
        self._judged = tuple(Objective(**objective) for objective in kept["objectives"])

    def objectives(self, closed: bool) -> tuple[Objective, ...]:
        """Judged now, or as they were judged right before the close. Where the world has ended, none is met."""
        if self._judged is None or not closed:
            try:
                self._judged = self.world.judge()
            except UsageError as error:
                self._judged = history.unjudged(self.scenario, error.message)
        return self._judged

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.world.stop()
