"""What a seed makes of a scenario: when exactly everybody moves. Keys, ids and delays differ by it as well.

Rules: an actor's moves keep their order and their side of the beginning; one seed always gives one scenario.
"""

import random
from dataclasses import replace
from datetime import timedelta

from irtui.gameday.scenario.cast import Actor, Move
from irtui.gameday.scenario.format import Scenario

_NOW = timedelta()


def seeded(scenario: Scenario, seed: int) -> Scenario:
    """The scenario as that seed plays it."""
    actors = {
        name: replace(actor, moves=_shifted(actor, random.Random(f"moves {name} {seed}")))
        for name, actor in scenario.actors.items()
    }
    return replace(scenario, actors=actors)


def phase(actor: str, every: timedelta, seed: int) -> timedelta:
    """How long after the beginning an actor comes to its first turn: more than nothing, at most `every`."""
    return every * (1 - random.Random(f"phase {actor} {seed}").random())


def _shifted(actor: Actor, chance: random.Random) -> tuple[Move, ...]:
    """Each move by up to `jitter`, but never further than half-way to its neighbours or to the beginning."""
    if not actor.jitter:
        return actor.moves
    moves = sorted(actor.moves, key=lambda move: move.at)
    fixed = sorted({_NOW, *(move.at for move in moves)})
    shifted = []
    for move in moves:
        position = fixed.index(move.at)
        room = [abs(fixed[beside] - move.at) / 2 for beside in (position - 1, position + 1) if 0 <= beside < len(fixed)]
        most = min([actor.jitter, *room])
        by = most * chance.uniform(-1, 1) if move.at != _NOW else _NOW
        shifted.append(replace(move, at=move.at + by))
    return tuple(shifted)
