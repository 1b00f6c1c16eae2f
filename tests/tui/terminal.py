"""A real pseudo-terminal around a program: keys in, every byte out, and the screen as a terminal would show it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

HERE = Path(__file__).parent
# Queries and modes that pyte does not know; terminals do.
_UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\")


class Terminal:
    def __init__(
        self, *arguments: str, columns: int = 120, rows: int = 40, environ: Mapping[str, str] | None = None
    ) -> None:
        self.output = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environ = environ or {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TERM": "xterm-256color",
            "LANG": "C.UTF-8", "PYTHONPATH": str(HERE.parent.parent),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environ, close_fds=True,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def read(self, seconds: float = 0.05) -> None:
        """Takes what comes within `seconds`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._master], [], [], left)
            if not ready:
                return
            try:
                chunk = os.read(self._master, 65536)
            except OSError:  # the program has ended
                return
            if not chunk:
                return
            self.output += chunk
            self._stream.feed(_UNKNOWN.sub(b"", chunk))

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def click(self, column: int, row: int) -> None:
        """Left button down and up; columns and rows count from 0."""
        self.press(f"\x1b[<0;{column + 1};{row + 1}M")
        self.press(f"\x1b[<0;{column + 1};{row + 1}m")

    @property
    def lines(self) -> list[str]:
        return list(self._screen.display)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def until(self, words: str, seconds: float = 15.0) -> None:
        self.wait(lambda: words in self.text, f"no {words!r}", seconds)

    def until_gone(self, words: str, seconds: float = 15.0) -> None:
        self.wait(lambda: words not in self.text, f"still {words!r}", seconds)

    def wait(self, true: Callable[[], bool], why: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end and self.process.poll() is None, f"{why} in\n{self.text}"
            self.read()

    def ended(self, seconds: float = 15.0) -> int | None:
        """The exit code, when everything that the program wrote has been read; None when it still runs."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        self.read(0.2)
        return self.process.poll()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
