"""What is kept of a reply, and what conditions ask of it, is there according to the reply's shape."""

from collections.abc import Iterator

from irtui.aws.replies import reply_lacks
from irtui.aws.shapes import known
from irtui.errors import ExpressionError, Problem
from irtui.lint.subject import Subject, bare_condition, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody
from irtui.runbook.expressions import truth
from irtui.runbook.template import OPEN, quoted

RULE = "replies"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if step.keep and effect_of(step) is not Effect.READ:
            message = "only steps that read keep something; this one changes"
            yield subject.problem(RULE, (*at, "keep"), message, "Read it in a step after this one.", on_key=True)
        elif isinstance(step.body, CallBody):
            for name, path in step.keep.items():
                yield from _judged(subject, (*at, "keep", name), step.body, path)
        if step.absent and effect_of(step) is not Effect.READ:
            message = "absent is about what a read finds; this step changes"
            hint = "Leave it away: in verify and observe, what is not there is null already."
            yield subject.problem(RULE, (*at, "absent"), message, hint, on_key=True)
        elif step.absent and step.verify and not step.verify.call and (flaw := _of_nothing(step.verify.until)):
            hint = "Write || `[]` behind a list, or compare with `null`."
            yield subject.problem(RULE, (*at, "verify", "until"), f"where it is not there: {flaw}", hint)
    for placed in subject.checks():
        if placed.reply_of is not None and not quoted(placed.check.until):
            condition = bare_condition(placed.check.until)
            yield from _judged(subject, (*placed.at, "until"), placed.reply_of, condition)


def _of_nothing(until: str) -> str:
    """Why a condition has no answer where there is no reply; empty where it has one, or reads what is known later."""
    if OPEN in until:
        return ""
    try:
        truth(until, None)
    except ExpressionError as error:
        return error.message
    return ""


def _judged(subject: Subject, at: tuple[str | int, ...], call: CallBody, path: str) -> Iterator[Problem]:
    if known(call.service, call.operation) and (lacks := reply_lacks(call.service, call.operation, path)):
        yield subject.problem(RULE, at, f"{call.name}: {lacks}")
