"""`irtui trail search` as scripts and people see it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.search_logs import KEY, OTHER, event, log, opened, put


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "irtui", "trail", "search", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ},
    )  # fmt: skip


def _json(*arguments: str) -> tuple[int, dict[str, Any]]:
    ran = _run(*arguments, "-o", "json")
    return ran.returncode, json.loads(ran.stdout)


def test_json_has_the_events_their_source_and_what_it_cannot_show(tmp_path: Path) -> None:
    """One object: events in order, each source with what it cannot contain, and a hash of the evidence."""
    put(tmp_path, "a.json.gz", log(event(3), event(1), event(2, OTHER)))
    code, said = _json("--folder", str(tmp_path), "--access-key", KEY)
    data = said["data"]
    assert (code, said["ok"], data["count"], data["findings"]) == (0, True, 2, [])
    assert [one["event"]["eventTime"][-3:] for one in data["events"]] == ["01Z", "03Z"]
    (source,) = data["sources"]
    assert source["read"] == 1 and source["read_to_the_end"] and source["cannot_contain"]
    assert len(data["sha256"]) == 64


def test_findings_are_exit_one(tmp_path: Path) -> None:
    """What could not be read is named, and the exit code says so."""
    put(tmp_path, "a.json.gz", log(event(1)))
    put(tmp_path, "b.json.gz", b"\x1f\x8b nonsense")
    code, said = _json("--folder", str(tmp_path), "--access-key", KEY)
    assert code == 1 and said["data"]["count"] == 1
    assert [(one["kind"], one["where"]) for one in said["data"]["findings"]] == [("damaged", "b.json.gz")]


def test_hostile_text_does_not_steer_the_terminal(tmp_path: Path) -> None:
    """Names of files and members of events are shown inert."""
    put(tmp_path, "\x1b[2J.gz", b"\x1f\x8b nonsense")
    put(tmp_path, "a.json", log(event(1, errorCode="\x1b]0;x\x07‮", awsRegion=["\x1b"])))
    ran = _run("--folder", str(tmp_path), "--access-key", KEY)
    assert "\x1b" not in ran.stdout + ran.stderr and "‮" not in ran.stdout
    assert "\\u{1b}" in ran.stdout


def test_the_file_of_events_holds_no_session_token(tmp_path: Path) -> None:
    """--events writes a line for each event, followed ones too, secrets masked, and says its hash."""
    put(tmp_path / "logs", "a.json", log(opened(1, KEY, "ASIAFIRST"), event(2, "ASIAFIRST")))
    file = tmp_path / "events.jsonl"
    code, said = _json("--folder", str(tmp_path / "logs"), "--access-key", KEY, "--follow", "--events", str(file))
    assert code == 0 and said["data"]["followed"] == ["ASIAFIRST"]
    assert len(file.read_text("ascii").splitlines()) == 2
    assert "FwoGZXIvYXdz" not in file.read_text("ascii") + json.dumps(said)
    assert said["data"]["events_file"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--access-key", ""],
        ["--access-key", KEY, "--folder", "/nowhere/at/all"],
        ["--since", "tomorrow"],
        ["--access-key", KEY, "--s3", "https://bucket"],
        ["--access-key", KEY, "--folder", ".", "--s3", "s3://abc", "--after", "x"],
        ["--access-key", KEY, "--folder", ".", "--events", "/proc/self/status"],
        ["--access-key", KEY, "--endpoint-url", "https://example.com"],
    ],
    ids=lambda value: " ".join(value) or "nothing",
)
def test_what_cannot_be_asked_is_a_usage_error(arguments: list[str]) -> None:
    """Exit 2, one object, and nothing was searched."""
    code, said = _json(*arguments)
    assert (code, said["ok"], said["error"]["code"]) == (2, False, "usage")
