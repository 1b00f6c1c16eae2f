"""The scenario's clock: the world's time, seen from the operator's process. Waiting moves the world.

With `hurry` every sleep is a jump and no other time passes, so that a run does not depend on how quick the machine is;
without, only sleeps longer than PATIENCE are jumps. While the world stands still so does this clock, and nothing is
jumped over. UTC.
"""

import threading
import time
from datetime import datetime, timedelta

from irtui.gameday.world import World

PATIENCE = 30.0
"""Seconds that a person would rather wait through."""
_STILL = 1.0
"""Seconds of real time that a sleep takes at most while the world stands still: it comes to nothing."""


class ScenarioClock:
    """Implements `irtui.clock.Clock`. The offset is asked of the world at the start and after each jump or pause."""

    def __init__(self, world: World, hurry: bool) -> None:
        self._world = world
        self._hurry = hurry
        self._lock = threading.Lock()
        self._held = world.hold(hurry)
        self._still = world.paused
        self._base, self._at = world.now(), time.monotonic()
        self._ticks = self._at
        world.watchers.append(self._stand)

    def now(self) -> datetime:
        with self._lock:
            return self._base + timedelta(seconds=self._passed())

    def monotonic(self) -> float:
        with self._lock:
            return self._ticks + self._passed()

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if self._still:
            threading.Event().wait(min(seconds, _STILL))
        elif self._hurry or seconds > PATIENCE:
            self._move(seconds)
        else:
            threading.Event().wait(seconds)

    def skip(self, seconds: float) -> bool:
        if not self._still:
            self._move(seconds)
        return not self._still

    def _move(self, seconds: float) -> None:
        now = self._world.advance(seconds)
        with self._lock:
            self._ticks += self._passed() + seconds
            self._base, self._at = now, time.monotonic()

    def _stand(self, now: datetime, still: bool) -> None:
        with self._lock:
            self._ticks += self._passed()
            self._base, self._at, self._still = now, time.monotonic(), still

    def _passed(self) -> float:
        return 0.0 if self._still or self._held else time.monotonic() - self._at
