"""Hashes the log files that valid digests name, many at a time, and holds few of them.

Rules: whatever happens in a worker becomes a verdict of its file. `put` waits when the workers are behind, so a trail
of any length takes the same memory.
"""

import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

from irtui.trail.validate.digest import Named
from irtui.trail.validate.hashers import Hashers, Work, ended
from irtui.trail.validate.store import Absent, Flawed, Hostile, Store, Unreachable, hashed
from irtui.trail.validate.verdict import Finding, Tally, Verdict


class LogChecker:
    """As a context: leaving it waits for every file that was put."""

    def __init__(
        self, store: Store, tally: Tally, workers: int, bucket: str = "",
        processes: "Sequence[subprocess.Popen[bytes]]" = (),
    ) -> None:  # fmt: skip
        """`bucket`: where most files will be; processes of their own read them where they can."""
        self._store, self._tally = store, tally
        self._queue: queue.Queue[Work | None] = queue.Queue(workers * 4)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        self._started = 0
        self._lock = threading.Lock()
        apart = bool(bucket) and store.plain(bucket) is not None
        self._hashers = Hashers(store.plain, self._valid, self._ordinary, processes) if apart else None
        if self._hashers is None:
            ended(processes)

    def __enter__(self) -> "LogChecker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            if self._hashers:
                self._hashers.kill()
            self._abandon()
            return
        if self._hashers:
            self._hashers.finish()
        for _ in range(self._started):
            self._queue.put(None)
        for thread in self._threads[: self._started]:
            thread.join()

    def _abandon(self) -> None:
        """Nobody wants what is still in the queue; the threads end after what they have in hand."""
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        for _ in range(self._started):
            with suppress(queue.Full):
                self._queue.put_nowait(None)

    def put(self, named: Named, account: str, region: str) -> None:
        work = Work(named, account, region)
        if self._hashers is None or not self._hashers.put(work):
            self._ordinary(work)

    def _ordinary(self, work: Work) -> None:
        with self._lock:
            if self._started < len(self._threads):
                self._threads[self._started].start()
                self._started += 1
        self._queue.put(work)

    def _valid(self, work: Work) -> None:
        self._tally.valid("log", f"s3://{work.named.bucket}/{work.named.key}")

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            flaw = self._flaw(work.named)
            if flaw is None:
                self._valid(work)
            else:
                where = f"s3://{work.named.bucket}/{work.named.key}"
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
