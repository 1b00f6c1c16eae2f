"""Timing on one machine in one run: interleaved, so that a busy moment falls on both sides alike."""

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from fcntl import ioctl
from statistics import median

PATIENCE = 30.0


def interleaved(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Medians of both in seconds; each is run once beforehand to warm the caches."""
    first(), second()
    pairs = [(first(), second()) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def whole_process(command: Sequence[str]) -> float:
    """Seconds from start to end of a process that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


class Terminal:
    """A process on a pty of 120 × 40."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.seen = b""
        self._started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), {**os.environ, "TERM": "xterm-256color", **environ})
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def until(self, *words: bytes, since: int = 0) -> float:
        """Seconds from now until all of `words` have been drawn after the byte `since`."""
        start = time.perf_counter()
        while not all(word in self.seen[since:] for word in words):
            # The clock on the screen goes on drawing, so silence alone never ends this.
            ready, _, _ = select.select([self._fd], [], [], max(0.0, start + PATIENCE - time.perf_counter()))
            try:
                block = os.read(self._fd, 65536) if ready else b""
            except OSError:
                block = b""
            if not block:
                raise RuntimeError(f"{words!r} was never drawn; last: {self.seen[-400:]!r}")
            self.seen += block
        return time.perf_counter() - start

    def rest(self, seconds: float) -> None:
        """Reads what is drawn for that long: an escape key is told from a sequence by the silence after it."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            ready, _, _ = select.select([self._fd], [], [], left)
            if ready:
                self.seen += os.read(self._fd, 65536)

    @property
    def age(self) -> float:
        return time.perf_counter() - self._started

    def send(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.close(self._fd)
        os.waitpid(self.pid, 0)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
