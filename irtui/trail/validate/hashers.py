"""Processes that fetch and hash log files side by side: Python's threads share one core, these do not.

Rules: they only confirm. What one of them could not hash, or hashed to something else, is asked again in the ordinary
way, and what it had when it died too; so no verdict but `valid` is ever theirs. Credentials reach them through a pipe.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from irtui.aws.lean import Plain
from irtui.trail.validate.digest import Named

PROCESSES = 2
WINDOW = 256
"""Files that one process has at a time, at most."""
TOGETHER = 16
"""Files that one process is told of at once."""
_KNOWN = 256
"""Files after which it is looked again whether credentials were renewed."""
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from irtui.trail.validate.hasher import main; main()"
"""Run isolated: nothing is imported from the folder that the operator stands in."""


@dataclass(frozen=True, slots=True)
class Work:
    """A log file to check, and whose it is."""

    named: Named
    account: str
    region: str


class Hashers:
    """`confirmed` and `unsure` get back what was put, from other threads."""

    def __init__(
        self, plain: Callable[[str], Plain | None], confirmed: Callable[[Work], None], unsure: Callable[[Work], None],
        processes: "Sequence[subprocess.Popen[bytes]]" = (),
    ) -> None:  # fmt: skip
        """`processes` were started before, so that they stand when they are wanted."""
        self._plain, self._confirmed, self._unsure = plain, confirmed, unsure
        self._processes = [_Hasher(self, process) for process in processes or started()]
        self._next = 0
        self._known: dict[str, Plain | None] = {}

    def put(self, work: Work) -> bool:
        """Waits for room. False: nobody here can take it."""
        bucket = work.named.bucket
        if self._next % _KNOWN == 0:
            self._known.clear()
        self._next += 1
        plain = self._known[bucket] if bucket in self._known else self._known.setdefault(bucket, self._plain(bucket))
        if plain is None:
            return False
        return any(
            self._processes[(self._next + turn) % len(self._processes)].put(work, plain)
            for turn in range(len(self._processes))
        )

    def finish(self) -> None:
        """Waits until everything that was put has come back, and ends the processes."""
        for hasher in self._processes:
            hasher.finish()

    def kill(self) -> None:
        for hasher in self._processes:
            hasher.process.kill()

    def back(self, work: Work, sha256: str) -> None:
        if sha256 == work.named.sha256:
            self._confirmed(work)
        else:
            self._unsure(work)


def started() -> "list[subprocess.Popen[bytes]]":
    """The processes; each ends with its stdin."""
    command = [sys.executable, "-I", "-c", _PROGRAM, str(Path(__file__).parents[3])]
    return [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(PROCESSES)]


def ended(processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    """Kills those that still run, which nobody wants any more."""
    for process in processes:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not told yet does not reach the dead
                    pipe.close()


class _Hasher:
    def __init__(self, owner: Hashers, process: "subprocess.Popen[bytes]") -> None:
        self._owner, self.process = owner, process
        self._room = threading.Semaphore(WINDOW)
        self._lock = threading.Lock()
        self._out: dict[int, Work] = {}
        self._told: dict[str, Plain] = {}
        self._waiting: list[str] = []
        self._number, self._ended = 0, False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def put(self, work: Work, plain: Plain) -> bool:
        if not self._room.acquire(blocking=False):
            self._tell()
            self._room.acquire()
        with self._lock:
            if self._ended:
                self._room.release()
                return False
            self._number += 1
            number = self._number
            self._out[number] = work
        bucket = work.named.bucket
        if self._told.get(bucket) != plain:
            self._told[bucket] = plain
            self._waiting.append(json.dumps({"bucket": bucket, "plain": asdict(plain)}))
        self._waiting.append(json.dumps([number, bucket, work.named.key]))
        if len(self._waiting) >= TOGETHER:
            self._tell()
        return True

    def _tell(self) -> None:
        lines = "".join(f"{line}\n" for line in self._waiting).encode()
        self._waiting.clear()
        assert self.process.stdin is not None
        with suppress(OSError):  # it has died; the reader gives back what it had, this too
            self.process.stdin.write(lines)
            self.process.stdin.flush()

    def finish(self) -> None:
        self._tell()
        for _ in range(WINDOW):  # all the room is there only when nothing is out
            self._room.acquire()
        assert self.process.stdin is not None
        with suppress(OSError):  # it had died
            self.process.stdin.close()
        self._reader.join()
        self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            number, _, sha256 = line.decode("ascii", "replace").strip().partition(" ")
            with self._lock:
                work = self._out.pop(int(number), None) if number.isdigit() else None
            if work is not None:
                self._owner.back(work, sha256)
                self._room.release()
        with self._lock:
            self._ended, left = True, list(self._out.values())
            self._out.clear()
        for work in left:
            self._owner.back(work, "")
            self._room.release()
        self.process.stdout.close()
