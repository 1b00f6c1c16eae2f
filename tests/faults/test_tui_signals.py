"""Signals under the TUI on a real terminal: the next sitting goes on, and nothing is sent twice."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.journal.verify import verify
from tests.support.program import changes, end_worlds, incident_folder, number, records, until, walking, world_of
from tests.tui.test_tui_real import Person

SOON = 30.0
"""Seconds within which it must have ended: longer than the call that hangs."""
ONCE = Counter({"PutUserPolicy": 1, "UpdateAccessKey": 1, "PutRolePolicy": 2})


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path / "home"
    end_worlds(tmp_path / "home")


@pytest.mark.parametrize("sent", [signal.SIGHUP, pytest.param(signal.SIGTERM, marks=pytest.mark.deep)])
def test_the_tui_is_struck_while_a_change_hangs(home: Path, sent: signal.Signals) -> None:
    """It ends with 130 after the call under way was recorded, and the next sitting does not send it again."""
    with Person(home, "rehearse", "leaked-key") as person:
        person.opens()
        person.previews(number("deny"), "Type ci-deploy to run")
        world = world_of(home)
        world.weather({"effect": "delay", "operation": "PutUserPolicy", "seconds": 2.5, "times": 1})
        person.types("ci-deploy")
        until(lambda: any(record["type"] == "intent" for record in records(home)), "the intent")
        person.terminal.process.send_signal(sent)
        code = person.terminal.ended(SOON)
        assert code == 130
        assert b"Traceback" not in person.terminal.output
    assert any(record["type"] == "outcome" for record in records(home))
    with walking(home, "resume", "--plain") as walk:
        assert walk.play(last="q") == 0, walk.out[-3000:] + walk.err
    reached = changes(world)
    assert Counter(operation for operation, _ in reached) == ONCE, reached
    assert verify(incident_folder(home)).verdict == "not closed"
