"""A bucket of many small logs that falls silent after some of them; and what processes a program has."""

import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.trails import BEGIN, Body, SignedTrail

KEY = "AKIAIOSFODNN7EXAMPLE"
LOGS, BEFORE = 300, 150
"""Log files, and how many are served before the bucket falls silent."""
PATIENCE = 20.0


def many_logs() -> SignedTrail:
    """One hour, each of its logs with one event of KEY."""
    trail, logs = SignedTrail(), {}
    for number in range(LOGS):
        event = {"eventID": f"e{number}", "eventTime": "2026-03-01T00:30:00Z", "userIdentity": {"accessKeyId": KEY}}
        data = json.dumps({"Records": [event]}).encode()
        body = Body(gzip.compress(data), hashlib.sha256(data).hexdigest())
        logs[trail.log(BEGIN + timedelta(minutes=number % 50), number, body)] = body.sha256
    trail.add(BEGIN, logs)
    return trail


def silent_after(count: int, gate: threading.Event) -> Callable[[str, str], None]:
    """Holds every answer back until `gate` is set."""
    served = 0

    def spoil(path: str, agent: str) -> None:
        nonlocal served
        served += "/CloudTrail/" in path and path.endswith(".json.gz")
        if served > count:
            gate.wait(PATIENCE)

    return spoil


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
