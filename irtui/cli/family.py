"""The family tree of a stolen key as lines of text, state first as a word. Pure; every foreign word is inert."""

from collections.abc import Iterator, Mapping
from typing import Any

from irtui.report.family import Row, counts, rows, state_of, text
from irtui.text import inert

NOTHING = "No family tree yet: a step of the runbook reads it out of CloudTrail."
_SIGNS = {"open": "✘", "unknown": "?", "settling": "◷", "contained": "✔"}


def tree(family: Mapping[str, Any], wanted: str = "") -> Iterator[str]:
    """The whole, then every node below what opened it; with `wanted` only nodes of that state, and what is above."""
    yield f"  {_mark(state_of(family))} {inert(text(family, 'why'))}"
    told = ", ".join(f"{count} {state}" for state, count in counts(family)) or "no nodes"
    until = inert(text(family, "delivered_until")) or "nobody knows when"
    yield f"  {told} · CloudTrail delivered until {until} · read {inert(text(family, 'now')) or 'nobody knows when'}"
    for row in rows(family, wanted):
        yield from _node(row)


def _node(row: Row) -> Iterator[str]:
    node = row.node
    name = inert(text(node, "name") or text(node, "id"))
    came = f"{inert(text(node, 'how'))} {inert(text(node, 'at'))}".strip()
    yield f"  {_mark(state_of(node))} {row.stem}{inert(text(node, 'kind').replace('_', ' '))} {name}  {came}".rstrip()
    if why := text(node, "why"):
        yield f"{'':14}{' ' * len(row.stem)}{inert(why)}"


def _mark(state: str) -> str:
    return f"{_SIGNS[state]} {state:<9}"
