"""Half measures: for every scenario its losing plays, and others by chance that leave out some of what contains."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from irtui.engine.outline import outline
from irtui.gameday.plays import Play
from irtui.gameday.scenario import load_scenario
from irtui.runbook.library import Library, shipped_folder

CHANCE = "chance"
"""The play that leaves out what the seed says."""
AFTER = timedelta(hours=1)
"""The adversary goes on for so long before the incident is closed; then everything is tried again."""


def ways(name: str) -> tuple[str, ...]:
    """The losing plays of a scenario, and the one of chance."""
    return (*load_scenario(name).plays, CHANCE)


def half(name: str, way: str, seed: int) -> Play:
    """That play with an hour at its end."""
    scenario = load_scenario(name)
    if way != CHANCE:
        return replace(scenario.plays[way], lasts=AFTER)
    library = Library((shipped_folder(),))
    runbook = library.find(scenario.runbook)
    dice = Random(f"{name} {seed}")
    steps = [node for node in outline(runbook, library.children(runbook)) if not node.step.rechecks]
    left = [node.key for node in steps if dice.random() < (0.3 if node.step.phase == "contain" else 0.1)]
    return Play(without=tuple(left) or (steps[-1].key,), lasts=AFTER)
