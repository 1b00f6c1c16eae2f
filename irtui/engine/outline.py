"""A runbook and its children as one list of steps with keys.

Keys: `deny` at the top, `sweep/users` for a step of the child that step `sweep` runs. One item of a
`for_each` is the key with its position: `revoke_roles[1]`. Numbers are for people: `7`, `7.2`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from irtui.errors import RunbookError
from irtui.model.runbook import ChildBody, Phase, Runbook, Step, UseBody

MAX_DEPTH = 4
_AFTER = (Phase.ERADICATE, Phase.RECOVER, Phase.REVIEW)
_ITEM = re.compile(r"^(?P<key>.+)\[(?P<index>\d+)\]$")


@dataclass(frozen=True, slots=True)
class Node:
    key: str
    number: str
    step: Step
    prefix: str
    """Key of the step whose child this is, with a slash; empty at the top."""


CHECKPOINT = Node(
    "journal.checkpoint",
    "",
    Step("journal.checkpoint", Phase.REVIEW, "A signed checkpoint of this journal", UseBody("journal.checkpoint")),
    "",
)
"""What is done beside every runbook. No step of one can have such a key: it has a dot."""


def outline(runbook: Runbook, children: Mapping[str, Runbook]) -> tuple[Node, ...]:
    """Every step in the order it is walked. Raises RunbookError for a child that is missing or nested too deep."""
    return tuple(_walk(runbook, children, "", "", 0))


def unit_key(key: str, item: int | None) -> str:
    return key if item is None else f"{key}[{item}]"


def split_key(unit: str) -> tuple[str, int | None]:
    """`revoke_roles[1]` → (`revoke_roles`, 1); `deny` → (`deny`, None)."""
    match = _ITEM.match(unit)
    return (match["key"], int(match["index"])) if match else (unit, None)


def _walk(runbook: Runbook, children: Mapping[str, Runbook], prefix: str, numbers: str, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        raise RunbookError(f"runbooks nested deeper than {MAX_DEPTH}: {prefix}")
    rests: dict[str, tuple[Node, ...]] = {}
    for position, step in enumerate(runbook.steps, 1):
        for need in step.needs:
            yield from rests.pop(need, ())
        # a child's sessions are its own, whatever the parent calls its
        session = step.session if step.session == "caller" else prefix + step.session
        node = Node(prefix + step.id, f"{numbers}{position}", replace(step, session=session), prefix)
        yield node
        if isinstance(step.body, ChildBody):
            child = children.get(step.body.runbook)
            if child is None:
                raise RunbookError(f"the child runbook {step.body.runbook!r} of step {node.key!r} was not found")
            inner = tuple(_walk(child, children, f"{node.key}/", f"{node.number}.", depth + 1))
            end = _contained(child, inner, f"{node.key}/") if step.body.rest_later else len(inner)
            rests[step.id] = inner[end:]
            yield from inner[:end]
    for rest in rests.values():
        yield from rest


def _contained(child: Runbook, inner: Sequence[Node], prefix: str) -> int:
    """Where the rest of a child begins: its first step of a later phase after the last that contains."""
    last = max((n for n, step in enumerate(child.steps) if step.phase is Phase.CONTAIN), default=-1)
    rest = next((step.id for step in child.steps[last + 1 :] if step.phase in _AFTER), None)
    return next((n for n, node in enumerate(inner) if node.key == f"{prefix}{rest}"), len(inner))
