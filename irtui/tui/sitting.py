"""What the screens know of the open incident: the last fold, and what was said in this sitting. No rules live here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.clock import Clock
from irtui.engine.operator import Confirmation, Message, Progress
from irtui.gameday.score import Score
from irtui.model.incident import IncidentState, StepState
from irtui.model.plan import Plan
from irtui.tui.present.gameday import paused
from irtui.tui.present.journal import Recorded


@dataclass
class Sitting:
    visit: Any
    clock: Clock
    state: IncidentState
    records: tuple[Recorded, ...] = ()
    progress: Progress = field(default_factory=Progress)
    progress_since: float = 0.0
    my_turn: bool = False
    """The engine waits for a command."""
    asking: int = 0
    """Questions on the screen that wait for an answer."""
    leaving: bool = False
    ended: bool = False
    score: Score | None = None
    """Of a rehearsal that was closed."""
    told: list[Message] = field(default_factory=list)
    unread: list[Message] = field(default_factory=list)
    """What the room said and nobody has put away yet."""
    family: Mapping[str, Any] | None = None
    """The newest family tree."""
    previews: dict[str, Confirmation] = field(default_factory=dict)

    def update(self, state: IncidentState, records: tuple[Recorded, ...]) -> None:
        self.state, self.records = state, records

    @property
    def paused(self) -> bool:
        """The rehearsal's world stands still."""
        return paused(self.records)

    def now(self) -> datetime:
        """The incident's time: a rehearsal has its own."""
        now: datetime = self.visit.clock.now()
        return now

    def progressed(self, progress: Progress) -> None:
        if progress.text != self.progress.text:
            self.progress_since = self.clock.monotonic()
        self.progress = progress

    def busy_words(self) -> str:
        """What is going on and for how long; empty when nothing is."""
        if not self.progress.text:
            return ""
        return f"{self.progress.text} · {int(self.clock.monotonic() - self.progress_since)} s"

    def step(self, key: str) -> StepState | None:
        return next((step for step in self.state.steps if step.key == key), None)

    def messages(self, key: str) -> tuple[Message, ...]:
        return tuple(message for message in self.told if message.key.partition("[")[0] == key)

    def plans(self, key: str) -> tuple[Plan, ...]:
        """The newest plan of a step, from its records."""
        for record in reversed(self.records):
            if record.type == "plan" and str(record.body.get("step", "")).partition("[")[0] == key:
                return tuple(Plan.from_data(plan) for plan in record.body.get("plans", ()))
        return ()
