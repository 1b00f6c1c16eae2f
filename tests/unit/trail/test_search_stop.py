"""ctrl-c in a search or a validation: it ends at once, says what it has, leaves nobody behind, goes on later."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.trails import ARN, BEGIN, BUCKET
from tests.support.faulty_bucket import faulty_bucket
from tests.support.silent_bucket import BEFORE, KEY, LOGS, PATIENCE, alive, descendants, many_logs, silent_after


def test_a_search_that_is_stopped_says_what_it_found_and_goes_on_after_it(tmp_path: Path) -> None:
    """While S3 does not answer: exit 130, the events until then, no process left; both halves are the whole."""
    trail, gate = many_logs(), threading.Event()
    asked = ["search", "--access-key", KEY, "--s3", f"s3://{BUCKET}/AWSLogs/", "-o", "json"]
    with faulty_bucket(trail, 1, silent_after(BEFORE, gate)) as (url, answers):
        process = _started(url, *asked, "--events", str(tmp_path / "first"))
        _until(lambda: (tmp_path / "first").exists() and (tmp_path / "first").stat().st_size > 0)
        _until(lambda: sum("/CloudTrail/" in path for path, _ in answers.asked) > BEFORE)
        children = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE / 2)  # nothing was answered until now
        gate.set()
    assert process.returncode == 130
    first = json.loads(out)["data"]
    assert first["stopped"]
    assert 0 < first["count"] < LOGS
    _until(lambda: not any(alive(pid) for pid in children))
    after = first["sources"][0]["go_on_after"]
    with faulty_bucket(trail, 1, lambda path, agent: None) as (url, _):
        second = _ended(_started(url, *asked, "--after", after))
        whole = _ended(_started(url, *asked))
    halves = {one["id"] for one in first["events"]} | {one["id"] for one in second["events"]}
    assert halves == {one["id"] for one in whole["events"]}
    assert len(halves) == LOGS


def test_a_validation_that_is_stopped_leaves_no_process(tmp_path: Path) -> None:
    """ctrl-c while S3 does not answer: exit 130, and the processes that hash are gone."""
    gate = threading.Event()
    asked = ["validate", "--trail-arn", ARN, "--start-time", BEGIN.isoformat(), "--end-time", "2026-03-01T01:00:00Z"]
    with faulty_bucket(many_logs(), 1, silent_after(BEFORE, gate)) as (url, answers):
        process = _started(url, *asked)
        _until(lambda: sum("/CloudTrail/" in path for path, _ in answers.asked) > BEFORE)
        children = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        gate.set()
    assert process.returncode == 130
    assert children
    _until(lambda: not any(alive(pid) for pid in children))


def _started(url: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "irtui", "trail", *arguments, "--endpoint-url", url]
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "x"}
    environ = {"PATH": os.defpath, "AWS_EC2_METADATA_DISABLED": "true", **keys}
    return subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )


def _ended(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    data: dict[str, Any] = json.loads(out)["data"]
    return data


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
