"""State → next move. Without I/O: AWS, files and people are not handled here.

Rules, in this order:
1. What is in doubt is looked at before anything else, once; then a human must help.
2. A second look that is due is taken; so is the look at a wait that is due, and the next try of a step that is
   done again until its check holds; after a containing change at once.
3. The current step is the first, in the order of the runbook, that holds the walk up.
4. A current step whose `when` is false is not needed. One that runs over a list gets its list.
5. A current step that only reads, or that begins a child, runs by itself, once: after a failure a human decides.
6. Everything else asks the operator, who may take another step whose `needs` are met.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from irtui.actions.registry import ACTIONS
from irtui.aws.effects import effect
from irtui.model.effect import Effect
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, CallBody, ChildBody, ManualBody, UseBody, WaitBody

WAIT_LOOK = timedelta(seconds=15)
"""How often a wait for a condition looks."""

APPROVAL_LOOK = timedelta(seconds=3)
"""How often it is looked whether somebody has answered a request for approval."""


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Look at AWS to learn what became of this step's calls."""

    key: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Take the second look."""

    key: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Look whether a wait is over."""

    key: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The step's `when` is false."""

    key: str


@dataclass(frozen=True, slots=True)
class Expand:
    """Find out the list that the step runs over."""

    key: str


@dataclass(frozen=True, slots=True)
class Automatic:
    """Run this step without asking."""

    key: str


@dataclass(frozen=True, slots=True)
class AskOperator:
    """`key` is the current step, empty when none is left. `until`: when to look again by ourselves."""

    key: str
    until: datetime | None = None


Move = Reconcile | Settle | Watch | Dismiss | Expand | Automatic | AskOperator


def next_move(state: IncidentState, now: datetime, looked: frozenset[str] = frozenset()) -> Move:
    """What the engine does next. `looked`: steps in doubt that were looked at in this sitting, in vain."""
    for step in state.steps:
        if step.status is StepStatus.IN_DOUBT and step.key not in looked:
            return Reconcile(step.key)
    due: list[datetime] = []
    for step in state.steps:
        if step.approval and step.approval.missing and step.approval.live(now):
            due.append(now + APPROVAL_LOOK)
        if step.settle_at is not None:
            if step.settle_at <= now:
                return Settle(step.key)
            due.append(step.settle_at)
        if step.status is StepStatus.WAITING and step.look_at is not None:
            if step.look_at <= now:
                return Watch(step.key)
            due.append(step.look_at)
        elif step.status is StepStatus.WAITING and step.wait_until is not None:
            polls = isinstance(step.step.body, WaitBody) and step.step.body.check is not None
            if step.wait_until <= now:
                return Watch(step.key)
            due.append(min(step.wait_until, now + WAIT_LOOK) if polls else step.wait_until)
    until = min(due, default=None)
    current = current_step(state)
    if current is None:
        return AskOperator("", until)
    if current.status is StepStatus.WAITING and current.step.rechecks and current.looked < state.acted:
        return Watch(current.key)
    if current.status is not StepStatus.TODO or current.reason or current.blocked_by:
        return AskOperator(current.key, until)
    if current.applies is False:
        return Dismiss(current.key)
    if current.step.for_each and not current.items:
        return Expand(current.key)
    if current.applies and (isinstance(current.step.body, ChildBody) or reads_only(current)):
        return Automatic(current.key)
    return AskOperator(current.key, until)


def current_step(state: IncidentState) -> StepState | None:
    """The first step that holds the walk up. Steps of a child count only while their parent is being walked."""
    walked: dict[str, bool] = {"": True}
    for step in state.steps:
        parent = step.key.rpartition("/")[0]
        inside = walked.get(parent, False)
        walked[step.key] = inside and step.begun and not passed(step)
        if inside and not walked[step.key] and not passed(step):
            return step
    return None


def passed(step: StepState) -> bool:
    """The walk goes on past this step."""
    if step.status is StepStatus.FAILED:
        return step.step.on_failure == "continue"
    if step.status is StepStatus.UNDONE:
        return True
    return not step.status.open and step.status is not StepStatus.WAITING


def reads_only(step: StepState) -> bool:
    """True where nothing but reading happens, so that no human needs to be asked."""
    body = step.step.body
    if isinstance(body, CallBody):
        return effect(body.service, body.operation) is Effect.READ
    if isinstance(body, UseBody):
        action = ACTIONS.get(body.action)
        return action is not None and action.observe is not None
    return False


def repeats(step: StepState) -> bool:
    """True where doing it once more undoes nothing: reading again, answering anew, stating anew, the rest of a list."""
    if step.step.for_each and len(step.items_done) < len(step.items):
        return True
    return reads_only(step) or isinstance(step.step.body, AskBody | ManualBody)
