"""What is kept of a reply, and what conditions ask of it, is there according to the reply's shape."""

from collections.abc import Iterator

from irtui.aws.replies import reply_lacks
from irtui.aws.shapes import known
from irtui.errors import Problem
from irtui.lint.subject import Subject, bare_condition, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody
from irtui.runbook.template import quoted

RULE = "replies"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if step.keep and effect_of(step) is not Effect.READ:
            message = "only steps that read keep something; this one changes"
            yield subject.problem(RULE, (*at, "keep"), message, "Read it in a step after this one.", on_key=True)
        elif isinstance(step.body, CallBody):
            for name, path in step.keep.items():
                yield from _judged(subject, (*at, "keep", name), step.body, path)
    for placed in subject.checks():
        if placed.reply_of is not None and not quoted(placed.check.until):
            condition = bare_condition(placed.check.until)
            yield from _judged(subject, (*placed.at, "until"), placed.reply_of, condition)


def _judged(subject: Subject, at: tuple[str | int, ...], call: CallBody, path: str) -> Iterator[Problem]:
    if known(call.service, call.operation) and (lacks := reply_lacks(call.service, call.operation, path)):
        yield subject.problem(RULE, at, f"{call.name}: {lacks}")
