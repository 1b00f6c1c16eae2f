"""The bucket itself, through the door's objects. What AWS did not answer plainly is Unreachable, never a flaw.

Rules: botocore tries a request several times, so what it gave up is not asked again here; only what broke off while it
was read is. When very many in a row got no answer at all, the rest is not asked any more: nobody waits for hours.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from irtui.aws.door import Objects
from irtui.aws.lean import Plain
from irtui.errors import AwsFault, IrtuiError
from irtui.trail.validate.store import Absent, BrokenOff, Opened, Unreachable

SILENT = 200
"""Requests without an answer, one after another, after which the endpoint counts as gone."""
_NO_ANSWER = ("not_sent", "timeout", "unavailable")


class BucketStore:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._silent = 0

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        try:
            yield from self._objects.keys(bucket, prefix, after)
        except IrtuiError as error:
            raise Unreachable(str(error)) from None

    def folders(self, bucket: str, prefix: str) -> list[str]:
        try:
            return self._objects.folders(bucket, prefix)
        except IrtuiError as error:
            raise Unreachable(str(error)) from None

    @contextmanager
    def open(self, bucket: str, key: str) -> Iterator[Opened]:
        if self._silent >= SILENT:
            raise Unreachable(f"not asked: {SILENT} requests before it got no answer")
        begun = False
        try:
            with self._objects.get(bucket, key) as found:
                begun = True
                self._silent = 0
                yield Opened(found.chunks, found.metadata)
        except IrtuiError as error:
            if begun:
                raise BrokenOff(str(error)) from None
            # Only S3's own word: a bucket that is gone, or a 404 of something on the way, says nothing of the object.
            if isinstance(error, AwsFault) and error.code == "NoSuchKey":
                raise Absent(key) from None
            if isinstance(error, AwsFault) and error.kind in _NO_ANSWER:
                self._silent += 1
            raise Unreachable(str(error)) from None

    def plain(self, bucket: str) -> Plain | None:
        return self._objects.plain(bucket)
