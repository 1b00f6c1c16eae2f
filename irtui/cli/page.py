"""Where the plain face writes: one stream, line by line, nothing is ever drawn over."""

import threading
from typing import TextIO

from irtui.cli.diagnostics import print_to
from irtui.cli.terminal import utf8

_SIGNS = str.maketrans(
    {
        "·": "-",
        "→": "->",
        "▶": ">",
        "✔": "+",
        "✘": "x",
        "…": "...",
        "–": "-",
        "◷": "~",
        "↺": "!",
        "‼": "!",
        "↶": "<",
        "├": "+",
        "└": "+",
        "│": "|",
        "─": "-",
    }
)
"""What `--ascii` makes of the face's own signs; any other character that is not ASCII is spelled out."""


class Page:
    """A stream that may be limited to ASCII. Calls may come from any thread; a line is never torn."""

    def __init__(self, stream: TextIO, *, ascii_only: bool = False) -> None:
        self._stream = stream
        self._ascii = ascii_only or not utf8(stream)
        self._lock = threading.Lock()
        self._standing = ""
        """The prompt after which the cursor stands."""

    def line(self, text: str = "") -> None:
        """A line of its own, also while a prompt stands."""
        with self._lock:
            self._leave()
            print_to(self._stream, self._plain(text))

    def lines(self, *texts: str) -> None:
        for text in texts:
            self.line(text)

    def prompt(self, text: str) -> None:
        """Text after which the cursor stays on the line; not again while it stands there already."""
        with self._lock:
            if self._standing != text:
                self._leave()
                print_to(self._stream, self._plain(text), end="")
                self._standing = text

    def answered(self, shown: str | None = None) -> None:
        """The prompt has its answer: what a human typed ended its line; anything else is `shown` behind it."""
        with self._lock:
            self._standing = ""
            if shown is not None:
                print_to(self._stream, self._plain(shown))

    def _leave(self) -> None:
        if self._standing:
            self._standing = ""
            print_to(self._stream, "")

    def _plain(self, text: str) -> str:
        return text.translate(_SIGNS).encode("ascii", "backslashreplace").decode() if self._ascii else text
