"""What destroys is confirmed by a typed name. Approvals by others are not there yet, so they deny."""

from collections.abc import Iterator

from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect

RULE = "confirmation"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if effect_of(step) is Effect.DESTROY and not step.confirm:
            hint = "Add confirm: with the name of what is lost, for example ${{ steps.owner.user }}."
            yield subject.problem(RULE, at, f"the step {step.id} destroys and asks for no confirmation", hint)
        if step.approvers > 0:
            message = (
                f"the step {step.id} asks for approvers; approvals are not part of irtui yet, so it will be denied"
            )
            yield subject.problem(
                RULE, (*at, "approvers"), message, "Leave it away, or expect to skip.", level="warning"
            )
