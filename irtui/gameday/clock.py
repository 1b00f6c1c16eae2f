"""The scenario's clock: the world's time, seen from the operator's process. Waiting moves the world.

With `hurry` every sleep is a jump; without, only sleeps longer than PATIENCE are. UTC.
"""

import threading
import time
from datetime import datetime, timedelta

from irtui.gameday.world import World

PATIENCE = 30.0
"""Seconds that a person would rather wait through."""


class ScenarioClock:
    """Implements `irtui.clock.Clock`. The offset is asked of the world at the start and after each jump."""

    def __init__(self, world: World, hurry: bool) -> None:
        self._world = world
        self._hurry = hurry
        self._lock = threading.Lock()
        self._jumped = 0.0
        self._set(world.now())

    def now(self) -> datetime:
        with self._lock:
            return self._base + timedelta(seconds=time.monotonic() - self._at)

    def monotonic(self) -> float:
        with self._lock:
            return time.monotonic() + self._jumped

    def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if self._hurry or seconds > PATIENCE:
            self._set(self._world.advance(seconds), seconds)
        else:
            threading.Event().wait(seconds)

    def skip(self, seconds: float) -> bool:
        self._set(self._world.advance(seconds), seconds)
        return True

    def _set(self, now: datetime, jumped: float = 0.0) -> None:
        with self._lock:
            self._base, self._at = now, time.monotonic()
            self._jumped += jumped
