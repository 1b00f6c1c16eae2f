"""The plain face's family tree and its asides, as lines of text."""

from typing import Any

from irtui.cli.asides import Asides
from irtui.cli.family import NOTHING, tree
from tests.tui.fake_desk import FakeRecord
from tests.tui.families import family
from tests.tui.payloads import PAYLOADS


class _Visit:
    """Of a visit, what the asides read."""

    def __init__(self, found: Any, *notes: dict[str, str]) -> None:
        self._found, self._notes = found, notes

    def family(self) -> Any:
        return self._found

    def records(self) -> tuple[FakeRecord, ...]:
        return tuple(FakeRecord(n, "note", note, "2026-11-23T02:31:07Z") for n, note in enumerate(self._notes, 1))


def test_the_tree_is_told_line_by_line() -> None:
    """Every node stands below what opened it, with its state as a word and why; CloudTrail's horizon is said."""
    lines = list(tree(family()))
    assert "open" in lines[0] and "one key still works" in lines[0]
    assert "1 open, 1 unknown, 1 settling, 1 contained" in lines[1] and "until 2026-11-23T02:26:00Z" in lines[1]
    text = "\n".join(lines)
    assert "✘ open      │  └─ access key AKIABACKDOOR  CreateAccessKey 2026-11-23T00:14:31Z" in text
    assert "it is active and nothing denies it" in text and "? unknown   └─ role deploy" in text


def test_names_in_the_tree_are_inert() -> None:
    """Whatever the attacker named things, no line holds a character that steers a terminal."""
    lines = list(tree(family(lambda text: "".join(PAYLOADS) + text)))
    assert all(line.isprintable() for line in lines) and "\\u{1b}" in "".join(lines)


def test_asides_say_when_there_is_nothing() -> None:
    """Before a visit, and in one without a tree or a room, that is said; injects and hints are told with their time."""
    nothing = Asides()
    assert list(nothing.family()) == [f"  {NOTHING}"] and list(nothing.said()) == ["  Nothing yet."]
    visit: Any = _Visit(None, {"text": "own"}, {"text": "Head: safe?", "kind": "inject", "of": "a"},
                        {"text": "1 of 2: look", "kind": "hint", "of": "deny"})  # fmt: skip
    assert list(Asides(visit).said()) == ["  02:31:07Z  Head: safe?", "  02:31:07Z  hint deny 1 of 2: look"]
