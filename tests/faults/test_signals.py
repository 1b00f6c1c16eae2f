"""Signals and terminals that go away: irtui ends soon, with its code, and the next sitting goes on where it was."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from program import ACCOUNT, Walk, changes, end_worlds, incident_folder, irtui, records, until, walking, world_of

from irtui.journal.verify import verify

DEEP = bool(os.environ.get("IRTUI_DEEP"))
SOON = 15.0
"""Seconds within which it must have ended, also when a call hangs."""
HANGS = 4.0
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
    """Another sitting goes through with it; each change reached the world once, and the trail verifies."""
    world = world_of(home)
    with walking(home, "resume", "--plain") as walk:
        code = walk.play()
        assert code == 0, walk.out[-3000:] + walk.err
    done = changes_before_the_end(home)
    assert Counter(operation for operation, _ in done) == ONCE
    assert len(set(done)) == len(done)
    assert world is not None
    assert verify(incident_folder(home)).verdict == "complete"


def changes_before_the_end(home: Path) -> list[tuple[str, str]]:
    """What irtui says it sent, by its intents; the world's own count was compared while it still stood."""
    return [
        (record["body"]["call"]["call"].partition(".")[2], str(record["seq"]))
        for record in records(home)
        if record["type"] == "intent"
    ]
