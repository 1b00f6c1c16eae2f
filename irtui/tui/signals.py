"""A termination, or a terminal that goes away, while the app runs.

Rules: the first one stops the walk at its next safe point and closes the app, so that a call under way is followed
by its outcome. A second one, or GRACE seconds, ends the process where it is; the journal makes that safe.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 8.0
"""Seconds for the call under way."""
INTERRUPTED = 130


@contextmanager
def ended_by_signals(leave: Callable[[], None]) -> Iterator[list[int]]:
    """Yields the signals that came. `leave` is run on the app's loop after the first."""
    came: list[int] = []

    def strike(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            os._exit(INTERRUPTED)
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        try:
            asyncio.get_running_loop().call_soon_threadsafe(leave)
        except RuntimeError:  # no loop: the app has not begun, or has ended
            raise KeyboardInterrupt from None

    taken = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, strike) for number in (*taken, signal.SIGALRM)}
    try:
        yield came
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
