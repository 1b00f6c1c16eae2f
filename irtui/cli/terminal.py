"""What the terminal can do, asked before a face is chosen. Every refusal is one line that names the way out."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO


def without_screen(environ: Mapping[str, str], stdin: TextIO, stderr: TextIO) -> str:
    """Why the TUI cannot be drawn here, in one line with the way out; empty when it can. It draws on stderr."""
    if not (_terminal(stdin) and _terminal(stderr)):
        return "The TUI needs a terminal on stdin and stderr; use --plain, or see irtui --help."
    term = environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return f"The terminal cannot be drawn on (TERM={term!r}); use --plain, or set TERM=xterm-256color."
    if not utf8(stderr):
        return "The locale is not UTF-8; use --plain --ascii, or set LC_ALL=C.UTF-8."
    return ""


def utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def _terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def screen_refusal() -> str:
    return without_screen(os.environ, sys.stdin, sys.stderr)
