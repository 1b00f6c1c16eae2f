"""A small world with an all-powerful operator, shared by the simulator's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import LAB, Lab, Tell, outcome


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder: Path = tmp_path_factory.mktemp("lab")
    world = World.start(parse_scenario(LAB, "lab.yaml"), seed=7, folder=folder, idle_seconds=300)
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="session")
def tell() -> Tell:
    return outcome
