"""What is looked at, is only looked at; and a change that nobody looks at counts as unverified."""

from collections.abc import Iterator

from irtui.aws.effects import effect
from irtui.aws.shapes import known
from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody

RULE = "verification"


def problems(subject: Subject) -> Iterator[Problem]:
    for placed in subject.calls():
        call = placed.call
        looks = placed.role in ("verify", "observe", "proof", "wait")
        if looks and known(call.service, call.operation) and effect(call.service, call.operation) is not Effect.READ:
            word = effect(call.service, call.operation).word
            yield subject.problem(RULE, (*placed.at, "call"), f"{placed.role} only reads; {call.name} is a {word}")
    for at, step in subject.steps():
        if effect_of(step) is Effect.READ:
            continue
        if step.verify is not None and step.verify.call is None:
            message = "a change is not verified by its own reply: name the read that shows it"
            yield subject.problem(RULE, (*at, "verify"), message, "Add call: and with:.", on_key=True)
        if isinstance(step.body, CallBody) and step.verify is None:
            message = f"nothing shows that {step.body.name} took effect: it will count as unverified"
            yield subject.problem(RULE, (*at, "call"), message, "Add verify: with a read.", level="warning")
