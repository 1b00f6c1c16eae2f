"""The world's clock: real time plus an offset, for this whole process.

moto has hundreds of calls to the machine's clock, so time itself is moved (time-machine, still ticking).
Only the world's own process may do this; the operator's process keeps real time. UTC throughout.
"""

import time
from datetime import UTC, datetime, timedelta

import time_machine


class WorldClock:
    """Rules: monotonic time is never moved; time goes forward once people are in the world, or stands still.

    Held, it goes on only when it is moved, so that what happens does not depend on how quick the machine is. Paused, it
    is not moved either.
    """

    def __init__(self) -> None:
        self._travel: time_machine.travel | None = None
        self._moved: time_machine.Traveller | None = None
        self._held = self._paused = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def held(self) -> bool:
        return self._held

    def set(self, moment: datetime) -> None:
        """It is `moment` now, and time goes on from there."""
        if self._moved is None:
            self._travel = time_machine.travel(moment, tick=self._ticks())
            self._moved = self._travel.start()
        else:
            self._moved.move_to(moment, tick=self._ticks())

    def pause(self, still: bool) -> None:
        """Time stands still until it is told to go on, from the same moment."""
        self._paused = still
        self.set(self.now())

    def hold(self, on: bool) -> None:
        self._held = on
        self.set(self.now())

    def _ticks(self) -> bool:
        return not (self._held or self._paused)

    def advance(self, seconds: float) -> None:
        self.set(self.now() + timedelta(seconds=seconds))

    def restore(self) -> None:
        """Back to the machine's own time."""
        if self._travel is not None:
            self._travel.stop()
            self._travel = self._moved = None


def monotonic() -> float:
    """Real seconds, whatever the world's clock says."""
    return time.monotonic()
