"""Signals and terminals that go away: irtui ends soon, with its code, and the next sitting goes on where it was."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.errors import UsageError
from irtui.journal.verify import verify
from tests.support.program import ACCOUNT, Walk, changes, end_worlds, incident_folder, records, until, walking, world_of

SOON = 15.0
"""Seconds within which it must have ended, also when a call hangs."""
HANGS = 2.5
"""Seconds that a call hangs for."""
INTERRUPTED = 130
ONCE = Counter({"PutUserPolicy": 1, "UpdateAccessKey": 1, "PutRolePolicy": 2})
CONFIRM = "Type ci-deploy to run 1 change"

Blow = Callable[[Walk], None]
BLOWS: dict[str, Blow] = {
    "hup": lambda walk: walk.signal(signal.SIGHUP),
    "term": lambda walk: walk.signal(signal.SIGTERM),
    "ctrl-c": lambda walk: walk.press("\x03"),
    "closed": lambda walk: walk.hang_up(),
}


def sampled(*names: str) -> list[Any]:
    """Those named always, the others in the deep run."""
    return [name if name in names else pytest.param(name, marks=pytest.mark.deep) for name in BLOWS]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path / "home"
    end_worlds(tmp_path / "home")


def opened(walk: Walk) -> None:
    """Through the briefing, to the question whether the deny shall run."""
    walk.answer("Number or value: ", "1")
    walk.answer("to allow changes", ACCOUNT[-4:])
    walk.until(CONFIRM)


def finish(home: Path) -> None:
    """Another sitting goes through with it; the world says that each change reached it once, under its own tag."""
    with walking(home, "resume", "--plain") as walk:
        assert walk.play(last="q") == 0, walk.out[-3000:] + walk.err
    reached = changes(world_of(home))
    assert Counter(operation for operation, _ in reached) == ONCE, reached
    assert len({tag for _, tag in reached}) == len(reached)
    assert verify(incident_folder(home)).verdict == "not closed"


def left_cleanly(walk: Walk, home: Path) -> None:
    """It ended soon, with its code, without a traceback, and holds nothing."""
    assert walk.ended(SOON) == INTERRUPTED, walk.out[-2000:] + walk.err
    assert "Traceback" not in walk.out + walk.err
    assert not (incident_folder(home) / "owner").exists()


def outcome_of(home: Path, operation: str) -> str:
    """How the only call of that name ended, by the journal: its outcome's status, unknown, or nothing."""
    found = records(home)
    calls = [r["seq"] for r in found if r["type"] == "intent" and r["body"]["call"]["call"].endswith(f".{operation}")]
    ends = [r for r in found if r["type"] in ("outcome", "unknown") and r["body"]["intent"] in calls]
    return str(ends[0]["body"].get("status", "unknown")) if ends else ""


@pytest.mark.parametrize("blow", sampled("hup", "ctrl-c"))
def test_at_a_question_it_ends_and_nothing_was_sent(home: Path, blow: str) -> None:
    """Hung up, terminated, interrupted or closed at a confirmation: no change went out, and resume goes through."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        opened(walk)
        BLOWS[blow](walk)
        left_cleanly(walk, home)
        assert changes(world_of(home)) == []
    finish(home)


@pytest.mark.parametrize("blow", sampled("term"))
def test_while_a_change_hangs_its_outcome_is_recorded_first(home: Path, blow: str) -> None:
    """A change that is under way is followed by its outcome; it is not sent again by the next sitting."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        opened(walk)
        world_of(home).weather({"effect": "delay", "operation": "PutUserPolicy", "seconds": HANGS, "times": 1})
        walk.say("ci-deploy")
        until(lambda: any(record["type"] == "intent" for record in records(home)), "the intent")
        BLOWS[blow](walk)
        left_cleanly(walk, home)
    assert outcome_of(home, "PutUserPolicy") == "succeeded"
    finish(home)


@pytest.mark.parametrize("blow", sampled("closed"))
def test_while_a_read_hangs_it_ends_and_goes_on_later(home: Path, blow: str) -> None:
    """A read that hangs holds nobody up; no change was sent, and resume reads again."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        walk.answer("Number or value: ", "1")
        walk.until("to allow changes")
        world_of(home).weather({"effect": "delay", "operation": "LookupEvents", "seconds": HANGS, "times": 1})
        walk.say(ACCOUNT[-4:])
        walk.until("Keep what is about to change")
        BLOWS[blow](walk)
        left_cleanly(walk, home)
        world_of(home).weather()
    finish(home)


@pytest.mark.parametrize("blow", sampled("term", "closed"))
def test_at_the_briefing_nothing_is_opened_and_the_world_ends(home: Path, blow: str) -> None:
    """Before an incident is opened there is nothing to keep: no folder, and no world left behind."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        walk.until("Number or value: ")
        world = world_of(home)
        BLOWS[blow](walk)
        assert walk.ended(SOON) == INTERRUPTED, walk.out[-2000:]
        assert "Traceback" not in walk.out
    assert not (home / "data" / "incidents").exists()
    with pytest.raises(UsageError):
        world.now()


def test_a_second_ctrl_c_does_not_wait_for_the_call(home: Path) -> None:
    """Twice ctrl+c in a hanging change ends at once; the change is in doubt, and is looked for, not repeated."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        opened(walk)
        world_of(home).weather({"effect": "delay", "operation": "PutUserPolicy", "seconds": 6.0, "times": 1})
        walk.say("ci-deploy")
        until(lambda: any(record["type"] == "intent" for record in records(home)), "the intent")
        until(lambda: walk.interrupted_again(), "the end", 4.0)  # two signals at once may arrive as one
        assert walk.ended(1.0) == INTERRUPTED, walk.out[-2000:]
        assert outcome_of(home, "PutUserPolicy") == "unknown"
    world = world_of(home)
    until(lambda: any(request["operation"] == "PutUserPolicy" for request in world.requests()), "the late change")
    finish(home)


@pytest.mark.parametrize("blow", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.deep)])
def test_a_terminal_that_stops_reading_does_not_stop_the_record(home: Path, blow: signal.Signals) -> None:
    """Nobody drains the terminal: the outcome of a change is recorded all the same, and the process can be ended."""
    with walking(home, "rehearse", "leaked-key", "--plain", terminal=True) as walk:
        opened(walk)
        world_of(home).weather({"effect": "delay", "operation": "PutUserPolicy", "seconds": 1.0, "times": 1})
        walk.reading.clear()
        walk.say("ci-deploy")
        # The terminal's own echo fills its buffer, so that the next line the program writes blocks.
        for _ in range(40):
            walk.press("x" * 1000 + "\n")
        until(lambda: outcome_of(home, "PutUserPolicy") == "succeeded", "the outcome")
        assert "Deactivate the key ──" not in walk.out
        walk.signal(blow)
        assert walk.ended(SOON) == (INTERRUPTED if blow is signal.SIGTERM else -blow)
    finish(home)
