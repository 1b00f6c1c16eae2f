"""What the records said of one step, or of one item of a `for_each`, while they are folded."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.model.incident import StepStatus


@dataclass(slots=True)
class Unit:
    """What the records said of one step, or of one item."""

    status: StepStatus = StepStatus.TODO
    values: dict[str, Any] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    reason: str = ""
    advice: str = ""
    settle_at: datetime | None = None
    wait_until: datetime | None = None
    look_at: datetime | None = None
    looked: int = 0
    reply: str = ""
    asserted: str = ""
    proof: str = ""
    accepted: bool = False
    """The last call was accepted by AWS; its effect may not have been looked for yet."""
    verified: bool = False
    useless: bool = False
    """The last change was done, and nobody can use what it made: no look makes that good."""
    taken_back: bool = False
    """The last change in effect was an undo."""
    dismissed: bool = False
    """Not needed because `when` was false: needed again when it is true."""

    def becomes(self, status: StepStatus, reason: str = "", advice: str = "") -> None:
        self.status, self.reason, self.advice = status, reason, advice
        if status is not StepStatus.SETTLING:
            self.settle_at = None


RANK = (
    StepStatus.RUNNING,
    StepStatus.IN_DOUBT,
    StepStatus.REFUTED,
    StepStatus.FAILED,
    StepStatus.TODO,
    StepStatus.UNDONE,
    StepStatus.WAITING,
    StepStatus.UNVERIFIED,
    StepStatus.SETTLING,
    StepStatus.SKIPPED,
    StepStatus.DONE,
    StepStatus.NOT_NEEDED,
)


def worst(units: list[Unit]) -> Unit:
    return min(units, key=lambda unit: RANK.index(unit.status))
