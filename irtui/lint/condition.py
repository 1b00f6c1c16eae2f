"""A `when` gives true or false: a text, a list or a map, however it is meant, stops the walk when it is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from irtui.aws.replies import reply_kind
from irtui.errors import Problem
from irtui.lint.subject import Subject
from irtui.model.runbook import CallBody, Step
from irtui.runbook.syntax import compiled, misread, written

RULE = "condition"

_TEXT, _LIST, _MAP, _NUMBER = "a string", "a list", "a map", "a number"
_OWN = {"status": _TEXT, "choice": _TEXT, "gaps": _LIST, "items": _LIST}
_FUNCTIONS = {"length": _NUMBER, "join": _TEXT, "keys": _LIST, "values": _LIST, "sort": _LIST, "to_array": _LIST,
              "to_string": _TEXT, "type": _TEXT}  # fmt: skip
_KINDS = {"multi_select_list": _LIST, "multi_select_dict": _MAP, "projection": _LIST, "filter_projection": _LIST,
          "value_projection": _LIST, "flatten": _LIST}  # fmt: skip


def problems(subject: Subject) -> Iterator[Problem]:
    earlier: dict[str, Step] = {}
    for at, step in subject.steps():
        if step.when and not misread(step.when):  # another rule says that
            for part in _operands(compiled(step.when).parsed):
                if (kind := _kind(part, earlier)) not in ("", "a boolean"):
                    message = f"{written(part)} is {kind}: a condition must give true or false"
                    yield subject.problem(RULE, (*at, "when"), message, _way_out(part, kind))
        earlier[step.id] = step


def _way_out(part: dict[str, Any], kind: str) -> str:
    path = written(part)
    return {
        _TEXT: f"Compare it: {path} == 'x', or ({path} || '') != ''.",
        _LIST: f"Count it: length({path} || `[]`) > `0`.",
        _MAP: f"Compare it: {path} != `null`.",
    }.get(kind, "Compare it with a value.")


def _operands(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each part that may be the answer."""
    if node["type"] in ("and_expression", "or_expression"):
        for child in node["children"]:
            yield from _operands(child)
    else:
        yield node


def _kind(node: dict[str, Any], earlier: Mapping[str, Step]) -> str:
    """What a part surely gives, if it gives anything; empty where that is not known."""
    if node["type"] == "literal":
        return {str: _TEXT, list: _LIST, dict: _MAP, int: _NUMBER, float: _NUMBER}.get(type(node["value"]), "")
    if node["type"] == "function_expression":
        return _FUNCTIONS.get(node["value"], "")
    if node["type"] != "subexpression" or any(child["type"] != "field" for child in node["children"]):
        return _KINDS.get(node["type"], "")
    names = [child["value"] for child in node["children"]]
    if names[0] in ("inputs", "aws", "incident") and len(names) == 2 and names[1] not in ("caller", "changes", "ahead"):
        return _TEXT
    if names[0] != "steps" or len(names) != 3 or names[1] not in earlier:
        return ""
    step = earlier[names[1]]
    if names[2] in step.keep and isinstance(step.body, CallBody):
        return reply_kind(step.body.service, step.body.operation, step.keep[names[2]])
    return _OWN.get(names[2], "")
