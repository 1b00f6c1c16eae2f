"""What destroys is confirmed by a typed name."""

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
