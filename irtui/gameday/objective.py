"""What the judge said of one thing that counts as won. Light: a report reads it without the world that was judged."""

from collections.abc import Iterable
from dataclasses import dataclass

UNJUDGED = "not judged: "
"""How the detail begins of what nobody knows; it is not met."""


@dataclass(frozen=True, slots=True)
class Objective:
    id: str
    text: str
    met: bool
    detail: str


def won(objectives: Iterable[Objective]) -> bool:
    """Whether there is something to be won, and all of it is."""
    met = [objective.met for objective in objectives]
    return bool(met) and all(met)
