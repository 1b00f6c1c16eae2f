"""Logs in an S3 bucket, through the door, in the order of their keys; some are fetched ahead.

Rules: objects are fetched unless they are digests. With times asked, a log is left out when the time in its name says
that it was written before the first or more than a day after the last. A key is never a path here. What cannot be
fetched, or is larger than any log, is a finding; expired credentials end the search.
"""

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from irtui.aws.door import Objects, Reader
from irtui.errors import AwsFault, IrtuiError, UsageError
from irtui.model.call import Call
from irtui.trail.search.crew import Log, Result, read_all
from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query

AHEAD = 16
"""Objects that are fetched at once, and at most held."""
LARGEST = 64 * 1024 * 1024
"""Bytes of an object that is fetched; CloudTrail's are some kilobytes."""
_STAMP = re.compile(r"_(\d{8}T\d{4})(?:\d\d)?Z_")
_DIGEST = re.compile(r"(^|/)CloudTrail-Digest/")
_EARLY, _LATE = timedelta(minutes=15), timedelta(days=1)


class Bucket:
    """The logs under a prefix of a bucket, after a key."""

    resumable = True

    def __init__(self, objects: Objects, bucket: str, prefix: str, *, after: str = "", workers: int = 0) -> None:
        self._objects, self._bucket, self._prefix, self._after = objects, bucket, prefix, after
        self._workers = workers
        self.name = f"s3://{bucket}/{prefix}"
        self.cannot: tuple[str, ...] = (
            "what the trail does not record (data events, unless it was told to), and Regions it does not cover",
            "events that were delivered more than a day late, when an end was asked",
            "logs that were deleted: see `irtui trail validate`",
        )

    def results(self, query: Query) -> Iterator[Result]:
        yield from read_all(query, self._logs(query), self._workers or None)

    def _logs(self, query: Query) -> Iterator[Log]:
        waiting: deque[tuple[str, Future[bytes]]] = deque()
        with ThreadPoolExecutor(AHEAD) as threads:
            try:
                for key in self._objects.keys(self._bucket, self._prefix, self._after):
                    if _DIGEST.search(key) or key.endswith("/") or not _within(key, query):
                        continue
                    waiting.append((key, threads.submit(self._fetch, key)))
                    if len(waiting) >= AHEAD:
                        yield _log(*waiting.popleft())
                while waiting:
                    yield _log(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()

    def _fetch(self, key: str) -> bytes:
        taken: list[bytes] = []
        size = 0
        with self._objects.get(self._bucket, key) as found:
            for chunk in found.chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise AwsFault("invalid", "TooLarge", f"it is larger than {LARGEST} bytes")
                taken.append(chunk)
        return b"".join(taken)


def _log(key: str, future: "Future[bytes]") -> Log:
    try:
        return Log(key, data=future.result())
    except IrtuiError as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        return Log(key, finding=Finding("unreadable", key, str(error)))


def _within(key: str, query: Query) -> bool:
    stamps = _STAMP.findall(key)
    if not stamps:
        return True
    try:
        at = datetime.strptime(stamps[-1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return True
    return not (query.since and at < query.since - _EARLY) and not (query.until and at > query.until + _LATE)


def parsed(url: str) -> tuple[str, str]:
    """(bucket, prefix) of `s3://BUCKET/PREFIX`. Raises UsageError."""
    found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", url)
    if found is None:
        raise UsageError(f"{url} is not a place in S3.", advice="Write it as s3://BUCKET/PREFIX.")
    return found[1], found[2] or ""


def of_trail(door: Reader, arn: str) -> tuple[str, str]:
    """(bucket, prefix) that a trail writes to. Raises UsageError, AwsFault."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "cloudtrail":
        raise UsageError(f"{arn} is no trail's ARN.", advice="Name the place of its logs with --s3 instead.")
    said = door.read(Call("cloudtrail", "DescribeTrails", {"trailNameList": [arn]}, region=parts[3])).data
    trails = said.get("trailList") or []
    if not trails or not trails[0].get("S3BucketName"):
        raise UsageError(f"There is no trail {arn}.", advice="Give its ARN, or the place of its logs with --s3.")
    prefix = str(trails[0].get("S3KeyPrefix") or "").strip("/")
    return str(trails[0]["S3BucketName"]), f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"
