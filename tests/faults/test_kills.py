"""Killed at any point, irtui goes on where it was: nothing acknowledged is lost and nothing is sent twice."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.errors import UsageError
from irtui.gameday.world import World
from irtui.journal.verify import verify

ROOT = Path(__file__).parents[2]
PLAYER = ROOT / "tests" / "support" / "player.py"
RECORDS = 45
"""About as many records as the walk has; kills after each of them, or after a sample."""
DEEP = bool(os.environ.get("IRTUI_DEEP"))
POINTS = range(1, RECORDS) if DEEP else (1, 13, 20, 29, 36)
MUTATIONS = Counter({"PutUserPolicy": 1, "UpdateAccessKey": 1, "PutRolePolicy": 2})
PATIENCE = 60.0


def start(home: Path, *incident: str) -> "subprocess.Popen[str]":
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "IRTUI_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, str(PLAYER), str(home), *incident],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def until(what: Any) -> None:
    """Polls until `what()` is true; fails after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def journal_of(home: Path) -> Path | None:
    return next(iter((home / "data" / "incidents").glob("*/journal.jsonl")), None)


def lines_of(home: Path) -> list[bytes]:
    path = journal_of(home)
    return path.read_bytes().split(b"\n")[:-1] if path else []


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose worlds end with the test."""
    yield tmp_path / "home"
    for folder in (tmp_path / "home" / "state" / "worlds").glob("*"):
        with contextlib.suppress(UsageError):  # it has ended already
            World.connect(folder).stop()


def finish(home: Path) -> dict[str, Any]:
    """Resumes until the incident is closed, and returns what the last sitting printed."""
    path = journal_of(home)
    assert path is not None
    done = start(home, path.parent.name)
    out, err = done.communicate(timeout=PATIENCE * 2)
    assert done.returncode == 0, err
    last: dict[str, Any] = json.loads(out.strip().split("\n")[-1])
    return last


@pytest.mark.parametrize("after", POINTS)
@pytest.mark.parametrize("sent", [signal.SIGKILL] if not DEEP else [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_killed_after_a_record_the_next_sitting_finishes_and_repeats_nothing(
    home: Path, after: int, sent: signal.Signals
) -> None:
    """A kill after any record: all whole records stay, each change reaches AWS once, and the rehearsal is won."""
    first = start(home)
    until(lambda: len(lines_of(home)) >= after or first.poll() is not None)
    os.killpg(first.pid, sent)
    first.communicate(timeout=PATIENCE)
    kept = lines_of(home)

    outcome = finish(home)

    assert lines_of(home)[: len(kept)] == kept
    assert outcome["closed"] is True
    changes = [r for r in outcome["requests"] if r["operation"] in MUTATIONS and "md/x#" in r["user_agent"]]
    assert Counter(request["operation"] for request in changes) == MUTATIONS
    path = journal_of(home)
    assert path is not None
    assert verify(path.parent).verdict == "complete"
    assert all(outcome["objectives"].values())


@pytest.mark.parametrize("effect", ["delay", "drop_after", "drop", "error_after", "error"])
def test_killed_or_cut_off_in_the_middle_of_a_call_the_world_decides(home: Path, effect: str) -> None:
    """An answer that never came is settled by looking at AWS: done once when it acted, sent again only when not."""
    first = start(home)
    until(lambda: len(lines_of(home)) >= 3 or first.poll() is not None)
    os.killpg(first.pid, signal.SIGSTOP)
    path = journal_of(home)
    assert path is not None
    world = World.connect(home / "state" / "worlds" / path.parent.name)
    world.weather({"effect": effect, "operation": "PutUserPolicy", "times": 1, "seconds": 1.0})
    os.killpg(first.pid, signal.SIGCONT)
    if effect == "delay":
        until(lambda: any(b'"type":"intent"' in line for line in lines_of(home)))
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate(timeout=PATIENCE)
        until(lambda: any(r["operation"] == "PutUserPolicy" for r in world.requests()))
        outcome = finish(home)
    else:
        out, err = first.communicate(timeout=PATIENCE * 2)
        assert first.returncode == 0, err
        outcome = json.loads(out.strip().split("\n")[-1])

    sent = [request for request in outcome["requests"] if "md/x#" in request["user_agent"]]
    puts = [request for request in sent if request["operation"] == "PutUserPolicy"]
    assert len(puts) == (2 if effect in ("drop", "error") else 1)
    assert len({request["user_agent"].partition("md/x#")[2] for request in puts}) == len(puts)
    assert all(outcome["objectives"].values())
