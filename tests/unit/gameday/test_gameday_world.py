"""The world's process: started apart, found again, ended; and the clock that moves it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import irtui
from irtui.errors import RunbookError, UsageError
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.scenario import load_scenario, parse_scenario, scenario_names
from irtui.gameday.world import World

Start = Callable[..., World]
pytestmark = pytest.mark.real_process


def gone(pid: int, within: float = 15) -> bool:
    """Whether the process ends within that many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_a_world_is_found_again_and_ended(start: Start, tmp_path: Path) -> None:
    """Another visit connects to the same world; once ended it says so."""
    world = start()
    other = World.connect(tmp_path / "w0")
    assert (other.url, other.account, other.inputs) == (world.url, world.account, world.inputs)
    world.stop()
    assert gone(world.pid)
    with pytest.raises(UsageError, match="has ended"):
        World.connect(tmp_path / "w0")
    with pytest.raises(UsageError, match="has ended"):
        other.now()
    world.stop()


def test_a_world_survives_whoever_started_it(tmp_path: Path) -> None:
    """The starter is killed with its whole process group; the world goes on, in a session of its own."""
    text = (
        "import sys, time, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from irtui.gameday.world import World; from irtui.gameday.scenario import load_scenario\n"
        "World.start(load_scenario('leaked-key'), seed=1, folder=pathlib.Path(sys.argv[2]), idle_seconds=60)\n"
        "print('up', flush=True); time.sleep(60)\n"
    )
    root = str(Path(irtui.__file__).parent.parent)
    starter = subprocess.Popen(
        [sys.executable, "-c", text, root, str(tmp_path)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert starter.stdout is not None
    with starter.stdout:
        assert starter.stdout.readline() == b"up\n"
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    world = World.connect(tmp_path)
    assert world.judge()
    world.stop()
    assert gone(world.pid)


def test_an_idle_world_ends_by_itself(start: Start, tmp_path: Path) -> None:
    """Its own actors do not keep it alive."""
    world = start(idle_seconds=1.5)
    assert gone(world.pid)
    assert not (tmp_path / "w0" / "world.json").exists()


def test_a_world_that_nobody_can_find_ends(start: Start, tmp_path: Path) -> None:
    """Whoever deletes the incident's folder deletes the world."""
    world = start()
    (tmp_path / "w0" / "world.json").unlink()
    assert gone(world.pid)


def test_a_world_inherits_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of AWS, Python or a proxy, and another home; its address is readable by its owner only."""
    for name in (
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_ENDPOINT_URL",
        "PYTHONPATH",
        "HTTPS_PROXY",
        "MOTO_ACCOUNT_ID",
    ):
        monkeypatch.setenv(name, "nonsense")
    world = start()
    environ = Path(f"/proc/{world.pid}/environ").read_text()
    names = {item.partition("=")[0] for item in environ.split("\0") if item}
    assert names <= {"PATH", "HOME", "LANG", "TZ", "LC_CTYPE"}
    home = dict(item.split("=", 1) for item in environ.split("\0") if "=" in item)["HOME"]
    assert not list(Path(home).iterdir())
    address = Path(home).parent / "world.json"
    assert address.stat().st_mode & 0o777 == 0o600
    secret = json.loads(address.read_text())["token"]
    assert secret not in (address.parent / "world.log").read_text()


def test_a_world_listens_on_loopback_only(start: Start) -> None:
    """The only socket it listens on is 127.0.0.1."""
    world = start()
    port = int(world.url.rsplit(":", 1)[1])
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    mine = [row[1] for row in listening if row[3] == "0A" and int(row[1].split(":")[1], 16) == port]
    assert mine == [f"0100007F:{port:04X}"]


def test_a_world_that_cannot_be_built_says_why(start: Start) -> None:
    """A move that AWS refuses stops the start, with AWS's words; no process is left."""
    text = load_scenario("leaked-key").source.replace('Principal: {AWS: "${ci.arn}"}', 'Principal: {AWS: "${bob.arn}"}')
    with pytest.raises(UsageError, match=r"sts\.AssumeRole .* AccessDenied"):
        start(parse_scenario(text, "broken.yaml"))


def test_the_scenario_clock_follows_the_world(start: Start) -> None:
    """Its time is the world's; a sleep is a jump that everybody in the world lives through."""
    world = start()
    clock = ScenarioClock(world, hurry=True)
    before, ticks, events = clock.now(), clock.monotonic(), len(world.events())
    began = time.monotonic()
    clock.sleep(3600)
    assert time.monotonic() - began < 30
    assert 3600 <= (clock.now() - before).total_seconds() < 3660
    assert 3600 <= round(clock.monotonic() - ticks, 3) < 3660
    assert abs((world.now() - clock.now()).total_seconds()) < 2
    assert len(world.events()) > events + 6 * 5
    clock.sleep(-1)


def test_without_hurry_short_sleeps_are_real(start: Start) -> None:
    """A person waits through seconds; only what is longer is a jump."""
    clock = ScenarioClock(start(), hurry=False)
    began = time.monotonic()
    clock.sleep(0.3)
    assert time.monotonic() - began >= 0.3
    clock.sleep(300)
    assert time.monotonic() - began < 30


def test_every_shipped_scenario_loads() -> None:
    """The listing and the files agree."""
    assert "leaked-key" in scenario_names()
    for name in scenario_names():
        assert load_scenario(name).name == name


BROKEN = [
    ("title: An access key in a public repository", "titel: x", "title"),
    ("at: -3h2m", "at: yesterday", "span of time"),
    ("keys: [leaked]\n", "keys: [nothing]\n", "no access key nothing"),
    ("by: session\n", "by: later\n", "does not hold then"),
    ("{by: federation, call", "{by: session, call", "federation has no use"),
    ("role: responders,", "role: nobody,", "no role nobody"),
]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_scenario_is_refused_with_its_place(old: str, new: str, words: str) -> None:
    """Every flaw names itself, before any world is started."""
    text = load_scenario("leaked-key").source
    assert old in text
    with pytest.raises(RunbookError) as refused:
        parse_scenario(text.replace(old, new), "mine.yaml")
    assert any(words in str(problem) for problem in refused.value.problems)
    assert all(str(problem).startswith("mine.yaml:") for problem in refused.value.problems)


def test_an_unknown_scenario_is_refused() -> None:
    """The advice names those that exist."""
    with pytest.raises(UsageError) as refused:
        load_scenario("no-such-thing")
    assert "leaked-key" in refused.value.advice
