"""Half measures: the losing plays of a scenario, and others by chance that leave out a little of what contains."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from irtui.engine.outline import outline
from irtui.gameday.plays import Play
from irtui.gameday.scenario import load_scenario
from irtui.lint.subject import effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody, Step, UseBody
from irtui.runbook.library import Library, shipped_folder

CHANCE = "chance"
"""The play that leaves out what the seed says."""
AFTER = timedelta(hours=1)
"""The adversary goes on for so long before the incident is closed; then everything is tried again."""


def ways(name: str) -> tuple[str, ...]:
    """The plays of a scenario that do something and lose, each followed by one of chance; or chance alone."""
    plays = [way for way, play in load_scenario(name).plays.items() if play.acts]
    return tuple(way for play in plays for way in (CHANCE, play)) or (CHANCE,)


def half(name: str, way: str, seed: int) -> Play:
    """That play, with an hour at its end. By chance: one to three steps are skipped, mostly of those that contain."""
    scenario = load_scenario(name)
    if way != CHANCE:
        return replace(scenario.plays[way], lasts=AFTER)
    library = Library((shipped_folder(),))
    runbook = library.find(scenario.runbook)
    steps = [n for n in outline(runbook, library.children(runbook)) if n.step.skippable and not _by_itself(n.step)]
    drawn = [node.key for node in steps for _ in range(5 if node.step.phase == "contain" else 1)]
    dice = Random(f"{name} {seed}")
    left = {dice.choice(drawn) for _ in range(dice.choice((1, 1, 2, 3)))}
    return Play(without=tuple(sorted(left)), reason="There is no time for it.", lasts=AFTER)


def _by_itself(step: Step) -> bool:
    """It only reads: in every play irtui does it."""
    return isinstance(step.body, CallBody | UseBody) and effect_of(step) is Effect.READ
