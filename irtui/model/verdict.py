"""What a guard says of a plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Ruling(IntEnum):
    """ALLOW < ASK < DENY, so the worst of several is their `max`."""

    ALLOW = 0
    ASK = 1
    DENY = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    guard: str
    """The guard's id: the name of its file."""
    ruling: Ruling
    reason: str
    """One sentence a tired person understands; may hold foreign text, so show it inert."""
    ask: str = ""
    """For ASK, what satisfies it: `target` (type the target), `reason` (type why) or `count` (type how many)."""


def worst(verdicts: Iterable[Verdict]) -> Ruling:
    """The worst ruling. No verdict at all is DENY: nobody looked."""
    return max((verdict.ruling for verdict in verdicts), default=Ruling.DENY)
