"""Child runbooks exist, get the inputs that they ask for, and do not lead back to themselves."""

from collections.abc import Iterator, Mapping

from irtui.errors import Problem
from irtui.lint.subject import Subject
from irtui.model.runbook import ChildBody, Runbook

RULE = "nesting"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if not isinstance(step.body, ChildBody):
            continue
        name = step.body.runbook
        child = subject.runbook if name == subject.runbook.name else subject.children.get(name)
        if child is None:
            yield subject.problem(
                RULE, (*at, "runbook"), f"there is no runbook {name}", "Put it into a runbooks folder."
            )
            continue
        if cycle := _leads_to(child, subject.runbook.name, subject.children):
            way = " → ".join((subject.runbook.name, *cycle))
            yield subject.problem(RULE, (*at, "runbook"), f"the runbooks call each other without end: {way}")
        declared = {spec.name: spec for spec in child.inputs}
        for given in step.body.inputs:
            if given not in declared:
                hint = f"It asks for: {', '.join(declared) or 'nothing'}."
                yield subject.problem(RULE, (*at, "with", given), f"{name} has no input {given}", hint, on_key=True)
        for spec in child.inputs:
            if not spec.optional and spec.default is None and spec.name not in step.body.inputs:
                place = (*at, "with") if step.body.inputs else (*at, "runbook")
                yield subject.problem(RULE, place, f"{name} needs the input {spec.name}")


def _leads_to(start: Runbook, goal: str, children: Mapping[str, Runbook]) -> tuple[str, ...]:
    """The way from a runbook to the one called `goal`; empty where there is none."""
    ways: list[tuple[str, ...]] = [(start.name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        runbook = start if way[-1] == start.name else children.get(way[-1])
        if runbook is None or runbook.name in seen:
            continue
        seen.add(runbook.name)
        ways += [(*way, step.body.runbook) for step in runbook.steps if isinstance(step.body, ChildBody)]
    return ()
