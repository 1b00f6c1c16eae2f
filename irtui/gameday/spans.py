"""Spans of time as a scenario writes them: `2h30m`, `-90d`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

_SPAN = re.compile(r"-?(?:\d+[dhms])+")
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def span(text: Any) -> timedelta:
    """`2h30m` or `-90d`. Raises ValueError."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not _SPAN.fullmatch(text):
        raise ValueError("not a span of time like -2h30m or 90d")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


Span = Annotated[timedelta, BeforeValidator(span)]
