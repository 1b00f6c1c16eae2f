"""Who acts in a scenario besides the operator, when, and upon what; and what the room hears meanwhile.

An actor has moves on the clock, uses that it repeats at its turns, and reactions. It may be alert: then it also takes
a turn shortly after somebody else has changed something.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from irtui.gameday.scenario.values import Address, Call, Flag, Name, Strict, Text
from irtui.gameday.spans import Span

ANY = "any"
"""A condition on whichever of the actor's credentials it is."""
OPERATOR = "operator"


Deed = Literal[
    "delete root keys", "delete root certificates", "register root device", "remove other root devices",
    "attach an SCP that denies root", "sign with the replacement key",
]  # fmt: skip
"""What a human does whom the operator asks: the root user in its console, who holds the management account, or who was
given a new key."""


@dataclass(frozen=True, kw_only=True)
class Conduct(Strict):
    """One call of an actor."""

    by: Name
    """Name of the actor's credential: a key's handle, or what another call gained."""
    call: Call
    """`sts.AssumeRole`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    gains: Name | Literal[""] = ""
    """The reply's credentials are kept under this name, in place of those before."""
    region: str = ""
    """The Region that is called, where that is not the world's own."""
    source_ip: Address | Literal[""] = ""
    """Where this call comes from, where that is not the actor's usual address."""
    user_agent: str = ""


@dataclass(frozen=True, kw_only=True)
class Use(Conduct):
    """What a credential is good for: called at every turn, and by the judge."""


@dataclass(frozen=True, kw_only=True)
class Move(Conduct):
    """A call on the clock. Before the beginning what gains must succeed; after it every answer is part of the story."""

    at: Span
    """Relative to the moment at which the operator comes in."""


@dataclass(frozen=True, kw_only=True)
class Followup(Conduct):
    """A call in reaction."""

    at: Span = timedelta()
    """Since the reaction began."""


@dataclass(frozen=True)
class Seen(Strict):
    """A successful change made by somebody else."""

    call: str = "*"
    """`iam.UpdateAccessKey`; `*` stands for anything."""
    by: str = ""
    """`operator` or an actor; empty: anybody."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that it must have had."""
    contains: str = ""
    """Text that must stand somewhere in its parameters."""


@dataclass(frozen=True)
class When(Strict):
    """Exactly one of: denied, failed, gone, seen."""

    denied: str = ""
    """A credential (or `any`) whose last call AWS forbade."""
    failed: str = ""
    """A credential (or `any`) that no longer authenticates: inactive, deleted, expired."""
    gone: str = ""
    """A user or role, by handle or name, that is there no longer."""
    seen: Seen | None = None
    actor: str = ""
    """Whose: for injects only, where it is not the adversary."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which conditions are set."""
        said = {"denied": self.denied, "failed": self.failed, "gone": self.gone, "seen": self.seen}
        return tuple(kind for kind, value in said.items() if value)


@dataclass(frozen=True)
class Reaction(Strict):
    when: When
    do: Annotated[tuple[Followup, ...], Field(min_length=1)]
    after: Span = timedelta()
    once: Flag = True


@dataclass(frozen=True)
class Actor(Strict):
    source_ip: Address
    user_agent: str
    keys: tuple[str, ...]
    """Handles of the access keys it holds at first."""
    uses: tuple[Use, ...]
    role: Literal["adversary", "workload", ""] = ""
    """Empty in a file: the actor named adversary is one, the others work legitimately."""
    every: Span = timedelta(minutes=10)
    """Between two turns; when the first one comes is the seed's."""
    moves: tuple[Move, ...] = ()
    alert: Span | None = None
    """So long after somebody else's change it takes a turn; absent: it notices at its turns only."""
    reactions: tuple[Reaction, ...] = ()
    jitter: Span = timedelta()
    """Its moves come up to so much earlier or later, by the seed; their order stays."""

    @property
    def gains(self) -> frozenset[str]:
        """Names under which it may come to hold credentials."""
        followups = [followup for reaction in self.reactions for followup in reaction.do]
        conducts: tuple[Conduct, ...] = (*self.moves, *self.uses, *followups)
        return frozenset(conduct.gains for conduct in conducts if conduct.gains)


@dataclass(frozen=True)
class Inject(Strict):
    """Something that the room hears: by the clock, or when something has happened."""

    id: Name
    text: Text
    from_: Annotated[str, Field(alias="from")] = ""
    """Who says it."""
    at: Span | None = None
    when: When | None = None
