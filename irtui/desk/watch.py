"""What a face sees of a question to CloudTrail while it is answered, and how it stops it.

Rules: a stop is like ctrl-c: it is raised where the asking thread next looks, and what was found until then is kept.
Words come at most a few times a second, a report of what was found so far more rarely the longer it takes to make.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

WORDS = 0.2
"""Seconds between two words of progress."""
REPORT = 1.0
"""Seconds between two reports, at least."""
_SHARE = 20
"""A report is made when this many times the time went by that the last one took to be made and told."""


GRACE = 1.0
"""Seconds after a stop in which the answering thread may come to an end by itself."""
_TICK = 0.05
THREAD = "irtui-trail-asked"
"""Name of the threads that ask. One that was stopped may live on until AWS has answered it."""
T = TypeVar("T")


class Stopped(KeyboardInterrupt):
    """Somebody wants no more of it."""


class Watch:
    """`told` gets words and, now and then, the report so far; on the answering thread or one that it started."""

    def __init__(
        self, monotonic: Callable[[], float], told: Callable[[str, Mapping[str, Any] | None], None] = lambda *_: None
    ) -> None:
        self._monotonic, self._told = monotonic, told
        self._stop = threading.Event()
        self._words_at, self._report_at = monotonic(), monotonic() + REPORT

    def stop(self) -> None:
        """From any thread."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def check(self) -> None:
        """Raises Stopped."""
        if self._stop.is_set():
            raise Stopped

    def over(self, work: Callable[[], T]) -> T:
        """Does it on a thread of its own. Raises what it raises, and Stopped soon after a stop or ctrl-c, even while
        AWS is silent and that thread waits for it.
        """
        ended, values, errors = threading.Event(), list[T](), list[BaseException]()

        def run() -> None:
            try:
                values.append(work())
            except BaseException as error:  # it belongs to whoever waits
                errors.append(error)
            ended.set()

        threading.Thread(target=run, name=THREAD, daemon=True).start()
        try:
            while not self._stop.is_set() and not ended.wait(_TICK):
                pass
        except KeyboardInterrupt:
            self.stop()
        if not ended.wait(GRACE):
            raise Stopped
        if errors:
            raise errors[0]
        return values[0]

    def tell(self, words: str) -> None:
        """A step begins."""
        self.check()
        self._told(words, None)

    def now_and_then(self, words: Callable[[], str], report: Callable[[], Mapping[str, Any]] | None = None) -> None:
        """Called as often as one likes; by one thread at a time."""
        now = self._monotonic()
        if now < self._words_at:
            return
        self._words_at = now + WORDS
        if report is None or now < self._report_at:
            self._told(words(), None)
            return
        self._told(words(), report())
        after = self._monotonic()
        self._report_at = after + max(REPORT, _SHARE * (after - now))


def lingering() -> bool:
    """Whether a thread still waits for AWS to answer a read that nobody wants any more. Python would wait for it."""
    return any(thread.name == THREAD for thread in threading.enumerate())
