"""What a screen shows, as data: a line is a tuple of (text, role). Roles become colours in `widgets/paint.py`."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from irtui.canonical import plain

Span = tuple[str, str]
Line = tuple[Span, ...]
ROLES = ("", "dim", "head", "name", "good", "warn", "bad", "add", "cut", "key", "real", "rehearsal", "locked")
EMPTY: Line = ()


def say(text: str, role: str = "") -> Line:
    return ((text, role),)


def paragraphs(text: str, role: str = "") -> tuple[Line, ...]:
    """Running text, one line per line of it; the painter wraps."""
    return tuple(say(line, role) for line in text.strip().replace("\t", "  ").split("\n")) if text.strip() else ()


def reflowed(text: str) -> tuple[Line, ...]:
    """Prose whose line breaks are only its author's editor's: joined to paragraphs. Lists and indented lines stay."""
    joined: list[str] = []
    for line in text.strip().replace("\t", "  ").split("\n"):
        goes_on = joined and joined[-1] and line[:1].isalpha() and not joined[-1].startswith(("  ", "|", "#"))
        if goes_on:
            joined[-1] = f"{joined[-1]} {line.rstrip()}"
        else:
            joined.append(line.rstrip())
    return tuple(say(line) for line in joined) if text.strip() else ()


def labelled(label: str, value: str, role: str = "", width: int = 10) -> Line:
    return ((f"{label:<{width}} ", "dim"), (value, role))


def section(title: str, body: Iterable[Line]) -> tuple[Line, ...]:
    """A headed block with an empty line after it; nothing at all when the body is empty."""
    lines = tuple(body)
    return (say(title, "head"), *lines, EMPTY) if lines else ()


def pretty(value: Any) -> list[str]:
    """A value as indented JSON, line by line."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, sort_keys=True).split("\n")


def clock_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%H:%M:%SZ")


def size_words(size: int) -> str:
    return f"{size} B" if size < 1024 else f"{size / 1024:.1f} KiB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MiB"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
