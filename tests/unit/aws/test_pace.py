"""The pace at which operations with a documented rate are called."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from irtui.aws.pace import Pace


class _Clock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self.skips = False
        self.skipped: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def skip(self, seconds: float) -> bool:
        if self.skips:
            self.skipped.append(seconds)
            self.seconds += seconds
        return self.skips


def _client(
    clock: _Clock, service: str, pages: list[bytes], pace: Pace | None = None, region: str = "eu-west-1"
) -> Any:
    make: Any = boto3.Session().client
    client = make(service, region_name=region, aws_access_key_id="A", aws_secret_access_key="s",
                  config=Config(retries={"total_max_attempts": 1}))  # fmt: skip
    answers = iter(pages)

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw: Any = _Body(next(answers))
        return AWSResponse(request.url, 200, HTTPHeaders(), raw)

    client.meta.events.register("before-send", answer)
    (pace or Pace(clock)).keep(client, "caller", service, region)
    return client


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Any:
        yield self._content


def test_every_page_of_lookup_events_waits_half_a_second_after_the_one_before() -> None:
    """Two requests a second are allowed; the third page goes a second after the first."""
    clock = _Clock()
    client = _client(clock, "cloudtrail", [b'{"NextToken": "a"}', b'{"NextToken": "b"}', b"{}"])
    list(client.get_paginator("lookup_events").paginate())
    assert clock.slept == [0.5, 0.5]


def test_an_operation_without_a_documented_rate_never_waits() -> None:
    """Only what AWS says it throttles is slowed."""
    clock = _Clock()
    client = _client(clock, "cloudtrail", [b'{"trailList": []}'] * 3)
    for _ in range(3):
        client.describe_trails()
    assert clock.slept == []


def test_where_time_can_be_jumped_nobody_waits() -> None:
    """In a rehearsal the half second passes in the world, not at the desk."""
    clock = _Clock()
    clock.skips = True
    client = _client(clock, "cloudtrail", [b'{"NextToken": "a"}', b"{}"])
    list(client.get_paginator("lookup_events").paginate())
    assert (clock.slept, clock.skipped) == ([], [0.5])


def test_regions_that_are_asked_side_by_side_wait_side_by_side() -> None:
    """The half second that five Regions wait for passes once in the world, not five times."""
    clock = _Clock()
    clock.skips = True
    pace, ready = Pace(clock), Barrier(5)
    regions = [f"eu-west-{number}" for number in range(5)]

    def ask(region: str) -> None:
        client = _client(clock, "cloudtrail", [b"{}"] * 2, pace, region)
        client.lookup_events()
        ready.wait(30)
        client.lookup_events()

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(ask, regions))
    assert sum(clock.skipped) == 0.5 and clock.slept == []
