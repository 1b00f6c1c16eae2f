"""The clock of a world whose time irtui cannot move: real time, and what was jumped over on top of it.

Only the agenda, the engine's waits and the records go by it. Requests are signed with real time, and the emulator
keeps its own: a caller with a moved date would be refused for the date, and look cut off.
"""

from datetime import UTC, datetime, timedelta

from irtui.simulator.clock import WorldClock


class JumpedClock(WorldClock):
    """Moves nothing of this process, unlike the clock it stands in for."""

    def __init__(self) -> None:
        super().__init__()
        self._jumped = timedelta()
        self._still: datetime | None = None

    def now(self) -> datetime:
        return self._still or datetime.now(UTC) + self._jumped

    @property
    def paused(self) -> bool:
        return self._still is not None

    def set(self, moment: datetime) -> None:
        if self._still is not None:
            self._still = moment
        self._jumped = moment - datetime.now(UTC)

    def hold(self, on: bool) -> None:
        """It cannot be held: the emulator goes on."""

    def pause(self, still: bool) -> None:
        now = self.now()
        self._still = now if still else None
        self.set(now)
