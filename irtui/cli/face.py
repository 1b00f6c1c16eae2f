"""The plain face's showing half: what happened since the last line, in words, without redrawing anything."""

import threading

from irtui.cli import present
from irtui.cli.page import Page
from irtui.engine.machine import current_step
from irtui.engine.operator import Confirmation, Message, Progress, Question, Task
from irtui.model.incident import IncidentState, StepStatus
from irtui.text import inert, inert_lines

PATIENCE = 2.0
"""Seconds after which a call that has not come back is mentioned."""
_PASSING = frozenset((StepStatus.TODO, StepStatus.RUNNING, StepStatus.IN_DOUBT, StepStatus.UNVERIFIED))
"""Between an intent and its outcome, and between an outcome and its check, a step looks like this for a moment."""


class Face:
    """Shows; asks nothing. Methods are those of `engine.operator.Operator` that need no answer, and the heads of
    those that do.
    """

    def __init__(self, page: Page, fidelity: present.Fidelity = present.real) -> None:
        self.page = page
        self._fidelity = fidelity
        self._seen: dict[str, StepStatus] = {}
        self._phase = ""
        self._waiting: threading.Timer | None = None

    def open(self, state: IncidentState, story: str) -> None:
        """The head of a sitting. Steps done in an earlier sitting are listed once, not told again."""
        self.page.lines(present.banner(state), f"{inert(state.title)}  ({inert(state.runbook)})")
        if story:
            self.page.lines("", *(f"  {line}" for line in inert_lines(story.strip()).split("\n")))
        self.page.line()
        if any(step.status is not StepStatus.TODO for step in state.steps):
            self.page.lines(*present.overview(state, current_step(state)), "")
        self._seen = {step.key: step.status for step in state.steps}

    def update(self, state: IncidentState) -> None:
        """Tells what became of steps, but not yet of those in the middle of a call."""
        self._tell_changes(state, _PASSING)

    def caught_up(self, state: IncidentState) -> None:
        """The engine waits for somebody: what is in doubt now stays in doubt until it is looked at."""
        self._tell_changes(state, frozenset((StepStatus.RUNNING,)))

    def _tell_changes(self, state: IncidentState, passing: frozenset[StepStatus]) -> None:
        for step in state.steps:
            if step.status is self._seen.get(step.key, StepStatus.TODO) or step.status in passing:
                continue
            self._seen[step.key] = step.status
            if step.step.phase != self._phase:
                self._phase = step.step.phase
                self.page.line(self._phase.upper())
            self.page.line(present.step_line(step))
            if step.status in (StepStatus.DONE, StepStatus.SETTLING, StepStatus.UNVERIFIED):
                self.page.lines(*present.found(step))
            elif step.reason:
                self.page.line(f"{'':20}{inert(step.reason)}")
            if step.status is StepStatus.FAILED:  # a step that ran by itself has not been read yet
                self.page.lines(*(f"{'':20}{line}" for line in inert_lines(step.text.strip()).split("\n") if line))

    def progress(self, progress: Progress) -> None:
        """Only what takes long is worth a line."""
        if self._waiting:
            self._waiting.cancel()
        self._waiting = None
        if progress.text:
            self._waiting = threading.Timer(PATIENCE, self.page.line, [f"  … waiting: {inert(progress.text)}"])
            self._waiting.daemon = True
            self._waiting.start()

    def tell(self, message: Message) -> None:
        mark = {"error": "✘ error", "warning": "! warning"}.get(message.level, "·")
        self.page.line(f"  {mark} {inert(message.title)}" + (f": {inert_lines(message.text)}" if message.text else ""))
        if message.advice:
            self.page.line(f"    {inert_lines(message.advice)}")

    def plan(self, request: Confirmation) -> None:
        self.page.lines("", *present.confirmation(request, self._fidelity), "")

    def question(self, question: Question) -> None:
        self.page.lines(
            "", f"── {inert(question.title)}", *(f"  {line}" for line in inert_lines(question.text).split("\n"))
        )
        for number, (choice, sentence) in enumerate(question.choices.items(), 1):
            self.page.line(f"  {number}  {inert(choice):<12} {inert(sentence)}")

    def task(self, task: Task) -> None:
        self.page.lines(
            "", f"── {inert(task.title)}", *(f"  {line}" for line in inert_lines(task.instruction).split("\n"))
        )
        if task.proof:
            self.page.line(f"  AWS will be asked: {inert(task.proof)}")

    def answered(self, answer: str) -> None:
        """An answer that nobody typed here: the scripted operator's."""
        self.page.line(f"> {inert(answer)}")
