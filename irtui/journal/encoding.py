"""The canonical bytes of values that are plain already, the quick way where it gives the same bytes.

Rules: `irtui.canonical` decides what is canonical. msgspec's encoder writes the same bytes for ASCII text, integers,
booleans and null, so it is asked first; what it writes otherwise, or cannot read, goes through `json`. A line is taken
the quick way only when it comes out again byte for byte; whatever is refused, the slow way refuses.
"""

import json
from typing import Any

from irtui.canonical import EXACT

try:
    import msgspec

    _encode: Any = msgspec.json.Encoder(order="sorted").encode
    _decode: Any = msgspec.json.Decoder().decode
except ImportError:  # the same, slower
    _encode = _decode = None

_DELETE = b"\x7f"
"""ASCII, and yet `json` escapes it."""
_SLOW = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def encoded(value: Any) -> bytes:
    """The canonical bytes of a value for which `is_plain` holds."""
    if _encode is not None:
        try:
            data: bytes = _encode(value)
        except (ValueError, TypeError):  # half a surrogate pair
            data = b"\xff"
        if data.isascii() and _DELETE not in data:
            return data
    return _SLOW.encode(value).encode("ascii")


def read(data: bytes, depth: int) -> dict[str, Any] | None:
    """The object in `data` when it is surely canonical and at most `depth` deep; None: the slow way must look."""
    if _decode is None or not data.isascii() or _DELETE in data:
        return None
    try:
        value = _decode(data)
    except (ValueError, RecursionError):
        return None
    return value if type(value) is dict and is_plain(value, depth) and _encode(value) == data else None


def is_plain(value: Any, depth: int) -> bool:
    """Whether `value` has a canonical form as it is, and nests at most `depth` deep."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-EXACT < value < EXACT)
    if depth == 0:
        return False
    if kind is dict:
        return all(type(name) is str and is_plain(item, depth - 1) for name, item in value.items())
    return kind is list and all(is_plain(item, depth - 1) for item in value)
