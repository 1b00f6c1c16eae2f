"""Every step can be reached: its needs come before it, its `when` can be true."""

from collections.abc import Iterator
from typing import Any

from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import AskBody, ChildBody, ManualBody, Step
from irtui.runbook.syntax import compiled, nodes, roots

RULE = "reach"


def problems(subject: Subject) -> Iterator[Problem]:
    earlier: dict[str, Step] = {}
    ids = {step.id for step in subject.runbook.steps}
    for at, step in subject.steps():
        for index, name in enumerate(step.needs):
            place = (*at, "needs", index)
            if name == step.id:
                yield subject.problem(RULE, place, "a step cannot need itself")
            elif name not in ids:
                yield subject.problem(
                    RULE, place, f"there is no step {name}", f"There are: {', '.join(earlier) or 'none'}."
                )
            elif name not in earlier:
                yield subject.problem(RULE, place, f"it needs {name}, which comes after it", "Move one of them.")
        if step.when:
            yield from _when(subject, (*at, "when"), step.when, earlier)
            yield from _unanswered(subject, (*at, "when"), step, earlier)
        earlier[step.id] = step


def _when(subject: Subject, at: tuple[str | int, ...], when: str, earlier: dict[str, Step]) -> Iterator[Problem]:
    tree = compiled(when).parsed
    if not roots(when):
        yield subject.problem(
            RULE, at, "this condition reads nothing: it is always the same", "Ask a step or an input."
        )
    for node in nodes(tree):
        if node["type"] != "comparator" or node["value"] not in ("eq", "ne"):
            continue
        left, right = node["children"]
        for asked, literal in ((left, right), (right, left)):
            step = _asked(asked, earlier)
            if step is not None and literal["type"] == "literal" and isinstance(step.body, AskBody):
                choices = step.body.choices
                if literal["value"] not in choices:
                    message = f"{literal['value']!r} is no choice of {step.id}"
                    yield subject.problem(RULE, at, message, f"Its choices: {', '.join(choices)}.")


def _unanswered(subject: Subject, at: tuple[str | int, ...], step: Step, earlier: dict[str, Step]) -> Iterator[Problem]:
    """`!=` an answer holds also before there is one: a step that acts could be taken before the decision."""
    if effect_of(step) is Effect.READ and not isinstance(step.body, ManualBody | ChildBody):
        return
    for node in nodes(compiled(step.when).parsed):
        if node["type"] != "comparator" or node["value"] != "ne":
            continue
        for side in node["children"]:
            asked = _asked(side, earlier)
            if asked is not None and isinstance(asked.body, AskBody) and asked.id not in _needed(step, earlier):
                message = f"this holds also before {asked.id} is answered: the step could be taken too soon"
                yield subject.problem(RULE, at, message, f"Add {asked.id} to needs.", level="warning")


def _needed(step: Step, earlier: dict[str, Step]) -> set[str]:
    """What must be done before it, also because of what it needs."""
    found: set[str] = set()
    waiting = list(step.needs)
    while waiting:
        name = waiting.pop()
        if name not in found and name in earlier:
            found.add(name)
            waiting += earlier[name].needs
    return found


def _asked(node: dict[str, Any], earlier: dict[str, Step]) -> Step | None:
    """The step whose choice the node is."""
    if node["type"] != "subexpression" or any(child["type"] != "field" for child in node["children"]):
        return None
    names = [child["value"] for child in node["children"]]
    return earlier.get(names[1]) if len(names) == 3 and names[0] == "steps" and names[2] == "choice" else None
