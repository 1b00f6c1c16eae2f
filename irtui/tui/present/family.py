"""The family tree of a stolen key as lines: a node's state is a sign and a word, and never a colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import UseBody
from irtui.report.difference import compact
from irtui.report.family import ACTION, counts, rows, state_of, text
from irtui.text import inert
from irtui.tui.present.lines import EMPTY, Line, Span, labelled, say

_SIGNS = {
    "open": ("✗", "[!]", "bad"),
    "unknown": ("?", "[?]", "warn"),
    "settling": ("~", "[~]", "warn"),
    "contained": ("✓", "[x]", "good"),
}
_OWN = ("id", "kind", "name", "arn", "parent", "how", "at", "state", "why", "source")
"""Members of a node, in the order in which they are shown; others follow."""
_WHO = 44
"""Columns of tree, kind and name at most, before how and when."""
NOTHING = "No tree yet: a step of the runbook reads it out of CloudTrail."


def family_step(state: IncidentState) -> StepState | None:
    """The step that reads the tree again: the last one that has done so, else the first."""
    reading = [step for step in state.steps if isinstance(step.step.body, UseBody) and step.step.body.action == ACTION]
    ran = [step for step in reading if step.status is not StepStatus.TODO]
    return ran[-1] if ran else reading[0] if reading else None


@dataclass(frozen=True, slots=True)
class TreeRow:
    key: str
    line: Line


def state_span(state: str, *, ascii_only: bool) -> Span:
    sign, plain, role = _SIGNS[state]
    return f"{plain if ascii_only else sign} {state:<9}", role


def family_rows(family: Mapping[str, Any], wanted: str = "", *, ascii_only: bool = False) -> tuple[TreeRow, ...]:
    """State, then the tree; how and when a node came to be stand after it, in a column of their own."""
    found = rows(family, wanted)
    who = [f"{row.stem}{_kind(row.node)} {_short(text(row.node, 'name') or text(row.node, 'id'), 64)}" for row in found]
    width = min(_WHO, max(map(len, who), default=0))
    day = text(family, "now")[:10]
    return tuple(
        TreeRow(
            text(row.node, "id"),
            (
                (" ", ""),
                state_span(state_of(row.node), ascii_only=ascii_only),
                (f" {name:<{width}}", "" if row.wanted else "dim"),
                (f"  {_short(text(row.node, 'how'))} {_short(when(text(row.node, 'at'), day))}".rstrip(), "dim"),
                (f"  {text(row.node, 'why')}", "dim"),
            ),
        )
        for row, name in zip(found, who, strict=True)
    )


def head_lines(family: Mapping[str, Any], wanted: str = "", *, ascii_only: bool = False) -> tuple[Line, ...]:
    """What is known of the whole, how far CloudTrail had told it, and when that was asked."""
    day = text(family, "now")[:10]
    counted: list[Span] = []
    for state, count in counts(family):
        counted += [(f"{count} {state}", _SIGNS[state][2]), ("  ", "")]
    shown = f"only {wanted}, and what is above it" if wanted else ""
    return (
        ((" ", ""), state_span(state_of(family), ascii_only=ascii_only), ("  ", ""), *counted, (shown, "warn")),
        (
            (" CloudTrail delivered until ", "dim"),
            (_short(when(text(family, "delivered_until"), day)) or "nobody knows when", ""),
            (" · read ", "dim"),
            (_short(when(text(family, "now"), day)) or "nobody knows when", ""),
        ),
        ((" ", ""), (text(family, "why"), "")),
    )


def told_lines(node: Mapping[str, Any], day: str) -> tuple[Line, ...]:
    """The chosen node in short, below the tree: what the row has no room for."""
    name = _short(text(node, "name") or text(node, "id"), 48)
    came = f"{_short(text(node, 'how'))} {_short(when(text(node, 'at'), day))}".strip()
    return (
        ((_kind(node), "dim"), (f" {name}", "name"), (f"  {came}", "")),
        ((f"{state_of(node)}: ", _SIGNS[state_of(node)][2]), (text(node, "why") or "no reason is given", "")),
    )


def node_lines(node: Mapping[str, Any]) -> tuple[Line, ...]:
    """Every field of a node."""
    names = [*(name for name in _OWN if node.get(name) not in (None, "")), *(n for n in node if n not in _OWN)]
    return tuple(labelled(name, compact(node[name]), _role(node, name)) for name in names)


def family_lines(family: Mapping[str, Any] | None, *, ascii_only: bool = False) -> tuple[Line, ...]:
    """For the step that read it."""
    if family is None:
        return ()
    lines = [row.line for row in family_rows(family, ascii_only=ascii_only)]
    return (say("Family tree, as it was read last", "head"), *head_lines(family, ascii_only=ascii_only), EMPTY,
            *lines, EMPTY, say("t opens it.", "dim"))  # fmt: skip


def when(moment: str, day: str) -> str:
    """`02:31:07Z`, with the date where it is not `day`; what is no time is shown as it is."""
    date, mark, time = moment.partition("T")
    if not mark or len(date) != 10 or len(time) < 8:
        return moment
    return f"{time[:8]}Z" if date == day else f"{date} {time[:5]}Z"


def _short(foreign: str, most: int = 24) -> str:
    """So that a long one cannot push out of sight what stands behind it."""
    return inert(inert(foreign), most)


def _kind(node: Mapping[str, Any]) -> str:
    return inert(text(node, "kind").replace("_", " "), 16)


def _role(node: Mapping[str, Any], name: str) -> str:
    return _SIGNS[state_of(node)][2] if name == "state" else "name" if name == "name" else ""
