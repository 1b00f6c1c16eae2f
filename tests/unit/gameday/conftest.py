"""Worlds for the game-day tests; every one that a test starts is ended, whatever the test does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from irtui.gameday.scenario import Scenario, load_scenario
from irtui.gameday.world import World


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Starts a world of the leaked-key scenario, or of the one given."""
    worlds: list[World] = []

    def begin(scenario: Scenario | None = None, *, seed: int = 1, idle_seconds: float = 120, name: str = "w") -> World:
        folder = tmp_path / f"{name}{len(worlds)}"
        world = World.start(
            scenario or load_scenario("leaked-key"), seed=seed, folder=folder, idle_seconds=idle_seconds
        )
        worlds.append(world)
        return world

    yield begin
    for world in worlds:
        world.stop()
