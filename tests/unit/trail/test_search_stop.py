"""ctrl-c in a search or a validation: it ends at once, says what it has, leaves nobody behind, goes on later."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.trails import ARN, BEGIN, BUCKET, Body, SignedTrail
from tests.support.faulty_bucket import faulty_bucket

KEY = "AKIAIOSFODNN7EXAMPLE"
LOGS, BEFORE = 300, 150
"""Log files, and how many are served before the bucket falls silent."""
PATIENCE = 20.0


def test_a_search_that_is_stopped_says_what_it_found_and_goes_on_after_it(tmp_path: Path) -> None:
    """While S3 does not answer: exit 130, the events until then, no process left; both halves are the whole."""
    trail, gate = _trail(), threading.Event()
    asked = ["search", "--access-key", KEY, "--s3", f"s3://{BUCKET}/AWSLogs/", "-o", "json"]
    with faulty_bucket(trail, 1, _silent_after(BEFORE, gate)) as (url, _):
        process = _started(url, *asked, "--events", str(tmp_path / "first"))
        _until(lambda: (tmp_path / "first").exists() and (tmp_path / "first").stat().st_size > 0)
        children = _descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        gate.set()
    assert process.returncode == 130
    first = json.loads(out)["data"]
    assert first["stopped"]
    assert 0 < first["count"] < LOGS
    _until(lambda: not any(_alive(pid) for pid in children))
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
    with faulty_bucket(_trail(), 1, _silent_after(BEFORE, gate)) as (url, answers):
        process = _started(url, *asked)
        _until(lambda: sum("/CloudTrail/" in path for path, _ in answers.asked) > BEFORE)
        children = _descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        gate.set()
    assert process.returncode == 130
    assert children
    _until(lambda: not any(_alive(pid) for pid in children))


def _trail() -> SignedTrail:
    trail, logs = SignedTrail(), {}
    for number in range(LOGS):
        event = {"eventID": f"e{number}", "eventTime": "2026-03-01T00:30:00Z", "userIdentity": {"accessKeyId": KEY}}
        data = json.dumps({"Records": [event]}).encode()
        body = Body(gzip.compress(data), hashlib.sha256(data).hexdigest())
        logs[trail.log(BEGIN + timedelta(minutes=number % 50), number, body)] = body.sha256
    trail.add(BEGIN, logs)
    return trail


def _silent_after(count: int, gate: threading.Event) -> Callable[[str, str], None]:
    served = 0

    def spoil(path: str, agent: str) -> None:
        nonlocal served
        served += "/CloudTrail/" in path and path.endswith(".json.gz")
        if served > count:
            gate.wait(PATIENCE)

    return spoil


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


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
