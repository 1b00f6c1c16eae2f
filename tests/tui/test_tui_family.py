"""The family tree on the screen: every state a word, filters, details, looking again, hostile names."""

import unicodedata
from typing import Any

from irtui.engine.operator import RunStep
from irtui.report.family import counts, rows
from irtui.tui.present.family import family_rows, head_lines
from tests.tui.fake_desk import FakeDesk
from tests.tui.families import family
from tests.tui.hostile_app import poisoned
from tests.tui.walks import app_on, open_incident, screen_text, until


def _names(found: Any) -> list[str]:
    return [f"{row.stem}{row.node['id']}" for row in found]


def test_every_node_is_one_row_below_what_opened_it() -> None:
    """Siblings stand by time; a missing parent, a ring and a very deep line lose nobody and end."""
    tree = {"nodes": [
        {"id": "a", "at": "1", "state": "open"}, {"id": "c", "parent": "a", "at": "3", "state": "contained"},
        {"id": "b", "parent": "a", "at": "2", "state": "settling"}, {"id": "d", "parent": "b", "state": "open"},
        {"id": "o", "parent": "gone"}, {"id": "x", "parent": "y"}, {"id": "y", "parent": "x"},
        {"id": "s", "parent": "s"},
    ]}  # fmt: skip
    assert _names(rows(tree)) == ["a", "├─ b", "│  └─ d", "└─ c", "o", "x", "└─ y", "s"]
    assert counts(tree) == (("open", 2), ("unknown", 4), ("settling", 1), ("contained", 1))
    kept = rows(tree, "open")
    assert _names(kept) == ["a", "└─ b", "   └─ d"] and [row.wanted for row in kept] == [True, False, True]
    deep = {"nodes": [{"id": str(number), "parent": str(number - 1)} for number in range(3000)]}
    assert len(rows(deep)) == 3000 and max(len(row.stem) for row in rows(deep)) < 40
    assert rows({}) == rows({"nodes": "none"}) == ()


def test_a_state_that_is_not_known_never_looks_contained() -> None:
    """A missing or made-up state is shown as unknown, of a node and of the whole."""
    odd = {"nodes": [{"id": "a", "state": "CONTAINED "}, {"id": "b"}]}
    text = "".join(part for row in family_rows(odd) for part, _ in row.line)
    head = "".join(part for line in head_lines(odd) for part, _ in line)
    assert text.count("? unknown") == 2 and "contained" not in text + head and "nobody knows when" in head


async def test_the_tree_is_read_filtered_and_looked_at_again() -> None:
    """t opens it with its states in words and CloudTrail's horizon; f filters, enter tells all, l reads it anew."""
    desk = FakeDesk(tree=family())
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await open_incident(pilot)
        await until(pilot, lambda: app.sitting is not None and app.sitting.family is not None)
        await pilot.press("t")
        await until(pilot, lambda: "CloudTrail delivered until 02:26:00Z" in screen_text(app))
        text = screen_text(app)
        for words in ("✗ open", "~ settling", "✓ contained", "? unknown", "1 open", "one key still works", "backdoor",
                      "│  └─ access key AKIABACKDOOR", "02:31:07Z"):  # fmt: skip
            assert words in text, words
        await pilot.press("f")
        await until(pilot, lambda: "only open" in screen_text(app))
        assert "role deploy" not in screen_text(app) and "user backdoor" in screen_text(app)
        app.screen.query_one("#nodes").choose("AKIABACKDOOR")  # type: ignore[attr-defined]
        await until(pilot, lambda: "nothing denies it" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "arn:aws:iam::1:AKIABACKDOOR" in screen_text(app))
        await pilot.press("escape", "l")
        await until(pilot, lambda: "02:40:00Z" in screen_text(app))
        assert desk.visit is not None and desk.visit.commands[-1] == RunStep("family")
        await pilot.press("escape")
        app.screen.query_one("#steps").choose("family")  # type: ignore[attr-defined]
        await pilot.press("2")
        await until(pilot, lambda: "as it was read last" in screen_text(app))


async def test_the_tree_in_ascii_and_a_narrow_window() -> None:
    """At 60 columns in ASCII the states, names and the chosen node's reason are there, in ASCII."""
    app = app_on(FakeDesk(tree=family()), ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await open_incident(pilot)
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: app.sitting is not None and app.sitting.family is not None)
        await pilot.press("t", "G")
        await until(pilot, lambda: "it could not be read" in screen_text(app))
        assert "[!] open" in screen_text(app) and "[?] unknown" in screen_text(app)


async def test_hostile_names_in_the_tree_are_inert() -> None:
    """Names, times and reasons that an attacker wrote steer nothing, on the tree and in a node's details."""
    app = app_on(FakeDesk(tree=family(poisoned)))
    async with app.run_test(size=(120, 40)) as pilot:
        await open_incident(pilot)
        await until(pilot, lambda: app.sitting is not None and app.sitting.family is not None)
        await pilot.press("t")
        await until(pilot, lambda: "delivered until" in screen_text(app))
        seen = screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "One of the family" in screen_text(app))
        seen += screen_text(app)
        assert "[/]" in seen and "\\u{1b}" in seen
        bad = {c for c in seen if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}
        assert bad == set()
