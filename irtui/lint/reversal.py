"""A change says how it is taken back, or honestly why it cannot be."""

from collections.abc import Iterator

from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody

RULE = "reversal"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if not isinstance(step.body, CallBody):
            continue  # an action brings its own undo
        changes = effect_of(step) is not Effect.READ
        if changes and not step.undo and not step.irreversible:
            hint = "Add undo (a call), or irreversible: and why."
            yield subject.problem(RULE, (*at, "call"), f"{step.body.name} changes and has no undo", hint)
        for key in ("undo", "irreversible"):
            if not changes and getattr(step, key):
                yield subject.problem(
                    RULE, (*at, key), f"this step only reads; {key} does not belong here", on_key=True
                )
