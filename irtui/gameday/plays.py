"""Ways to play a scenario badly on purpose: a scenario proves that it teaches by losing them.

Two have names: `nothing` opens the incident, lets the scenario's time pass and closes it; `naive` does what looks
enough (deactivate the key) and leaves out the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from irtui.errors import UsageError
from irtui.gameday.spans import Span


@dataclass(frozen=True)
class Play:
    """Steps that only read are irtui's own and run in every play."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    only: tuple[str, ...] = ()
    """Keys of the steps that are run; every other one is skipped, or left open where the runbook allows no skip."""
    without: tuple[str, ...] = ()
    """The other way round: every step is run but these."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Decided otherwise than in the scenario's answers."""
    reason: str = "This play leaves it out."
    lasts: Annotated[Span, Field(alias="for")] = timedelta()
    """`for`: how long to wait before the close."""

    @property
    def acts(self) -> bool:
        return bool(self.only or self.without)

    def runs(self, key: str) -> bool:
        """Whether the step of that key is run."""
        return key in self.only or (bool(self.without) and key not in self.without)


NOTHING = Play(lasts=timedelta(hours=24))
"""Doing nothing needs no words in a scenario; `plays.nothing` says how long."""


def chosen(plays: Mapping[str, Play], name: str) -> Play:
    """Raises UsageError for a play that the scenario does not have."""
    if name in plays:
        return plays[name]
    if name == "nothing":
        return NOTHING
    there = ", ".join(sorted({*plays, "nothing"}))
    raise UsageError(f"this scenario has no play {name!r}", advice=f"It has: {there}.")
