"""ctrl-c, a termination and a terminal that goes away, while an incident is walked line by line.

Rules: the first one ends the questions and stops at the next safe point, so that a call under way is followed by its
outcome. A second one does not wait. After a termination or a hang-up nobody is there to send a second one, so it
comes by itself after GRACE seconds, and the process ends LAST seconds later at the latest. All end with 130.
"""

import os
import signal
import stat
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from irtui.cli.diagnostics import ExitCode
from irtui.cli.lines import Lines
from irtui.errors import Declined

if TYPE_CHECKING:
    from irtui.desk.visit import Visit

GRACE = 8.0
"""Seconds for the call under way, after a termination or a hang-up."""
LAST = 3.0
_LEFT_ALONE = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible(lines: Lines, visit: "Visit | None" = None) -> Iterator[None]:
    """Raises KeyboardInterrupt at the end of the block when something of it came meanwhile."""
    pressed = 0

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        if number != signal.SIGINT:
            if number == signal.SIGHUP or pressed > 1:
                _mute()  # a terminal that nobody reads would hold up every line, and the end
            signal.setitimer(signal.ITIMER_REAL, GRACE if pressed == 1 else LAST)
        if pressed > 2 and number == signal.SIGALRM:
            os._exit(ExitCode.INTERRUPTED)
        if pressed > 1:
            raise KeyboardInterrupt
        lines.interrupt()
        if visit:
            visit.stop()

    taken = [number for number in (signal.SIGINT, *_LEFT_ALONE) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, press) for number in (*taken, signal.SIGALRM)}
    try:
        yield
    except Declined as declined:
        if pressed:
            raise KeyboardInterrupt from declined
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
    if pressed:
        raise KeyboardInterrupt


def _mute() -> None:
    """Nothing more goes to a terminal, and what waits to be written there is dropped. Pipes and files stay."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, termios.error):
            descriptor = stream.fileno()
            if not stat.S_ISCHR(os.fstat(descriptor).st_mode):  # isatty denies a terminal that has hung up
                continue
            terminal = os.dup(descriptor)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, descriptor)
            os.close(nowhere)
            try:
                termios.tcflush(terminal, termios.TCOFLUSH)
            finally:
                os.close(terminal)
