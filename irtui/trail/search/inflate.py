"""Compressed logs, inflated piece by piece within limits, by isal when it is there and by zlib otherwise.

Rules: a gzip file counts as whole only when its end was reached and its checksum was right. What follows the first
member is a finding, and is read as well when it is another member: a log of CloudTrail has one.
"""

import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase, RawIOBase
from typing import Any, BinaryIO

try:
    from isal import isal_zlib
    from isal.igzip_lib import IsalError

    _DAMAGED: tuple[Any, ...] = (zlib.error, IsalError)
except ImportError:
    isal_zlib = None  # type: ignore[assignment]
    _DAMAGED = (zlib.error,)

Trouble = Callable[[str, str], None]
"""Takes the kind of a finding and its detail."""
Readable = BinaryIO | BufferedIOBase | RawIOBase
MAGIC = b"\x1f\x8b"
PIECE = 256 * 1024
"""Bytes that are read, and at most four times as many inflated, at a time."""
_GZIP = 31


def inflater() -> Any:
    return (isal_zlib or zlib).decompressobj(wbits=_GZIP)


def whole(data: bytes, limit: int) -> bytes | None:
    """All of one small gzip member; None when it is damaged, larger than `limit` or followed by anything."""
    try:
        engine = inflater()
        inflated: bytes = engine.decompress(data, limit)
    except _DAMAGED:
        return None
    return inflated if engine.eof and not engine.unused_data else None


def pieces(file: Any, limit: int, trouble: Trouble) -> Iterator[bytes]:
    """What the file holds, inflated when it is gzip, at most `limit` bytes of it."""
    first: bytes = file.read(PIECE)
    found = _plain(file, first) if first[:2] != MAGIC else _inflated(file, first, trouble)
    total = 0
    for piece in found:
        if total + len(piece) > limit:
            yield piece[: limit - total]
            trouble("too_large", f"only the first {limit} bytes were searched")
            return
        total += len(piece)
        yield piece


def _plain(file: Any, data: bytes) -> Iterator[bytes]:
    while data:
        yield data
        data = file.read(PIECE)


def _inflated(file: Any, data: bytes, trouble: Trouble) -> Iterator[bytes]:
    engine, members = inflater(), 1
    while True:
        try:
            out: bytes = engine.decompress(data, 4 * PIECE)
        except _DAMAGED as error:
            trouble("damaged", str(error))
            return
        if out:
            yield out
        if not engine.eof:
            data = engine.unconsumed_tail
            if not data and len(out) < 4 * PIECE:  # else the engine may hold more than it gave
                data = file.read(PIECE)
                if not data:
                    trouble("damaged", "the compressed data end early")
                    return
            continue
        data = engine.unused_data or file.read(PIECE)
        if not data:
            return
        if len(data) < len(MAGIC):
            data += file.read(PIECE)
        if data[:2] != MAGIC:
            trouble("trailing", "bytes that are not gzip; they were not read")
            return
        members += 1
        if members == 2:
            trouble("trailing", "a second gzip member; it was searched too")
        engine = inflater()
