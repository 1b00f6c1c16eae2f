"""Hashes the log files that valid digests name, many at a time, and holds few of them.

Rules: whatever happens in a worker becomes a verdict of its file. `put` waits when the workers are behind, so a trail
of any length takes the same memory.
"""

import queue
import threading
from dataclasses import dataclass
from types import TracebackType

from irtui.trail.validate.digest import Named
from irtui.trail.validate.store import Absent, Flawed, Hostile, Store, Unreachable, hashed
from irtui.trail.validate.verdict import Finding, Tally, Verdict


@dataclass(frozen=True, slots=True)
class _Work:
    named: Named
    account: str
    region: str


class LogChecker:
    """As a context: leaving it waits for every file that was put."""

    def __init__(self, store: Store, tally: Tally, workers: int) -> None:
        self._store, self._tally = store, tally
        self._queue: queue.Queue[_Work | None] = queue.Queue(workers * 4)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        self._started = 0

    def __enter__(self) -> "LogChecker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            return  # the threads are daemons; nobody wants what they would still find
        for _ in range(self._started):
            self._queue.put(None)
        for thread in self._threads[: self._started]:
            thread.join()

    def put(self, named: Named, account: str, region: str) -> None:
        if self._started < len(self._threads):
            self._threads[self._started].start()
            self._started += 1
        self._queue.put(_Work(named, account, region))

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            where = f"s3://{work.named.bucket}/{work.named.key}"
            flaw = self._flaw(work.named)
            if flaw is None:
                self._tally.valid("log", where)
            else:
                self._tally.found(Finding("log", *flaw, where, work.account, work.region))

    def _flaw(self, named: Named) -> tuple[Verdict, str, str] | None:
        try:
            if hashed(self._store, named.bucket, named.key) == named.sha256:
                return None
        except Exception as error:  # also a fault of our own is said of the file, not of the run
            return verdict_of(error)
        return Verdict.INVALID, "hash", "its contents are not those that the digest names"


def verdict_of(error: Exception) -> tuple[Verdict, str, str]:
    """What it means for a file that reading it ended so."""
    match error:
        case Absent():
            return Verdict.MISSING, "not found", "it is not there"
        case Flawed():
            return Verdict.INVALID, error.reason, str(error)
        case Hostile():
            return Verdict.INVALID, "not a file", str(error)
        case Unreachable():
            return Verdict.UNCHECKED, "could not read", str(error)
    return Verdict.UNCHECKED, "could not check", f"{type(error).__name__}: {error}"
