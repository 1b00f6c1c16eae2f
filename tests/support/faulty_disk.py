"""A disk that fails at a chosen operation in a chosen way, for processes that live on to tell.

Rules: what a power cut takes away is modelled by what was synced, so nothing waits for a real fsync.
"""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from irtui.journal.disk import RealDisk

KINDS = ("crash before", "crash after", "power cut", "torn", "short", "ENOSPC", "EIO")
CHANGING = (
    "make_folder",
    "open",
    "write",
    "overwrite",
    "truncate",
    "fsync",
    "fsync_folder",
    "rename",
    "unlink",
    "close",
)


class Crash(BaseException):
    """The process ends here."""


class Unsynced(RealDisk):
    """For what is read by the process that wrote it."""

    def fsync(self, fd: int) -> None:
        pass

    def fsync_folder(self, path: Path) -> None:
        pass


class FaultyDisk:
    """The real disk, whose changing operations are numbered from 1; number `at` goes wrong in the given way."""

    def __init__(self, at: int = 0, kind: str = "") -> None:
        self.real, self.at, self.kind = Unsynced(), at, kind
        self.count = 0
        self.names: list[str] = []
        """The changing operations so far."""
        self.hit: Path | None = None
        """The file or folder that the fault befell."""
        self.gone = False
        self.opened: dict[int, Path] = {}
        self.synced: dict[Path, int] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = getattr(self.real, name)

        def numbered(*arguments: Any) -> Any:
            if self.gone:
                if name == "close":
                    return None
                raise Crash
            if name not in CHANGING:
                return operation(*arguments)
            self.count += 1
            self.names.append(name)
            result = self._faulty(name, operation, arguments) if self.count == self.at else operation(*arguments)
            self._follow(name, arguments, result)
            return result

        return numbered

    @property
    def failed(self) -> bool:
        """The fault has happened to something that is not derived: HEAD, owner and ballast may be lacking."""
        return self.kind != "short" and self.hit is not None and self.hit.name not in ("HEAD", "owner", "ballast")

    def _faulty(self, name: str, operation: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        self.hit = arguments[0] if isinstance(arguments[0], Path) else self.opened[arguments[0]]
        if self.kind in ("ENOSPC", "EIO"):
            if name == "close":
                self._follow(name, arguments, operation(*arguments))
            raise OSError(getattr(errno, self.kind), self.kind)
        if name == "write" and self.kind in ("short", "torn"):
            fd, data = arguments
            taken = operation(fd, data[: len(data) // 2])
            if self.kind == "torn":
                self._die()
            return taken
        if self.kind == "short":
            return operation(*arguments)
        if self.kind != "crash before":
            self._follow(name, arguments, operation(*arguments))
        self._die()
        return None

    def _follow(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        if name == "open":
            self.opened[result] = arguments[0]
            if arguments[1] & os.O_CREAT:
                self.synced.setdefault(arguments[0], 0)
        elif name == "close":
            self.opened.pop(arguments[0], None)
        elif name == "fsync":
            self.synced[self.opened[arguments[0]]] = os.fstat(arguments[0]).st_size

    def _die(self) -> None:
        self.gone = True
        for fd in self.opened:
            os.close(fd)
        if self.kind == "power cut":  # appended bytes that were never synced are lost
            for path, size in self.synced.items():
                if path.name in ("journal.jsonl", "after.jsonl") and path.stat().st_size > size:
                    os.truncate(path, size)
        raise Crash
