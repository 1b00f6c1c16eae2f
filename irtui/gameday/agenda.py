"""What happens in a world, and when: deeds by the world's time, each done at its own moment."""

import heapq
import threading
from collections.abc import Callable
from datetime import datetime

Deed = Callable[[], object]


class Agenda:
    """Deeds of one moment are done in the order in which they were put down. Any thread may put one down."""

    def __init__(self) -> None:
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._count = 0
        self._lock = threading.Lock()
        self.changed = threading.Event()
        """Set by every new deed, so that whoever waits for the next one looks again."""

    def put(self, moment: datetime, deed: Deed) -> None:
        with self._lock:
            self._count += 1
            heapq.heappush(self._deeds, (moment, self._count, deed))
        self.changed.set()

    def next(self) -> datetime | None:
        """When the next deed is due."""
        with self._lock:
            return self._deeds[0][0] if self._deeds else None

    def take(self, until: datetime) -> tuple[datetime, Deed] | None:
        """The next deed that is due by then; it is no longer on the agenda."""
        with self._lock:
            if not self._deeds or self._deeds[0][0] > until:
                return None
            moment, _, deed = heapq.heappop(self._deeds)
            return moment, deed
