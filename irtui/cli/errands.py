"""Operators of the plain face with one errand: what a verb does in an incident, and leaves."""

from irtui.cli.asides import Asides
from irtui.cli.face import Face
from irtui.cli.lines import Lines
from irtui.cli.plain import PlainOperator, not_finished
from irtui.engine import operator as port
from irtui.model.incident import IncidentState


class Checkpointer(PlainOperator):
    """Lets what is due be looked at, puts a checkpoint, and leaves."""

    def __init__(self, face: Face, lines: Lines, asides: Asides) -> None:
        super().__init__(face, lines, asides)
        self._commands: list[port.Command] = [port.Leave(), port.Checkpoint()]

    def next(self, state: IncidentState, timeout: float | None) -> port.Command | None:
        return self._commands.pop()


class Closer(PlainOperator):
    """Lets what is due be looked at, closes, and leaves when the engine would not."""

    def __init__(self, face: Face, lines: Lines, asides: Asides, reason: str) -> None:
        super().__init__(face, lines, asides)
        self._reason = reason
        self._asked = False

    def next(self, state: IncidentState, timeout: float | None) -> port.Command | None:
        if self._asked:
            return port.Leave()
        self._asked = True
        return port.CloseIncident(self._reason or (self.line("Reason: ") if not_finished(state) else ""))
