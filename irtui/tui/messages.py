"""What the bridge's thread tells the screens. Small values; posting one never waits for the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from irtui.desk.handed import Handed
    from irtui.desk.nouns import Briefing
    from irtui.engine.operator import Confirmation, Progress, Question, Task
    from irtui.engine.operator import Message as Told
    from irtui.gameday.score import Score
    from irtui.model.incident import IncidentState
    from irtui.tui.pending import Pending
    from irtui.tui.present.desk import Shelf
    from irtui.tui.present.journal import Recorded


@dataclass
class ShelfRead(Message):
    """The desk has been read."""

    shelf: Shelf


@dataclass
class Briefed(Message):
    """AWS has been asked who and where we are; the operator can fill in the form."""

    briefing: Briefing


@dataclass
class Opened(Message):
    """An incident is open, and may be walked."""

    visit: Any


@dataclass
class Broke(Message):
    """A job of the bridge ended with an error."""

    error: BaseException
    during: str
    """shelf, briefing, opening, walking or handing over."""


@dataclass
class Updated(Message):
    """The journal has grown."""

    state: IncidentState
    records: tuple[Recorded, ...]


@dataclass
class Progressed(Message):
    progress: Progress


@dataclass
class Spoke(Message):
    """The engine told the operator something."""

    told: Told


@dataclass
class YourTurn(Message):
    """The engine waits for a command."""

    state: IncidentState
    taken: int = 0
    """How many commands had been given when it was asked; an older question is answered already."""


@dataclass
class Asked(Message):
    """The engine's thread waits for this answer. `secret` questions come as plain text."""

    request: Confirmation | Question | Task | str
    pending: Pending


@dataclass
class SignedOff(Message):
    """The walk is over: the incident was handed over."""

    handed: Handed


@dataclass
class Ended(Message):
    """The walk is over: left, or closed."""

    state: IncidentState
    objectives: tuple[Any, ...]
    score: Score | None = None
    """Of a rehearsal that was closed."""
