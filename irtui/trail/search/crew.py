"""Worker processes that read logs side by side; results come in the order of the logs, as fast as they are taken.

Rules: what a log did to the process that read it is a finding of that log; the next goes to a new process. Whoever
stops taking ends the processes.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import Full, Queue
from typing import IO, NamedTuple

from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Hit
from irtui.trail.search.worker import BUFFER, MANY

BATCH = 128
"""Logs by path that a worker is told of at once: few enough for their names to fit into a pipe."""
SHORT = 240
"""Plain characters of a path with which a batch may go on: all its names fit into a pipe."""
AHEAD = 4
"""Batches per worker that may be read before the results of the first are taken."""
WAITING = 16
"""Bundles of a batch that wait to be taken; then its worker waits."""
BUNDLE = 64
"""Results that are handed over at once."""
PATIENCE = 2.0
"""Seconds in which the threads may end by themselves when nobody wants more."""
_TICK = 0.2
_KEEP = {"MALLOC_TRIM_THRESHOLD_": "67108864", "MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TOP_PAD_": "4194304"}
"""For glibc: what one log was inflated to is memory for the next, instead of going back to the system in between."""
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from irtui.trail.search.worker import main; main()"
"""Run isolated: nothing is imported from the folder that the operator stands in."""


class Log(NamedTuple):
    """One log to read: a path, its bytes, or the finding that stands in its place."""

    where: str
    path: str = ""
    data: bytes | None = None
    finding: Finding | None = None


class Done(NamedTuple):
    """Logs have been read."""

    where: str
    """The last of them."""
    inflated: int
    """Bytes of their JSON."""
    logs: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything before it was given: a later search can go on here."""

    cursor: str


Result = Hit | Finding | Done | Mark


def workers_for(count: int | None = None) -> int:
    return count or min(os.cpu_count() or 1, 16)


def read_all(query: Query, logs: Iterable[Log], workers: int | None = None) -> Iterator[Result]:
    """The results of all logs; a `Done` ends those that it counts."""
    crew = _Crew(query, logs, workers_for(workers))
    try:
        yield from crew.results()
    finally:
        crew.stop()


def _close(pipe: IO[bytes]) -> None:
    """What was still to be written to a process that ended is nobody's loss, and must not hide why it was ended."""
    with suppress(OSError):
        pipe.close()


def _short(log: Log) -> bool:
    return bool(log.path) and len(log.path) < SHORT and log.path.isascii() and log.path.isprintable()


class _Batch:
    def __init__(self, logs: list[Log]) -> None:
        self.logs = logs
        self.results: Queue[list[Result] | BaseException | None] = Queue(WAITING)
        self.bundle: list[Result] = []


class _Crew:
    def __init__(self, query: Query, logs: Iterable[Log], workers: int) -> None:
        self._query = query
        self._logs = iter(logs)
        self._taking = threading.Lock()
        self._batches: Queue[_Batch | None] = Queue()
        self._room = threading.Semaphore(AHEAD * workers)
        self._stopped = threading.Event()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._running = workers
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def results(self) -> Iterator[Result]:
        while (batch := self._batches.get()) is not None:
            while (bundle := batch.results.get()) is not None:
                if isinstance(bundle, BaseException):
                    raise bundle
                yield from bundle
            self._room.release()

    def stop(self) -> None:
        self._stopped.set()
        for process in self._processes:
            process.kill()
        deadline = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))  # it may wait for bytes of a bucket that is silent
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    _close(pipe)

    def _take(self) -> _Batch | None:
        """The next logs, in their order; None when there are none or nobody wants them."""
        while not self._room.acquire(timeout=_TICK):
            if self._stopped.is_set():
                return None
        with self._taking:
            if self._stopped.is_set():
                return None
            batch = _Batch([])
            try:
                batch.logs = list(islice(self._logs, 1))
                while batch.logs and _short(batch.logs[-1]) and len(batch.logs) < BATCH:
                    more = list(islice(self._logs, 1))
                    if not more:
                        break
                    batch.logs += more
            except BaseException as error:  # the source's own error belongs to whoever takes the results
                batch.results.put(error)
                self._batches.put(batch)
                return None
            if batch.logs:
                self._batches.put(batch)
                return batch
        return None

    def _work(self) -> None:
        process: subprocess.Popen[bytes] | None = None
        try:
            while (batch := self._take()) is not None:
                left, most = batch.logs, len(batch.logs)
                while left and not self._stopped.is_set():
                    process = process or self._started()
                    read, begun = self._read(process, left[:most], batch)
                    if read == len(left[:most]):
                        left = left[read:]
                        continue
                    process.kill()
                    ended = process.wait()
                    process = None
                    if most > 1 and not begun:  # which of them it was is seen when each is read alone
                        left, most = left[read:], 1
                        continue
                    why = f"the process that read it ended ({ended})"
                    self._give(batch, Finding("unreadable", left[read].where, why))
                    self._give(batch, Done(left[read].where, 0))
                    left, most = left[read + 1 :], 1
                self._end(batch, None)
        except OSError as error:
            if batch is not None:
                self._end(batch, error)
        finally:
            with self._taking:
                self._running -= 1
                last = self._running == 0
            if last:
                self._batches.put(None)
            if process and process.stdin:
                _close(process.stdin)

    def _read(self, process: subprocess.Popen[bytes], logs: list[Log], batch: _Batch) -> tuple[int, bool]:
        """Lets the process read the logs. How many it read to the end, and whether the next one gave results."""
        assert process.stdin and process.stdout
        told = [log for log in logs if log.finding is None]
        stored = [(log.where, log.path) for log in told if log.data is None]  # bytes come last in a batch, if at all
        try:
            if stored:
                process.stdin.write(json.dumps(stored).encode() + b"\n")
            for log in told:
                if log.data is not None:
                    process.stdin.write(json.dumps([(log.where, len(log.data))]).encode() + b"\n" + log.data)
            process.stdin.write(b"\n")
            process.stdin.flush()
        except OSError:
            pass  # it has ended; reading says after which log
        read = 0
        while read < len(logs):
            if (finding := logs[read].finding) is not None:
                self._give(batch, finding)
                self._give(batch, Done(logs[read].where, 0))
                read += 1
                continue
            ended, begun = self._results(process, batch)
            if not ended:
                return read, begun
            read += len(ended)  # never past a log that stands for a finding: that one is the last of its batch
            self._give(batch, Done(logs[read - 1].where, sum(ended), len(ended)))
        return len(logs), False

    def _results(self, process: subprocess.Popen[bytes], batch: _Batch) -> tuple[list[int], bool]:
        """The sizes of the logs that were read to their ends, and whether results were given before that was known."""
        assert process.stdout
        held: list[Result] = []
        begun = False
        while line := process.stdout.readline():
            if not line.endswith(b"\n"):
                break
            if line[:1].isdigit():
                for result in held:
                    self._give(batch, result)
                return [int(size) for size in line.split()], True
            said = line[1:-1].decode().split(" ") if line[:1] == b"+" else json.loads(line)
            if isinstance(said, dict):
                held.append(Finding(*said["finding"]))
            else:
                size, named, time = said
                raw = process.stdout.read(int(size))
                if len(raw) < int(size):
                    break
                held.append(Hit(named, time, raw))
            if len(held) >= MANY:
                begun = True
                for result in held:
                    self._give(batch, result)
                held = []
        return [], begun

    def _give(self, batch: _Batch, result: Result) -> None:
        batch.bundle.append(result)
        if len(batch.bundle) >= BUNDLE:
            self._hand_over(batch, batch.bundle)
            batch.bundle = []

    def _end(self, batch: _Batch, error: BaseException | None) -> None:
        self._hand_over(batch, batch.bundle)
        self._hand_over(batch, error)

    def _hand_over(self, batch: _Batch, bundle: "list[Result] | BaseException | None") -> None:
        while not self._stopped.is_set():
            try:
                batch.results.put(bundle, timeout=_TICK)
                return
            except Full:
                continue

    def _started(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).parents[3])
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM, home],
            BUFFER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | _KEEP,
        )
        with self._taking:
            self._processes.append(process)
        assert process.stdin
        process.stdin.write(json.dumps(self._query.as_data()).encode() + b"\n")
        return process
