"""A change says how it is taken back, or honestly why it cannot be."""

from collections.abc import Iterator

from irtui.aws.effects import effect
from irtui.aws.shapes import known
from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody
from irtui.runbook.load import Path

RULE = "reversal"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if not isinstance(step.body, CallBody):
            continue  # an action brings its own undo
        changes = effect_of(step) is not Effect.READ
        if changes and not step.undo and not step.irreversible:
            hint = "Add undo (a call), or irreversible: and why."
            yield subject.problem(RULE, (*at, "call"), f"{step.body.name} changes and has no undo", hint)
        if changes and step.undo and known(step.undo.service, step.undo.operation):
            yield from _without_effect(subject, at, step.id, step.body, step.undo)
        for key in ("undo", "irreversible"):
            if not changes and getattr(step, key):
                yield subject.problem(
                    RULE, (*at, key), f"this step only reads; {key} does not belong here", on_key=True
                )


def _without_effect(subject: Subject, at: Path, name: str, act: CallBody, undo: CallBody) -> Iterator[Problem]:
    """An undo that leaves what the step did."""
    if effect(undo.service, undo.operation) is Effect.READ:
        hint = f"Name the call that brings back what {act.name} changed, or say irreversible: and why."
        message = f"the undo of {name} changes nothing: {undo.name} only reads"
        yield subject.problem(RULE, (*at, "undo", "call"), message, hint)
    elif undo == act:
        hint = "Give it what was there before: an earlier step keeps it."
        yield subject.problem(RULE, (*at, "undo", "call"), f"the undo of {name} is the step's own call", hint)
