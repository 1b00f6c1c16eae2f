"""Every walk of an engine test ends: one that goes round in circles fails instead of hanging."""

import signal
from collections.abc import Iterator

import pytest

PATIENCE = 10


@pytest.fixture(autouse=True)
def the_walk_ends() -> Iterator[None]:
    def circles(number: int, frame: object) -> None:
        pytest.fail("the walk goes round in circles")

    before = signal.signal(signal.SIGALRM, circles)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
