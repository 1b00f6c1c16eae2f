"""An answer that one thread waits for and another gives."""

import queue
from collections.abc import Callable
from typing import Any


class Pending:
    """Rules: the first answer counts, later ones are ignored. None is *declined*."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def answer(self, value: Any) -> None:
        self._answers.put(value)

    def wait(self, every: float, meanwhile: Callable[[], None]) -> Any:
        """Calls `meanwhile` after each `every` seconds without an answer; what it raises ends the waiting."""
        while True:
            try:
                return self._answers.get(timeout=every)
            except queue.Empty:
                meanwhile()
