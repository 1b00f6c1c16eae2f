"""What others have said of a plan: who was asked, who approved, until when, and whether the glass was broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irtui.model.identity import Identity


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a signed file names them: by AWS where it was asked, else only by irtui's settings."""

    name: str
    """As the person's own irtui names them; foreign text."""
    arn: str = ""
    """The caller that AWS told that person's irtui; empty in a rehearsal."""
    user_id: str = ""

    @property
    def words(self) -> str:
        return f"{self.name} ({self.arn.rsplit(':', 1)[-1]})" if self.arn else self.name

    def same_as(self, other: "Person") -> bool:
        """Whether it must be taken for the same human.

        AWS's word counts where both have one: the same ARN or unique id, or the same user or session name in whatever
        role (single sign-on names the session after the human). Without it, the name.
        """
        if not self.arn or not other.arn:
            return self.name.casefold() == other.name.casefold()
        if self.arn == other.arn or (self.user_id and self.user_id == other.user_id):
            return True
        return _human(self.arn) == _human(other.arn)

    def as_data(self) -> dict[str, str]:
        return {"name": self.name, "arn": self.arn, "user_id": self.user_id}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Person":
        return cls(str(data["name"]), str(data["arn"]), str(data["user_id"]))


@dataclass(frozen=True, slots=True)
class Approver:
    person: Person
    key: str
    """The long-term public key that signed, hex."""
    pinned: str
    """The name under which the operator's settings know that key."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for approval and what came of it. It holds for one plan, once, until it expires."""

    request: str
    """The request's id."""
    digest: str
    """Of the plans that it is about."""
    wanted: int
    """How many other people must approve."""
    expires: datetime
    file: str = ""
    """Name of the request file in the incident's folder for approvals."""
    by: tuple[Approver, ...] = ()
    glass: str = ""
    """Why the operator goes on alone; empty: nobody broke the glass."""
    used: bool = False
    """A plan was confirmed on it. It never counts again."""

    @property
    def missing(self) -> int:
        return max(self.wanted - len(self.by), 0)

    def live(self, now: datetime) -> bool:
        """It may still be answered and used."""
        return not self.used and now < self.expires

    @property
    def words(self) -> str:
        """`0 of 1 approved; the request expires at 02:51:07Z`. With the reason of who broke the glass: for a screen
        only, because what was typed stands in one record alone, from where it may be removed."""
        return f"{self.standing}: {self.glass}" if self.glass else self.standing

    @property
    def standing(self) -> str:
        """The same without anything that was typed."""
        told = f"{len(self.by)} of {self.wanted} approved"
        names = ", ".join(approver.pinned for approver in self.by)
        told += f" ({names})" if names else ""
        if self.glass:
            return f"BREAK-GLASS ({told})"
        if self.used:
            return f"{told}; used"
        return f"{told}; {'holds until' if not self.missing else 'the request expires at'} {self.expires:%H:%M:%SZ}"


def _human(arn: str) -> str:
    identity = Identity("", arn, "")
    return (identity.session_name or identity.name).casefold()
