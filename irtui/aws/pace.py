"""How often AWS lets an operation be called, where it says so: asked more often it throttles, and a retry waits longer.

LookupEvents: two requests per second, per account and Region (CloudTrail API reference, LookupEvents).
"""

import threading
from collections.abc import Mapping
from typing import Any

from irtui.clock import Clock

INTERVALS: Mapping[tuple[str, str], float] = {("cloudtrail", "LookupEvents"): 0.5}
"""(service, operation) → seconds between two requests."""


class Pace:
    """Safe to use from several threads; each gets its own turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._moving = threading.Lock()
        """Held by whoever moves the time: what another thread has moved it by need not pass again."""
        self._free: dict[tuple[str, ...], float] = {}
        """When the next request of this kind may go."""

    def keep(self, client: Any, session: str, service: str, region: str) -> None:
        """From now on each page that this client asks for waits for its turn."""
        for (named, operation), interval in INTERVALS.items():
            if named == service:
                kind = (session, operation, region)
                client.meta.events.register(
                    f"before-call.{service}.{operation}", lambda _kind=kind, _gap=interval, **_: self._wait(_kind, _gap)
                )

    def _wait(self, kind: tuple[str, ...], interval: float) -> None:
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._free.get(kind, now))
            self._free[kind] = turn + interval
        if turn > now and not self._skipped(turn):
            self._clock.sleep(turn - now)

    def _skipped(self, turn: float) -> bool:
        """In a rehearsal the world's time passes, not a person's."""
        with self._moving:
            left = turn - self._clock.monotonic()
            return left <= 0 or self._clock.skip(left)
