"""The real program on a real terminal and the real desk: revoked by hand, left, killed, resumed, verified."""

import json
import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import (
    ACCOUNT,
    changes,
    end_worlds,
    environ_of,
    incident_folder,
    irtui,
    number,
    records,
    world_of,
)
from tests.support.program import until as eventually
from tests.tui.terminal import Terminal

PATIENCE = 20.0
BACKTAB = "\x1b[Z"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path
    end_worlds(tmp_path)


class Person:
    """Reads the screen and presses keys; waits for what a key does before the next."""

    def __init__(self, home: Path, *arguments: str, extra: dict[str, str] | None = None, columns: int = 100) -> None:
        self.terminal = Terminal(
            "-m", "irtui", *arguments, columns=columns, rows=32, environ=environ_of(home, extra or {})
        )

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *raised: object) -> None:
        self.terminal.close()

    def sees(self, words: str) -> None:
        self.terminal.until(words, PATIENCE)

    def presses(self, *keys: str) -> None:
        """One key at a time, each when the one before shows: keys that come at once all go to where the focus was."""
        for key in keys:
            before = len(self.terminal.output)
            self.terminal.press(key)
            self.terminal.wait(lambda: len(self.terminal.output) > before, f"{key!r} showed nothing", PATIENCE)  # noqa: B023
            self.terminal.read(0.05)

    def does(self, keys: str, then: str) -> None:
        self.terminal.press(keys)
        self.sees(then)

    def opens(self) -> None:
        """Through the briefing: the first key that is offered, changes allowed."""
        self.sees("is needed")
        self.presses("\t", "\r")
        self.sees("ready: read only")
        self.presses("\t", "\t", "\t")
        self.does(ACCOUNT[-4:], "ready: changes allowed")
        self.terminal.press("\x12")

    def previews(self, number: int, then: str) -> None:
        self.sees(f"Your turn: r previews and runs {number},")
        self.does("r", then)

    def types(self, target: str) -> None:
        """Into the field of a confirmation, where Cancel has the focus; then the button beside it."""
        self.presses(BACKTAB)
        self.does(target, "ready: tab to the button")
        self.presses("\t", "\t", "\r")

    def says(self, number: int, words: str) -> None:
        self.sees(f"Your turn: r answers {number},")
        self.does("r", "enter answers")
        self.terminal.press(f"{words}\r")

    def leaves(self) -> None:
        self.does("q", "Leave this incident?")
        self.terminal.press("q")
        assert self.terminal.ended(PATIENCE) == 0


def _verify(home: Path) -> tuple[int, Any]:
    """Exit code and answer of `irtui audit verify -o json`."""
    done = irtui(home, "audit", "verify", str(incident_folder(home)), "-o", "json")
    return done.returncode, json.loads(done.stdout)["data"]


def _pass_time(home: Path) -> None:
    """What settles has settled when the next sitting begins."""
    world_of(home).advance(120)


def test_a_key_is_revoked_by_hand_left_and_resumed_and_the_journal_is_complete(home: Path) -> None:
    """The whole incident in the TUI, in two processes: every change sent once, closed, and the journal complete."""
    with Person(home, "rehearse", "leaked-key") as first:
        first.opens()
        first.previews(number("deny"), "Type ci-deploy to run")
        first.sees("simulated: ")
        first.types("ci-deploy")
        first.previews(number("deactivate"), "Cancel")
        first.presses("\t", "\r")
        first.sees(f"Your turn: r previews and runs {number('revoke_roles')},")
        first.does("t", "CloudTrail delivered until")
        first.sees("✗ open")
        first.sees("access key AKIA")
        first.sees("AssumeRole")
        first.presses("\x1b")
        first.previews(number("revoke_roles"), "Type 2 to run 2 changes")
        first.types("2")
        first.sees(f"Your turn: r answers {number('channels')},")
        first.leaves()
    assert _verify(home)[0] == 6, "it is not closed yet"
    _pass_time(home)
    with Person(home, "resume", incident_folder(home).name) as second:
        second.sees(f"Your turn: r answers {number('channels')},")
        second.does("r", "esc leaves it open")
        second.presses("j", "\r")
        second.sees(f"Your turn: r answers {number('reach')},")
        second.does("r", "esc leaves it open")
        second.presses("j", "\r")
        second.says(number("exposure"), "removed from the repository")
        second.sees(f"Your turn: r answers {number('fate')},")
        second.does("r", "esc leaves it open")
        second.presses("j", "\r")
        second.says(number("replace"), "a role instead of a key")
        second.says(number("lift"), "security decides at noon")
        second.sees("No step is open")
        second.does("x", "for good")
        second.does("close\r", "is closed")
        second.sees("met")
        assert "missed" not in second.terminal.text.replace("credentials missed", "")
        second.sees("first containment +")
        second.does("d", "Debrief")
        second.sees("WON")
        second.presses("\x1b")
        second.sees("Nothing more can be done")
        second.terminal.press("q")
        assert second.terminal.ended(PATIENCE) == 0
    code, found = _verify(home)
    assert (code, found["verdict"], found["mode"]) == (0, "complete", "rehearsal")


def test_killed_in_the_middle_it_is_resumed_and_sends_nothing_twice(home: Path) -> None:
    """SIGKILL when the deny has reached AWS: the next sitting goes on, and AWS never sees a change a second time."""
    with Person(home, "rehearse", "leaked-key") as first:
        first.opens()
        first.previews(number("deny"), "Type ci-deploy to run")
        world = world_of(home)
        first.types("ci-deploy")
        eventually(lambda: changes(world), "the deny")
        first.terminal.process.send_signal(signal.SIGKILL)
        first.terminal.process.wait()
    kept = records(home)
    _pass_time(home)
    with Person(home, "resume", incident_folder(home).name) as second:
        second.previews(number("deactivate"), "Cancel")
        second.presses("\t", "\r")
        second.sees(f"Your turn: r previews and runs {number('revoke_roles')},")
        second.leaves()
    assert records(home)[: len(kept)] == kept
    sent = changes(world_of(home))
    assert Counter(operation for operation, _ in sent) == {"PutUserPolicy": 1, "UpdateAccessKey": 1}
    assert len({tag for _, tag in sent}) == len(sent)


@pytest.mark.parametrize("face", [{"extra": {"NO_COLOR": "1"}}, {"arguments": ("--ascii",)}])
def test_drawn_without_colours_and_in_ascii(home: Path, face: dict[str, Any]) -> None:
    """NO_COLOR sends no colour; --ascii marks steps in ASCII; both are the whole screen."""
    with Person(home, "rehearse", "leaked-key", *face.get("arguments", ()), extra=face.get("extra")) as person:
        person.opens()
        person.sees(f"Your turn: r previews and runs {number('deny')},")
        text = person.terminal.text
        assert "CONTAIN" in text and "not contained" in text and "REHEARSAL" in text
        if "extra" in face:
            styles = re.findall(rb"\x1b\[([0-9;]*)m", person.terminal.output)
            colours = {style for style in styles if re.search(rb"(?:^|;)(?:[34][0-8]|9[0-7]|10[0-7])(?:;|$)", style)}
            assert colours == set()
        else:
            assert "[x] done" in text and "[>] now" in text and text.isascii()
        person.leaves()
