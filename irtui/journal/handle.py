"""The open journal file of one writer: locked, appended to durably, and dead after the first doubt.

Rules: whatever goes wrong inside `or_dead` closes the file for good; after a failed write or fsync what was not
acknowledged is cut off first, because the system may call lost bytes clean. A forked child has neither the
lock nor the file.
"""

import contextlib
import errno
import fcntl
import os
import weakref
from collections.abc import Iterator
from pathlib import Path

from irtui.errors import JournalError
from irtui.journal.ballast import drop_ballast
from irtui.journal.disk import Disk, write_all
from irtui.journal.head import HEAD, Head
from irtui.journal.owner import OWNER, holder, write_owner

JOURNAL = "journal.jsonl"

_held: "weakref.WeakSet[Handle]" = weakref.WeakSet()


_COPY, _AWAY = f"{JOURNAL}.taken", f"{JOURNAL}.away"
"""The copy while it is made, which is also the lock of whoever takes over; the file that lost its name."""


class Refused(JournalError):
    """Not a record: nothing was written, and the journal goes on."""

    title = "This cannot be recorded"
    advice = "Nothing was sent to AWS. What is too large for a record belongs in evidence."


class Held(JournalError):
    """Another process writes it."""

    title = "Another irtui has this incident open"
    advice = "Go on there, or end that process; its lock ends with it. See irtui incidents takeover."

    def __init__(self, incident: str, writer: str) -> None:
        super().__init__(f"{incident} is being written by {writer}.")
        self.incident, self.writer = incident, writer


class Replaced(JournalError):
    """The file has lost its name, or is not as this writer left it."""


class Handle:
    """Made by opening the file with `flags`; raises OSError. Not thread-safe: the journal is."""

    def __init__(self, disk: Disk, folder: Path, flags: int) -> None:
        self.size = 0
        """Bytes that are known to be durable and whole."""
        self._disk, self._folder, self._path = disk, folder, folder / JOURNAL
        self._fd = disk.open(self._path, flags | os.O_RDWR | os.O_APPEND)
        self._head_fd: int | None = None
        self._dead = ""
        _held.add(self)

    def take_lock(self, operator: str, since: str, *, seize: bool = False) -> str:
        """Makes this process the writer. Raises JournalError naming the one that is, and OSError. With `seize` that
        one is fenced instead, and named in the answer, which is empty when there was none."""
        fenced = ""
        if not self._disk.lock(self._fd):
            fenced = holder(self._folder)
            if seize:
                self.seize()
        if fenced and not seize:
            raise Held(self._folder.name, fenced)
        write_owner(self._disk, self._folder, operator, since)
        return fenced

    def seize(self) -> None:
        """Takes the journal from the process that writes it. Raises JournalError, OSError.

        First the file loses its name: from then on no record of that process counts. Then a copy of all that was
        acknowledged gets the name. What a crash leaves between the two, `put_back` mends.
        """
        fd = _alone(self._disk, self._folder)
        try:
            if not self._disk.unchanged(self._fd, self._path, len(self._disk.read(self._fd))):
                raise JournalError(f"{self._folder.name} is being written right now.", advice="Try again.")
            self._disk.rename(self._path, self._folder / _AWAY)
            self._disk.truncate(fd, 0)
            write_all(self._disk, fd, self._disk.read(self._fd))
            self._disk.fsync(fd)
            self._disk.rename(self._folder / _COPY, self._path)
            self._disk.fsync_folder(self._folder)
        except BaseException:
            self._disk.close(fd)
            raise
        self._disk.unlink(self._folder / _AWAY)
        old, self._fd = self._fd, fd
        self._disk.close(old)

    def read(self) -> bytes:
        """The whole file. Raises OSError."""
        return self._disk.read(self._fd)

    def cut(self) -> None:
        """Cuts off what stands after `size`. Raises OSError."""
        self._disk.truncate(self._fd, self.size)
        self._disk.fsync(self._fd)

    def append(self, data: bytes) -> None:
        """Returns when `data` is durable. Raises OSError, and JournalError when the file is not what it was."""
        self.still_there()
        write_all(self._disk, self._fd, data)
        self._disk.fsync(self._fd)
        self.size += len(data)
        self.still_there()  # what was written into a file that lost its name meanwhile does not count

    def still_there(self) -> None:
        """Raises Replaced when the file is not what it was, and OSError."""
        if not self._disk.unchanged(self._fd, self._path, self.size):
            raise Replaced(
                f"{self._path} was changed or replaced by somebody else, or taken over.",
                advice=f"Nothing more was sent to AWS. Its writer now: {holder(self._folder)}. If nobody took it over, "
                "keep the folder as evidence, and open a new incident.",
            )

    def tell(self, head: Head) -> None:
        """Writes HEAD. It is derived and its record durable already, so a fault is passed over."""
        text = head.text()
        with contextlib.suppress(OSError):
            if self._head_fd is None:
                self._head_fd = self._disk.open(self._folder / HEAD, os.O_RDWR | os.O_CREAT)
                self._disk.truncate(self._head_fd, len(text))
            self._disk.overwrite(self._head_fd, text)

    def alive(self) -> None:
        """Raises JournalError when nothing more can be written."""
        if self._dead:
            raise JournalError(f"Nothing more can be written to {self._folder.name}. {self._dead}.")

    @contextlib.contextmanager
    def or_dead(self, what: str, *, beginning: bool = False) -> Iterator[None]:
        """Turns OSError into JournalError. Only a refused record, in a journal that has begun, leaves it alive."""
        try:
            yield
        except OSError as fault:
            self._take_back(fault)
            self.die(what)
            raise JournalError(f"{what}: {fault.strerror or fault}.") from fault
        except JournalError as error:
            if beginning or not isinstance(error, Refused):
                self.die(error.message)
            raise
        except BaseException:
            self.die("It was interrupted")
            raise

    def release(self) -> None:
        """Gives the file and the lock back."""
        if not self._dead:
            with contextlib.suppress(OSError):
                if self._head_fd is not None:
                    self._disk.fsync(self._head_fd)
                if self._disk.unchanged(self._fd, self._path, self.size):  # else it names who took it over
                    self._disk.unlink(self._folder / OWNER)
        self.die("It was released")

    def die(self, why: str) -> None:
        """Closes the file for good; the lock goes with it."""
        if self._dead:
            return
        self._dead = why.rstrip(".")
        for fd in (self._head_fd, self._fd):
            if fd is not None:
                with contextlib.suppress(OSError):
                    self._disk.close(fd)

    def _take_back(self, fault: OSError) -> None:
        if self.size:
            with contextlib.suppress(OSError):
                self.cut()
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            drop_ballast(self._disk, self._folder)


@contextlib.contextmanager
def held(disk: Disk, folder: Path) -> Iterator[bytes]:
    """The journal as it is, while nobody can write it. Raises Held when somebody does, and OSError."""
    fd = disk.open(folder / JOURNAL, os.O_RDWR | os.O_APPEND)
    try:
        if not disk.lock(fd):
            raise Held(folder.name, holder(folder))
        yield disk.read(fd)
    finally:
        disk.close(fd)


def writer(folder: Path) -> str:
    """The process that writes the journal now, in words; empty when nobody does. Never raises.

    Only where somebody left a name the lock is tried, shared and for a moment.
    """
    try:
        os.lstat(folder / OWNER)
        fd = os.open(folder / JOURNAL, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holder(folder)
    except OSError:
        return ""
    finally:
        os.close(fd)
    return ""


def _forget_in_child() -> None:
    for handle in list(_held):
        handle.die("A forked process does not have it")


os.register_at_fork(after_in_child=_forget_in_child)


def put_back(disk: Disk, folder: Path) -> None:
    """Gives a journal its name back that a take-over took and, ended by a crash, did not replace. Raises JournalError
    while somebody takes over, and OSError."""
    if (folder / JOURNAL).exists() or not (folder / _AWAY).exists():
        return
    fd = _alone(disk, folder)
    try:
        if not (folder / JOURNAL).exists():
            disk.rename(folder / _AWAY, folder / JOURNAL)
            disk.fsync_folder(folder)
    finally:
        disk.close(fd)


def _alone(disk: Disk, folder: Path) -> int:
    fd = disk.open(folder / _COPY, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    if disk.lock(fd):
        return fd
    disk.close(fd)
    raise JournalError(f"{folder.name} is being taken over right now.", advice="Try again.")
