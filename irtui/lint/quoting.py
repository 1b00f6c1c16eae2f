"""No quotes around `${{ }}` in a condition: it is filled as a literal, quotes would compare with the literal's text."""

from collections.abc import Iterator

from irtui.errors import Problem
from irtui.lint.subject import Subject
from irtui.runbook.template import quoted

RULE = "quoting"


def problems(subject: Subject) -> Iterator[Problem]:
    for placed in subject.checks():
        if quoted(placed.check.until):
            hint = "Leave the quotes away: UserName == ${{ steps.owner.user }}."
            yield subject.problem(RULE, (*placed.at, "until"), "${{ }} stands inside quotes", hint)
