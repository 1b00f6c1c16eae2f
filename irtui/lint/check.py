"""What can be said of a runbook without asking AWS. One rule per file; each yields problems with its id and a hint."""

from collections.abc import Mapping

from irtui.errors import Problem
from irtui.lint import (
    actions,
    caller,
    condition,
    confirmation,
    evidence,
    negation,
    nesting,
    operations,
    quoting,
    reach,
    recheck,
    references,
    replies,
    reversal,
    verification,
)
from irtui.lint.subject import Subject
from irtui.model.runbook import Runbook

RULES = (
    actions,
    caller,
    condition,
    confirmation,
    evidence,
    negation,
    nesting,
    operations,
    quoting,
    reach,
    recheck,
    references,
    replies,
    reversal,
    verification,
)


def lint(runbook: Runbook, children: Mapping[str, Runbook]) -> tuple[Problem, ...]:
    """Every problem of this runbook (not of its children), in the order of the file."""
    subject = Subject.of(runbook, children)
    found = [problem for rule in RULES for problem in rule.problems(subject)]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column, problem.rule, problem.message)))
