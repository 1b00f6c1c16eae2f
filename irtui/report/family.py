"""The family tree of a stolen key as rows: who stands below whom, and which rows a filter leaves.

Rules: every node is a row exactly once, whatever the evidence says of parents: one whose parent is missing stands at
the root, and a ring of parents is cut where it is first met. A state that nobody knows counts as `unknown`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

STATES = ("open", "unknown", "settling", "contained")
"""Worst first."""
ACTION = "cloudtrail.family_tree"
"""The action whose evidence the tree is."""
DEEPEST = 8
"""Levels that are indented; deeper ones stand below the deepest."""
_LAST = "└─ "


class Recorded(Protocol):
    """The member of a journal's record that is looked at."""

    @property
    def body(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Row:
    node: Mapping[str, Any]
    stem: str
    """The branches before it: `│  └─ `."""
    wanted: bool = True
    """False: it is shown only because something below it is wanted."""


def kept_in(records: Sequence[Recorded]) -> str:
    """Hash of the newest tree in a journal; empty when there is none."""
    trees = (record.body.get("evidence") for record in records if record.body.get("call") == ACTION)
    return str(next((digest for digest in reversed([*trees]) if digest), ""))


def rows(family: Mapping[str, Any], wanted: str = "") -> tuple[Row, ...]:
    """Parents before children, siblings by time; with `wanted` only nodes of that state, and what is above them."""
    nodes = _nodes(family)
    kept = {text(node, "id") for node in nodes if not wanted or state_of(node) == wanted}
    above = _above(nodes, kept)
    children: dict[str, list[Mapping[str, Any]]] = {}
    known = {text(node, "id") for node in nodes}
    for node in nodes:
        parent = text(node, "parent")
        if text(node, "id") in above:
            children.setdefault(parent if parent in known else "", []).append(node)
    done: set[str] = set()
    starts = [*children.get("", ()), *(node for node in nodes if text(node, "id") in above)]
    found = [row for node in starts for row in _under(children, node, done)]  # a ring starts at its first node
    return tuple(Row(row.node, row.stem, text(row.node, "id") in kept) for row in found)


def counts(family: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """State → how many nodes have it, worst first; without those that none has."""
    states = [state_of(node) for node in _nodes(family)]
    return tuple((state, states.count(state)) for state in STATES if state in states)


def state_of(node: Mapping[str, Any]) -> str:
    """Of a node, or of the whole tree."""
    state = text(node, "state")
    return state if state in STATES else "unknown"


def text(data: Mapping[str, Any], name: str) -> str:
    """A member as text; empty where it is missing."""
    value = data.get(name)
    return "" if value is None else str(value)


def _nodes(family: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each id once, in the order of the evidence."""
    given = family.get("nodes")
    listed: Sequence[Any] = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    nodes = [node for node in listed if isinstance(node, Mapping)]
    return list({text(node, "id"): node for node in nodes}.values())


def _above(nodes: list[Mapping[str, Any]], kept: set[str]) -> set[str]:
    """The ids in `kept` and those of everything above them."""
    parents = {text(node, "id"): text(node, "parent") for node in nodes}
    above: set[str] = set()
    for each in kept:
        while each in parents and each not in above:
            above.add(each)
            each = parents[each]
    return above


def _under(children: Mapping[str, list[Mapping[str, Any]]], start: Mapping[str, Any], done: set[str]) -> Iterator[Row]:
    """The node and everything below it; without recursion, because the evidence says how deep it goes."""
    waiting: list[tuple[Mapping[str, Any], tuple[str, ...], str]] = [(start, (), "")]
    while waiting:
        here, branches, own = waiting.pop()
        name = text(here, "id")
        if name in done:
            continue
        done.add(name)
        yield Row(here, "".join(branches[-DEEPEST:]) + own)
        under = branches if not own else (*branches, "   " if own == _LAST else "│  ")
        below = sorted(children.get(name, ()), key=_time) if name else []
        for child in reversed(below):
            waiting.append((child, under, _LAST if child is below[-1] else "├─ "))


def _time(node: Mapping[str, Any]) -> str:
    return text(node, "at")
