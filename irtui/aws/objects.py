"""Objects of buckets, wherever the buckets are: listed page by page, read in a stream, many at a time.

Rules: the requests pass the door's wire like all others, so no host outside its allow-list is asked. A first try goes
over `lean.py` where that can be used at all; anything but a plain 200 is asked again through botocore, which knows
redirects, retries, and credentials that were renewed. Every failure is an AwsFault.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from irtui.aws.found import PIECE, Found
from irtui.aws.lean import Plain
from irtui.errors import AwsFault, IrtuiError
from irtui.model.call import Call

CONNECTIONS = 64
"""Kept open to one Region."""
_HOME = "us-east-1"


class Lean(Protocol):
    """The quick way to a plain 200."""

    def get(self, bucket: str, key: str, region: str) -> tuple[Found, Callable[[], None]] | None:
        """The object, and what to call when done with it. None: ask botocore."""

    def plain(self, bucket: str, region: str) -> Plain | None:
        """What another process needs for the same. None: the quick way does not lead there."""

    def close(self) -> None:
        """Ends what is kept open."""


class Objects:
    """Safe to use from several threads."""

    def __init__(
        self, client: Callable[[str], Any], fault: Callable[[Exception, Call], IrtuiError], lean: Lean | None = None
    ) -> None:
        """`client` makes, or has, the S3 client of a Region."""
        self._client, self._fault, self._lean = client, fault, lean
        self._lock = threading.Lock()
        self._regions: dict[str, str] = {}

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        """Keys in their order, those greater than `after`."""
        asked = {"Bucket": bucket, "Prefix": prefix} | ({"StartAfter": after} if after else {})
        for page in self._pages(asked):
            yield from (str(item["Key"]) for item in page.get("Contents", ()))

    def folders(self, bucket: str, prefix: str) -> list[str]:
        """What stands between `prefix` and the next slash."""
        pages = self._pages({"Bucket": bucket, "Prefix": prefix, "Delimiter": "/"})
        return [str(one["Prefix"])[len(prefix) : -1] for page in pages for one in page.get("CommonPrefixes", ())]

    @contextmanager
    def get(self, bucket: str, key: str) -> Iterator[Found]:
        """Raises AwsFault, also from the chunks."""
        call = Call("s3", "GetObject", {"Bucket": bucket, "Key": key})
        found, close = self._opened(call, bucket, key)
        try:
            yield Found(self._guarded(found.chunks, call), found.metadata)
        finally:
            close()

    def plain(self, bucket: str) -> Plain | None:
        """The quick way to a bucket for another process. None: there is none, or it cannot be known; ask `get`."""
        try:
            return self._lean.plain(bucket, self._region(bucket)) if self._lean else None
        except (IrtuiError, OSError):
            return None

    def _opened(self, call: Call, bucket: str, key: str) -> tuple[Found, Callable[[], None]]:
        region = self._region(bucket)
        try:
            quick = self._lean.get(bucket, key, region) if self._lean else None
            if quick is not None:
                return quick
            answer = self._client(region).get_object(Bucket=bucket, Key=key)
        except Exception as error:  # botocore's errors have no common root
            raise self._fault(error, call) from None
        body = answer["Body"]
        metadata = {str(name).lower(): str(value) for name, value in answer.get("Metadata", {}).items()}
        return Found(iter(lambda: body.read(PIECE), b""), metadata), body.close

    def close(self) -> None:
        """Ends connections that were kept open."""
        if self._lean is not None:
            self._lean.close()

    def _guarded(self, chunks: Iterator[bytes], call: Call) -> Iterator[bytes]:
        try:
            yield from chunks
        except Exception as error:  # a connection that breaks off has many names
            raise self._fault(error, call) from None

    def _pages(self, asked: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        call = Call("s3", "ListObjectsV2", dict(asked))
        try:
            client = self._client(self._region(asked["Bucket"]))
            yield from client.get_paginator("list_objects_v2").paginate(**asked)
        except IrtuiError:
            raise
        except Exception as error:  # the same
            raise self._fault(error, call) from None

    def _region(self, bucket: str) -> str:
        """Where the bucket is, asked once. A refusal leaves it to S3 to redirect."""
        with self._lock:
            if bucket not in self._regions:
                try:
                    told = self._client(_HOME).get_bucket_location(Bucket=bucket).get("LocationConstraint")
                    self._regions[bucket] = "eu-west-1" if told == "EU" else str(told or _HOME)
                except Exception as error:  # the same
                    fault = self._fault(error, Call("s3", "GetBucketLocation", {"Bucket": bucket}))
                    if not isinstance(fault, AwsFault) or fault.kind != "denied":
                        raise fault from None
                    self._regions[bucket] = _HOME
            return self._regions[bucket]
