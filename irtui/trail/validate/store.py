"""What holds digests and log files: a bucket or a folder; and how one of them is inflated.

Rules: streamed, so a file of any size costs the same memory. Exactly one gzip member, to its end, and nothing after it:
what follows a first member is read by some programs and not by others, and no hash covers it. isal inflates twice as
fast as zlib; without it the result is the same.
"""

import hashlib
import importlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from irtui.aws.lean import Plain

try:
    _engine: Any = importlib.import_module("isal.isal_zlib")
except ImportError:  # on a machine that it was not built for
    _engine = zlib
PIECE = 1 << 18
LOG_LIMIT = 1 << 30
"""Bytes to which a log file may inflate; CloudTrail's are a few megabytes."""
DIGEST_LIMIT = 16 << 20
_ATTEMPTS = 3


class Absent(Exception):
    """It is surely not there."""


class Unreachable(Exception):
    """Whether it is there, or what is in it, cannot be known: the network, a permission, a key, the disk."""


class BrokenOff(Unreachable):
    """It was there, and the reading of it ended in the middle."""


class Hostile(Exception):
    """Something stands there that CloudTrail never wrote: a link, a folder, a name that leads elsewhere."""


class Flawed(Exception):
    """The file cannot be what CloudTrail wrote; `reason` is short and fixed."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    chunks: Iterator[bytes]
    metadata: Mapping[str, str] | None
    """Of the object, lower-case names without `x-amz-meta-`. None: this store does not have them."""


class Store(Protocol):
    """Every method raises Unreachable when it cannot be known."""

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        """Keys with that prefix in their order, those greater than `after`."""

    def folders(self, bucket: str, prefix: str) -> list[str]:
        """Names right below `prefix` that have something below them."""

    def open(self, bucket: str, key: str) -> AbstractContextManager[Opened]:
        """Raises Absent and Hostile too; reading may raise Unreachable."""

    def plain(self, bucket: str) -> Plain | None:
        """What another process needs to read the bucket by itself. None: it cannot."""


def inflated(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Raises Flawed."""
    engine, total = _engine.decompressobj(zlib.MAX_WBITS | 16), 0
    for chunk in chunks:
        if engine.eof and chunk:
            raise Flawed("trailing data", "there is more after the end of the compressed data")
        while not engine.eof:
            try:
                out = engine.decompress(chunk, PIECE)
            except (zlib.error, _engine.error) as error:
                raise Flawed("format", f"it is not gzip: {error}") from None
            total += len(out)
            if total > limit:
                raise Flawed("too large", f"it inflates to more than {limit} bytes")
            if out:
                yield out
            chunk = engine.unconsumed_tail
            if not chunk and len(out) < PIECE:
                break
        if engine.unused_data:
            raise Flawed("trailing data", "there is more after the end of the compressed data")
    if not engine.eof:
        raise Flawed("format", "the compressed data end too early")


def hashed(store: Store, bucket: str, key: str) -> str:
    """SHA-256 of the inflated file. Raises Absent, Unreachable, Hostile, Flawed.

    What breaks off on the way is read again from the beginning, a few times.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with store.open(bucket, key) as opened:
                sha = hashlib.sha256()
                for piece in inflated(opened.chunks, LOG_LIMIT):
                    sha.update(piece)
                return sha.hexdigest()
        except BrokenOff:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def whole(store: Store, bucket: str, key: str) -> tuple[bytes, Mapping[str, str] | None]:
    """An inflated digest and its object's metadata. Raises like `hashed`."""
    for attempt in range(_ATTEMPTS):
        try:
            with store.open(bucket, key) as opened:
                return b"".join(inflated(opened.chunks, DIGEST_LIMIT)), opened.metadata
        except BrokenOff:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")
