"""Before the first containing change, something is kept as evidence: containment destroys traces."""

from collections.abc import Iterator

from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody, Phase, Step

RULE = "evidence"


def problems(subject: Subject) -> Iterator[Problem]:
    kept = False
    for at, step in subject.steps():
        effect = effect_of(step)
        if step.phase is Phase.CONTAIN and effect is not Effect.READ and not kept:
            hint = f"Put a reading step with evidence: true before it, for example {_example(step)}."
            yield subject.problem(RULE, at, f"the step {step.id} contains before anything was kept as evidence", hint)
        kept = kept or (step.evidence and effect is Effect.READ)


def _example(step: Step) -> str:
    """A read of what the step changes."""
    if read := step.observe or (step.verify.call if step.verify else None):
        return f"call: {read.name}"
    if isinstance(step.body, CallBody) and step.body.service != "iam":
        return f"a read of what {step.body.name} changes"
    return "use: iam.snapshot_user"
