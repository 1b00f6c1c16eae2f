"""Lines from a human, read on a thread of their own, so that a prompt can be left when something else is due.

Rules: the end of the input, an interrupt and a time-out are values, not lines, so that no empty string is ever taken
for one of them. Reading is unbuffered on a daemon thread: a thread that waits for a line never holds up the end of
the program.
"""

import codecs
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

LONGEST = 4096
"""Characters of a line that are kept; nobody types more, and a pasted file must not become one answer."""


class Silence(Enum):
    """Why there was no line."""

    DUE = "the time was up"
    ENDED = "the input ended"
    INTERRUPTED = "ctrl-c"


class Lines:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # A SimpleQueue may be put to from a signal handler while the same thread waits on it; a Queue may not.
        self._queue: queue.SimpleQueue[str | Silence] = queue.SimpleQueue()
        self._ended: Silence | None = None
        self._reader: threading.Thread | None = None

    @property
    def typed_by_hand(self) -> bool:
        return os.isatty(self._descriptor)

    def ask(self, timeout: float | None = None) -> str | Silence:
        """The next line without its end; after `timeout` seconds DUE. ENDED and INTERRUPTED come again each time."""
        if self._ended:
            return self._ended
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="lines", daemon=True)
            self._reader.start()
        try:
            line = self._queue.get(timeout=timeout)
        except queue.Empty:
            return Silence.DUE
        if isinstance(line, Silence):
            self._ended = line
        return line

    def forget(self) -> None:
        """Drops what a human typed ahead of a question; a script's input is kept, it cannot see questions."""
        while self.typed_by_hand and not self._queue.empty():
            line = self._queue.get()
            if isinstance(line, Silence):
                self._ended = line

    def interrupt(self) -> None:
        """May be called from a signal handler."""
        self._queue.put(Silence.INTERRUPTED)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """The terminal does not show what is typed meanwhile."""
        if not self.typed_by_hand:
            yield
            return
        import termios

        before = termios.tcgetattr(self._descriptor)
        silent = list(before)
        silent[3] = before[3] & ~termios.ECHO
        termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, silent)
        try:
            yield
        finally:
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)

    def _read(self) -> None:
        for line in _lines(lambda: os.read(self._descriptor, 4096)):
            self._queue.put(line)
        self._queue.put(Silence.ENDED)


def _lines(read: Callable[[], bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    while True:
        try:
            block = read()
        except OSError:
            # A terminal that was closed under us ends the input like any other end.
            block = b""
        rest += decoder.decode(block, final=not block)
        *whole, rest = rest.split("\n")
        yield from (line.rstrip("\r")[:LONGEST] for line in whole)
        rest = rest[:LONGEST]
        if not block:
            # A last line without its end is not an answer: nobody pressed enter.
            return
