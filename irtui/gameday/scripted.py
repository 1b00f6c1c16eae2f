"""The scripted operator: plays a scenario's answers, so that a machine can rehearse a runbook.

Rules: open steps in order, past a failure that the runbook lets pass (`on_failure: continue`), as the walk goes for
anybody; what settles is waited for on the scenario's clock; then the incident is closed. A question without an answer,
or a step that stays open after TRIES, ends the visit (`Leave`), and `left` says why.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from irtui.clock import Clock
from irtui.engine.operator import (
    CloseIncident,
    Command,
    Confirmation,
    Confirmed,
    Leave,
    LookAgain,
    Message,
    Progress,
    Question,
    RunStep,
    SkipStep,
    Task,
    Unlock,
)
from irtui.gameday.scenario import ScriptedAnswers
from irtui.model.incident import IncidentState, StepState, StepStatus

TRIES = 5
BREATH = 30.0
"""Seconds until it tries again what failed: the advice that irtui itself gives of throttling."""
THROUGH = (StepStatus.DONE, StepStatus.NOT_NEEDED, StepStatus.SKIPPED)
_CLOSING = "The scripted operator has done every step."


def let_pass(step: StepState) -> bool:
    """Whether it failed and the walk goes on past it."""
    return step.status is StepStatus.FAILED and step.step.on_failure == "continue"


def _unanswered(key: str, kind: str) -> str:
    return f"{key} was asked for, and the answers have none under {kind}"


class ScriptedOperator:
    """Implements `engine.operator.Operator`. `heard` gets what a person would read, for logs."""

    def __init__(self, answers: ScriptedAnswers, clock: Clock, heard: Callable[[str], None] = lambda _: None) -> None:
        self._answers = answers
        self._clock = clock
        self._heard = heard
        self._tried: Counter[str] = Counter()
        self._stuck = False
        self._done: set[str] = set()
        """Steps that were through once."""
        self._told: dict[str, str] = {}
        """Step → what it was last told of it."""
        self.left = ""
        """Why it left before the end, in words for the author; empty: it did not."""

    def update(self, state: IncidentState) -> None:
        """The machine looks at nothing but what it is asked."""

    def progress(self, progress: Progress) -> None:
        """Nothing to show."""

    def tell(self, message: Message) -> None:
        self._heard(f"{message.level}: {message.title}: {message.text}")
        if message.level != "info":
            self._told[message.key] = f"{message.title}: {message.text}"

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        self._done.update(step.key for step in state.steps if step.status in THROUGH)
        if self._stuck:
            return Leave()
        if not state.unlocked and self._tried["unlock"] == 0:
            self._tried["unlock"] += 1
            return Unlock(state.account[-4:])
        for step in state.steps:
            if step.status is StepStatus.WAITING:
                return self._wait(state, timeout)
            if step.status.open and not (step.blocked_by or step.begun or let_pass(step)):  # of a child, its own steps
                return self._take(step)
        if any(step.status in (StepStatus.SETTLING, StepStatus.WAITING) for step in state.steps):
            return self._wait(state, timeout)
        if (left := next((step for step in state.open_steps if not let_pass(step)), None)) is not None:
            return self._leave(f"{left.key} never came: it waits for {', '.join(left.blocked_by)}")
        self._tried["close"] += 1
        if self._tried["close"] <= TRIES:
            return CloseIncident(_CLOSING)
        return self._leave(f"it could not be closed. {self._told.get('', '')}")

    def confirm(self, request: Confirmation) -> Confirmed | None:
        reason = self._answer(self._answers.reasons, request.key) if request.reason_for else ""
        refused = _unanswered(request.key, "reasons") if reason is None else ""
        if reason is not None and (missing := request.accepts(request.typed, reason)):
            refused = f"{request.key} was not confirmed: {missing}"
        if reason is None or refused:
            self._stop(refused)
            return None
        return Confirmed(request.typed, reason)

    def decide(self, question: Question) -> str | None:
        choice = self._answer(self._answers.choices, question.key)
        if choice in question.choices:
            return choice
        there = f"{question.key} has no choice {choice}, only {', '.join(question.choices)}"
        self._stop(_unanswered(question.key, "choices") if choice is None else there)
        return None

    def attest(self, task: Task) -> str | None:
        statement = self._answer(self._answers.statements, task.key)
        if statement is None:
            self._stop(_unanswered(task.key, "statements"))
        return statement

    def secret(self, prompt: str) -> str | None:
        self._stop(f"a secret was asked for: {prompt}")
        return None

    def last_told(self, key: str) -> str:
        """What went wrong with a step, as it was told last; empty when nothing was."""
        return self._told.get(key, "")

    def _stop(self, why: str) -> None:
        """It says nothing, and leaves at the next opportunity."""
        self._stuck, self.left = True, why

    def _leave(self, why: str) -> Leave:
        self.left = why.strip()
        return Leave()

    def _take(self, step: StepState) -> Command:
        if (reason := self._answers.skips.get(step.key)) is not None:
            return SkipStep(step.key, reason)
        self._tried[step.key] += 1
        if self._tried[step.key] > TRIES + len(step.items):
            again = "came open again after it had been done and " if step.key in self._done else ""
            said = self._told.get(step.key) or step.reason
            return self._leave(f"{step.key} {again}stays {step.status.value} after {TRIES} tries. {said}")
        if step.status is StepStatus.FAILED:
            self._clock.sleep(BREATH)
        return LookAgain(step.key) if step.status is StepStatus.IN_DOUBT else RunStep(step.key)

    def _wait(self, state: IncidentState, timeout: float | None) -> Command | None:
        """Lets the time pass until the first of them is due."""
        waiting = [s for s in state.steps if s.status in (StepStatus.SETTLING, StepStatus.WAITING)]
        dues = [due for step in waiting if (due := step.settle_at or step.wait_until) is not None]
        seconds = (min(dues) - self._clock.now()).total_seconds() if dues else 1.0
        self._clock.sleep(max(seconds, 0.1) if timeout is None else min(max(seconds, 0.1), timeout))
        return LookAgain(waiting[0].key) if timeout is None else None

    @staticmethod
    def _answer(answers: Mapping[str, str], key: str) -> str | None:
        return answers.get(key, answers.get("default"))
