"""Every step can be reached: its needs come before it, its `when` can be true."""

from collections.abc import Iterator
from typing import Any

from irtui.errors import Problem
from irtui.lint.subject import Subject
from irtui.model.runbook import AskBody, Step
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


def _asked(node: dict[str, Any], earlier: dict[str, Step]) -> Step | None:
    """The step whose choice the node is."""
    if node["type"] != "subexpression" or any(child["type"] != "field" for child in node["children"]):
        return None
    names = [child["value"] for child in node["children"]]
    return earlier.get(names[1]) if len(names) == 3 and names[0] == "steps" and names[2] == "choice" else None
