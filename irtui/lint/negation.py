"""No `!` straight before a path: it binds tighter than `.`, so `!a.b` asks a member of true or false, which is null."""

from collections.abc import Iterator

from irtui.errors import Problem
from irtui.lint.references import expressions_of
from irtui.lint.subject import Subject, bare_condition
from irtui.runbook.load import Path
from irtui.runbook.syntax import misread
from irtui.runbook.template import quoted

RULE = "negation"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, expression in _expressions(subject):
        for meant in misread(expression):
            message = "! binds tighter than . and asks a member of true or false here"
            yield subject.problem(RULE, at, message, f"Write {meant}.")


def _expressions(subject: Subject) -> Iterator[tuple[Path, str]]:
    """Those over what is known, and those over a reply."""
    for at, step in subject.steps():
        for place, expression in expressions_of(step):
            yield (*at, *place), expression
        for name, path in step.keep.items():
            yield (*at, "keep", name), path
    for placed in subject.checks():
        if not quoted(placed.check.until):
            yield (*placed.at, "until"), bare_condition(placed.check.until)
