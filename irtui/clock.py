"""Time comes in as an argument. Nothing below the desk reads the machine's clock.

`SystemClock` is real time. A rehearsal has the scenario's clock (see `gameday`). All times are UTC.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time, UTC, timezone-aware."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean something."""

    def sleep(self, seconds: float) -> None:
        """Let that much of this clock's time pass."""

    def skip(self, seconds: float) -> bool:
        """Jumps over that much time, where time can be jumped over; False where one can only wait."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(seconds)

    def skip(self, seconds: float) -> bool:
        return False


class ManualClock:
    """A clock that moves only when told to or when somebody sleeps on it. For tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._ticks = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._ticks

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._ticks += seconds

    def skip(self, seconds: float) -> bool:
        self.sleep(seconds)
        return True


def rfc3339(moment: datetime) -> str:
    """`moment` as UTC with microseconds and a Z, the only form in which irtui writes times."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
