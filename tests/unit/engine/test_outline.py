"""In which order a runbook and its children are walked."""

import pytest

from irtui.engine.outline import outline
from irtui.model.runbook import Runbook
from irtui.runbook.parse import parse_runbook

HEAD = 'runbook: x\ntitle: x\nversion: "1"\nseverity: low\nuse_when: x\nsteps:\n'
CHILD = ("look:analyze", "deny:contain", "foreign:analyze", "ask:eradicate", "soak:eradicate", "lift:recover")


def book(*steps: str) -> Runbook:
    """`id:phase`, and further keys; manual work where they name no child."""
    lines = []
    for step in steps:
        name, phase, *more = step.split(":", 2)
        kind = more[0] if more else "manual: m"
        lines.append(f"  - {{id: {name}, phase: {phase}, title: t, {kind}}}\n")
    return parse_runbook(HEAD + "".join(lines), "x.yaml")


def keys(child: tuple[str, ...], *steps: str) -> list[str]:
    return [node.key for node in outline(book(*steps), {"child": book(*child)})]


ACTOR = "actor:contain:runbook: child"


def test_a_child_runs_to_its_end_before_the_next_step() -> None:
    """Unless its step says otherwise."""
    walked = keys(CHILD, ACTOR, "next:recover")
    assert walked == ["actor", *(f"actor/{step.partition(':')[0]}" for step in CHILD), "next"]


@pytest.mark.parametrize(
    ("last", "after"),
    [
        ("last:review", ["next", "last", "actor/ask", "actor/soak", "actor/lift"]),
        ("last:review:manual: m, needs: [actor]", ["next", "actor/ask", "actor/soak", "actor/lift", "last"]),
    ],
)
def test_the_rest_of_a_child_comes_last_or_before_what_needs_it(last: str, after: list[str]) -> None:
    """It goes as far as it contains, with what it says then of what it could not contain; numbers stay."""
    steps = (ACTOR + ", rest: later", "next:recover", last)
    assert keys(CHILD, *steps) == ["actor", "actor/look", "actor/deny", "actor/foreign", *after]
    numbers = {node.key: node.number for node in outline(book(*steps), {"child": book(*CHILD)})}
    assert (numbers["actor/soak"], numbers["next"]) == ("1.5", "2")


def test_a_child_that_only_contains_has_no_rest() -> None:
    """And one that contains nothing is walked as far as its first later step."""
    assert keys(CHILD[:2], ACTOR + ", rest: later", "next:recover")[-2:] == ["actor/deny", "next"]
    assert keys(CHILD[3:], ACTOR + ", rest: later", "next:recover")[:2] == ["actor", "next"]


def test_a_childs_own_children_go_with_their_step() -> None:
    """What they contain is part of what comes later; a rest within a rest stays in it."""
    inner = {"child": book("deny:contain", "sweep:eradicate:runbook: inner, rest: later", "end:recover"),
             "inner": book("close:contain", "tidy:eradicate")}  # fmt: skip
    walked = [node.key for node in outline(book(ACTOR + ", rest: later", "next:recover"), inner)]
    assert walked == ["actor", "actor/deny", "next", "actor/sweep", "actor/sweep/close", "actor/end",
                      "actor/sweep/tidy"]  # fmt: skip
