"""One way to write a value as bytes, so that equal values have equal digests.

Rules: ASCII JSON, sorted keys, no spaces. `plain` first turns what JSON cannot hold, or holds two ways,
into tagged strings: a datetime is RFC 3339 UTC; bytes are `base64:…`; a float is `float:<repr>`; an
integer beyond 2^53 is `int:<digits>`. Keys become strings. Sets are refused (their order is chance).
"""

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from irtui.clock import rfc3339

EXACT = 2**53
MAX_DEPTH = 64


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as dict, list, str, int, bool or None. Raises ValueError for anything without a form."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool | str):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value) if -EXACT < value < EXACT else f"int:{value}"
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < EXACT else f"float:{value!r}"
    if isinstance(value, Decimal):
        return f"decimal:{value}"
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bytes | bytearray):
        return "base64:" + base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    raise ValueError(f"no canonical form for {type(value).__name__}")


def canonical(value: Any) -> bytes:
    """The canonical bytes of `plain(value)`."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode("ascii")


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, as 64 hex characters."""
    return hashlib.sha256(canonical(value)).hexdigest()
