"""What a step's state owes to other steps: a child that is through, needs that hold it, a parent that was left out,
changes that came after its check."""

from collections.abc import Mapping
from dataclasses import replace

from irtui.model.incident import StepState, StepStatus

LEFT_OUT = (StepStatus.SKIPPED, StepStatus.NOT_NEEDED)
"""Left out, not done."""


def through(step: StepState, steps: Mapping[str, StepState]) -> StepState:
    """Of a runbook step that has begun: whether its child is through."""
    if not step.begun or step.status is not StepStatus.TODO:
        return step
    depth = step.key.count("/") + 1  # a child's own child is through, or left out, with the step that runs it
    inner = [other for key, other in steps.items() if key.startswith(f"{step.key}/") and key.count("/") == depth]
    if any(_holds(other) for other in inner):
        return step
    settling = any(other.status is StepStatus.SETTLING for other in inner)
    return replace(step, status=StepStatus.SETTLING if settling else StepStatus.DONE)


def _holds(step: StepState) -> bool:
    if step.status is StepStatus.FAILED:
        return step.step.on_failure != "continue"
    return step.status.open or step.status in (StepStatus.WAITING, StepStatus.RUNNING)


def held(step: StepState, steps: Mapping[str, StepState]) -> StepState:
    """Adds what holds it: needed steps that are not done, and a parent that has not begun or was left out."""
    prefix = step.key.rpartition("/")[0]
    needed = [steps[f"{prefix}/{need}" if prefix else need] for need in step.step.needs]
    blocked = tuple(need.step.id for need in needed if not satisfied(need))
    parent = steps.get(prefix)
    if parent is None or (parent.begun and parent.status not in LEFT_OUT):
        return replace(step, blocked_by=blocked) if blocked else step
    if parent.status in LEFT_OUT and step.status is StepStatus.TODO:
        step = replace(step, status=parent.status, reason=parent.reason)
    return replace(step, blocked_by=(parent.step.id, *blocked))


def satisfied(step: StepState) -> bool:
    """Whether a step that others need lets them go on.

    Evidence that could not be had does not hold back containment: the guard asks for a reason instead.
    """
    if step.status is StepStatus.FAILED:
        return step.step.evidence or step.step.on_failure == "continue"
    return not step.status.open and step.status is not StepStatus.WAITING


def fresh(step: StepState, contained: int) -> StepState:
    """A check of containment that is older than the last containing change has still to be made."""
    stale = step.step.rechecks and 0 < step.looked < contained
    if stale and step.status in (StepStatus.DONE, StepStatus.FAILED):
        return replace(step, status=StepStatus.TODO, reason="", advice="")
    return step
