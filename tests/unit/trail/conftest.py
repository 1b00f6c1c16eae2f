"""A world whose hours go by, and trails in it, for the tests of validation."""

from collections.abc import Iterator
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab
from tests.support.trails import ALL, Trailed


@pytest.fixture(scope="module")
def trail_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=12, folder=tmp_path_factory.mktemp("trails"))
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="module")
def trail_auditor(trail_lab: Lab) -> Any:
    return trail_lab.user("auditor", ALL)


@pytest.fixture
def trailed(trail_lab: Lab, trail_auditor: Any, request: pytest.FixtureRequest) -> Iterator[Trailed]:
    """A trail with a bucket of the test's own."""
    name = "".join(character if character.isalnum() else "-" for character in request.node.name)[:60].strip("-")
    made = Trailed(trail_lab, trail_auditor, name.lower())
    yield made
    made.cloudtrail.delete_trail(Name="main")
