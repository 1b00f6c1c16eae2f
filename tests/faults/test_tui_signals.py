"""Signals and terminals that go away under the TUI: the next sitting goes on, and nothing is sent twice."""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from irtui.journal.verify import verify
from tests.support.program import ACCOUNT, Walk, changes, end_worlds, incident_folder, records, until, walking, world_of

SOON = 30.0
"""Seconds within which it must have ended: longer than the call that hangs."""
HANGS = 2.5
ONCE = Counter({"PutUserPolicy": 1, "UpdateAccessKey": 1, "PutRolePolicy": 2})

Blow = Callable[[Walk], None]
BLOWS: dict[str, Blow] = {
    "hup": lambda walk: walk.signal(signal.SIGHUP),
    "term": lambda walk: walk.signal(signal.SIGTERM),
    "closed": lambda walk: walk.hang_up(),
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path / "home"
    end_worlds(tmp_path / "home")


def opened(walk: Walk, home: Path) -> None:
    """Through the briefing of the TUI to the confirmation of the deny, its target typed."""
    walk.sees("Leaked key id")
    walk.sees("ci-deploy")
    walk.press(str(world_of(home).inputs["access_key_id"]))
    walk.press("\t\t\t")
    walk.press(ACCOUNT[-4:])
    walk.press("\x12")  # ctrl+r: start
    walk.sees("r run")
    walk.press("r")
    walk.sees("Type ci-deploy to run 1 change")
    walk.press("\x1b[Z")  # from Cancel back to the field
    walk.press("ci-deploy")
    walk.sees("target typed")


def finish(home: Path) -> None:
    """A sitting in the plain face goes through with it; each change reached the world once."""
    with walking(home, "resume", "--plain") as walk:
        assert walk.play(last="q") == 0, walk.out[-3000:] + walk.err
    reached = changes(world_of(home))
    assert Counter(operation for operation, _ in reached) == ONCE, reached
    assert verify(incident_folder(home)).verdict == "not closed"


@pytest.mark.parametrize("blow", BLOWS)
def test_the_tui_is_struck_while_a_change_hangs(home: Path, blow: str) -> None:
    """It ends soon, nothing on the way was lost, and the change that hung is not sent again."""
    with walking(home, "rehearse", "leaked-key", terminal=True) as walk:
        opened(walk, home)
        world_of(home).weather({"effect": "delay", "operation": "PutUserPolicy", "seconds": HANGS, "times": 1})
        walk.press("\t\t\r")
        until(lambda: any(record["type"] == "intent" for record in records(home)), "the intent")
        BLOWS[blow](walk)
        code = walk.ended(SOON)
        assert code in (130, -signal.SIGHUP, -signal.SIGTERM), code
        assert "Traceback" not in walk.out
    world = world_of(home)
    until(lambda: any(request["operation"] == "PutUserPolicy" for request in world.requests()), "the change")
    finish(home)
