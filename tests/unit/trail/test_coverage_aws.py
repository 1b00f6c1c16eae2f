"""`irtui trail coverage` over a simulated account: what was done to its trails, and what their files vouch for."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from irtui.desk.coverage import coverage_of
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.trail.coverage.report import Coverage
from tests.support.lab import QUIET, Lab
from tests.support.trails import ALL, Trailed, text
from tests.support.validated import downloaded

HOUR = 3600


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trailed]:
    """Two quiet hours, a trail for five, stopped for three, on again, its selectors narrowed, two more hours."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=5, folder=tmp_path_factory.mktemp("coverage"))
    lab = Lab(world)
    world.advance(2 * HOUR)
    trailed = Trailed(lab, lab.user("auditor", ALL), "covered", IsMultiRegionTrail=True)
    trailed.start()
    trailed.busy(1800, times=10)
    trailed.stop()
    world.advance(3 * HOUR)
    trailed.start()
    trailed.busy(1800, times=4)
    yield trailed
    world.stop()


@pytest.fixture(autouse=True)
def _signed_in(account: Trailed, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _environ(account.key["AccessKey"]).items():
        monkeypatch.setenv(name, value)


def test_the_blind_windows_of_a_trail_that_was_stopped(account: Trailed) -> None:
    """Before it was made, while it was stopped and by whom; covered where digests and logs stand."""
    found = _coverage(account)
    data = found.data()
    assert not found.whole
    told = _windows(data, "trail main", "us-east-1")
    blind = [(window["cause"], window["by"]) for window in told if window["state"] == "not covered"]
    assert [cause for cause, _ in blind] == ["no trail", "logging stopped"]
    assert blind[1][1].startswith("arn:aws:iam::111122223333:user/auditor (AKIA")
    stopped = [window for window in told if window["cause"] == "logging stopped"][-1]
    assert _hours(stopped) == pytest.approx(3, abs=0.1)
    assert sum(_hours(window) for window in told if window["state"] == "covered") >= 4
    assert told[-1]["cause"] == "not delivered yet"
    assert _abut(told, data)


def test_event_history_is_covered_but_for_its_ends(account: Trailed) -> None:
    """Ninety days back it ends, and the last quarter of an hour is not there yet."""
    start = text(account.lab.world.now() - timedelta(days=100))
    data = _coverage(account, validated=False, start=start).data()
    told = _windows(data, "Event history", "us-east-1")
    assert [window["state"] for window in told] == ["not covered", "covered", "unknown"]
    assert [window["cause"] for window in told] == ["beyond 90 days", "", "not delivered yet"]
    assert _hours(told[1]) == pytest.approx(90 * 24 - 0.25, abs=0.1)


def test_nothing_is_covered_that_nobody_validated(account: Trailed) -> None:
    """With --no-validate a trail that was logging is unknown, and its stops are still known."""
    data = _coverage(account, validated=False).data()
    told = _windows(data, "trail main", "us-east-1")
    assert not [window for window in told if window["state"] == "covered"]
    assert "logging stopped" in {window["cause"] for window in told}


def test_deleted_files_and_a_narrowed_trail_are_blind_windows(account: Trailed) -> None:
    """A deleted digest, a deleted log, selectors that leave reads out, a deleted trail: each by its name."""
    digest, log = account.digests()[1], account.keys()[-2]
    account.s3.delete_object(Bucket=account.bucket, Key=digest)
    account.s3.delete_object(Bucket=account.bucket, Key=log)
    narrowed = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
    account.cloudtrail.put_event_selectors(TrailName="main", EventSelectors=narrowed)
    account.busy(1800, times=2)
    data = _coverage(account).data()
    causes = {window["cause"] for window in _windows(data, "trail main", "us-east-1")}
    assert {"digest missing", "log missing", "no management events"} <= causes
    account.cloudtrail.delete_trail(Name="main")
    account.lab.world.advance(HOUR)
    data = _coverage(account).data()
    told = _windows(data, "trail main", "us-east-1")
    assert (told[-1]["cause"], told[-1]["state"]) == ("no trail", "not covered")
    assert "auditor" in told[-1]["by"]
    left = [window for window in told if window["state"] == "covered"]
    assert left, "what it wrote before still stands, and its bucket is known from the event that made it"
    assert left[-1]["until"] <= told[-1]["since"]


def test_downloaded_files_are_enough(account: Trailed, tmp_path: Path) -> None:
    """From a folder, without AWS: covered where digests and logs stand, blind where the trail was stopped, by whom."""
    folder, keys = downloaded(account, tmp_path)
    start = text(account.lab.world.now() - timedelta(hours=20))
    command = [sys.executable, "-m", "irtui", "trail", "coverage", "--folder", str(folder), "--public-keys", str(keys)]
    command += ["--trail-arn", account.arn, "--start-time", start, "-o", "json"]
    command += ["--end-time", text(account.lab.world.now())]
    done = subprocess.run(command, env={"PATH": os.defpath}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    data = json.loads(done.stdout)["data"]
    assert {row["source"] for row in data["rows"]} == {"trail main"}
    told = _windows(data, "trail main", "us-east-1")
    assert "covered" in {window["state"] for window in told}
    stopped = [window for window in told if window["cause"] == "logging stopped"]
    assert any("user/auditor" in window["by"] for window in stopped)
    assert "no AWS was asked" in data["not_looked_at"][0]


def test_it_is_drawn_for_people(account: Trailed) -> None:
    """A bar for each source with its legend, and a sentence for each blind window."""
    command = [sys.executable, "-m", "irtui", "trail", "coverage", "--region", "us-east-1", "--no-validate"]
    command += ["--endpoint-url", account.lab.world.url]
    environ = _environ(account.key["AccessKey"])
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "# covered  ? unknown  . not covered" in done.stdout
    assert "us-east-1  Event history  " in done.stdout
    assert "NOT COVERED  us-east-1  trail main" in done.stdout
    assert "logging was stopped, by arn:aws:iam::111122223333:user/auditor" in done.stdout


def _coverage(account: Trailed, *, validated: bool = True, start: str = "") -> Coverage:
    world = account.lab.world
    return coverage_of(
        start=start or text(world.now() - timedelta(hours=14)), end="", regions=("us-east-1",), arns=(),
        validated=validated, profile="", endpoint_url=world.url, environ=os.environ,
        clock=ScenarioClock(world, hurry=False), ask_secret=lambda prompt: None,
    )  # fmt: skip


def _environ(made: dict[str, str]) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
    return {"PATH": os.defpath, "AWS_EC2_METADATA_DISABLED": "true", **keys}


def _windows(data: dict[str, Any], source: str, region: str) -> list[dict[str, Any]]:
    rows = [row for row in data["rows"] if (row["source"], row["region"]) == (source, region)]
    assert len(rows) == 1, [(row["source"], row["region"]) for row in data["rows"]]
    windows: list[dict[str, Any]] = rows[0]["windows"]
    return windows


def _hours(window: dict[str, Any]) -> float:
    return (datetime.fromisoformat(window["until"]) - datetime.fromisoformat(window["since"])).total_seconds() / HOUR


def _abut(windows: list[dict[str, Any]], data: dict[str, Any]) -> bool:
    inner = all(one["until"] == after["since"] for one, after in pairwise(windows))
    return inner and (windows[0]["since"], windows[-1]["until"]) == (data["since"], data["until"])
