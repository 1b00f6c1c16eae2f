"""One decides, another shows: a scripted operator whose walk is printed by the plain face."""

from irtui.cli import present
from irtui.cli.face import Face
from irtui.engine import operator as port
from irtui.model.incident import IncidentState


class Tee:
    """`engine.operator.Operator`: every question goes to `decider`, and both it and the answer onto the page."""

    def __init__(self, decider: port.Operator, face: Face) -> None:
        self._decider = decider
        self._face = face

    def update(self, state: IncidentState) -> None:
        self._face.update(state)
        self._decider.update(state)

    def progress(self, progress: port.Progress) -> None:
        self._face.progress(progress)
        self._decider.progress(progress)

    def tell(self, message: port.Message) -> None:
        self._face.tell(message)
        self._decider.tell(message)

    def next(self, state: IncidentState, timeout: float | None) -> port.Command | None:
        self._face.caught_up(state)
        command = self._decider.next(state, timeout)
        if isinstance(command, port.RunStep):
            self._face.page.lines("", *present.step_block(state.step(command.key)))
        elif isinstance(command, port.Leave | port.CloseIncident):
            self._face.answered("close" if isinstance(command, port.CloseIncident) else "leave")
        return command

    def confirm(self, request: port.Confirmation) -> port.Confirmed | None:
        self._face.plan(request)
        answer = self._decider.confirm(request)
        self._face.answered(f"{request.prompt}: {answer.typed or 'yes'}" if answer else "no")
        return answer

    def decide(self, question: port.Question) -> str | None:
        self._face.question(question)
        answer = self._decider.decide(question)
        self._face.answered(answer or "no answer")
        return answer

    def attest(self, task: port.Task) -> str | None:
        self._face.task(task)
        answer = self._decider.attest(task)
        self._face.answered(answer or "not done")
        return answer

    def secret(self, prompt: str) -> str | None:
        return self._decider.secret(prompt)
