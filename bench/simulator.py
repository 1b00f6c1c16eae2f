"""What the simulated AWS costs: its start, one IAM call beside bare moto's, and ninety days of ordinary events."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from bench.timing import interleaved
from irtui.gameday.scenario import load_scenario, parse_scenario
from irtui.gameday.world import World

SCENARIO = "leaked-key"
DAYS, EVENTS = 90, 50_000
_PATIENCE = 30.0
_DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'


def seconds_to_start(rounds: int = 3) -> float:
    """Best of some: from nothing to a world that stands and answers."""
    return min(_started(parse_scenario(load_scenario(SCENARIO).source, SCENARIO)) for _ in range(rounds))


def seconds_to_seed() -> float:
    """The same with `EVENTS` background events over `DAYS` days in its history."""
    source = load_scenario(SCENARIO).source + f"\nbackground: {{days: {DAYS}, events: {EVENTS}}}\n"
    return _started(parse_scenario(source, SCENARIO), events=EVENTS)


def _started(scenario: Any, events: int = 0) -> float:
    with tempfile.TemporaryDirectory(prefix="irtui-bench-") as folder:
        begun = time.perf_counter()
        world = World.start(scenario, seed=1, folder=Path(folder))
        taken = time.perf_counter() - begun
        try:
            if events and (found := len(world._ask("events", {"background": True}))) < events:
                raise RuntimeError(f"only {found} events are in its history")
        finally:
            world.stop()
    return taken


def medians(rounds: int) -> tuple[float, float]:
    """Seconds of one IAM call of the usual mix by boto3 over a connection kept open: the world's, bare moto's."""
    with tempfile.TemporaryDirectory(prefix="irtui-bench-") as folder, _bare_moto() as port:
        world = World.start(load_scenario(SCENARIO), seed=1, folder=Path(folder))
        try:
            seat = world.operator_credentials()
            ours = _client(world.url, seat.access_key_id, seat.secret_access_key, seat.session_token)
            theirs = _client(f"http://127.0.0.1:{port}", "AKIAIOSFODNN7EXAMPLE", "bare", None)
            user = load_scenario(SCENARIO).world.users["ci"].name
            theirs.create_user(UserName=user)
            theirs.create_access_key(UserName=user)
            return interleaved(_mix(ours, user), _mix(theirs, user), rounds)
        finally:
            world.stop()


def _mix(iam: Any, user: str) -> Callable[[], float]:
    """The mean of two reads and two changes."""
    key = iam.list_access_keys(UserName=user)["AccessKeyMetadata"][0]["AccessKeyId"]

    def once() -> float:
        begun = time.perf_counter()
        iam.get_user(UserName=user)
        iam.list_access_keys(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="bench", PolicyDocument=_DENY)
        iam.update_access_key(UserName=user, AccessKeyId=key, Status="Active")
        return (time.perf_counter() - begun) / 4

    return once


def _client(url: str, key: str, secret: str, token: str | None) -> Any:
    return boto3.client(
        "iam", endpoint_url=url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
        aws_session_token=token, config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )  # fmt: skip


@contextmanager
def _bare_moto() -> Iterator[int]:
    """moto's own server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > end or server.poll() is not None:
                    raise RuntimeError("bare moto did not start") from None
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()
