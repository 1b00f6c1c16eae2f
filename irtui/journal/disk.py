"""Every touch of an incident's folder. Faults are injected here, operation by operation.

Rules: raw system calls, never Python's buffers (a buffered write that failed comes back later). Files are
opened with O_CLOEXEC and O_NOFOLLOW, 0600 in folders of 0700. All methods raise OSError.
"""

import errno
import fcntl
import os
from pathlib import Path
from typing import Protocol

_ALWAYS = os.O_CLOEXEC | os.O_NOFOLLOW
_CHUNK = 1024 * 1024


class Disk(Protocol):
    def make_folder(self, path: Path) -> None:
        """Makes it with 0700, and its parents; content if it is there."""

    def open(self, path: Path, flags: int) -> int:
        """A file descriptor; a new file has mode 0600."""

    def read(self, fd: int) -> bytes:
        """All of it, from the beginning."""

    def write(self, fd: int, data: bytes) -> int:
        """How many bytes were taken; may be fewer than given."""

    def overwrite(self, fd: int, data: bytes) -> None:
        """Replaces the first bytes in place."""

    def truncate(self, fd: int, size: int) -> None: ...

    def fsync(self, fd: int) -> None:
        """Returns when the file's bytes and size survive a power cut."""

    def fsync_folder(self, path: Path) -> None: ...

    def rename(self, old: Path, new: Path) -> None: ...

    def unlink(self, path: Path) -> None: ...

    def lock(self, fd: int) -> bool:
        """Whether the exclusive lock was had; never waits. It goes with the last descriptor of this opening."""

    def unchanged(self, fd: int, path: Path, size: int) -> bool:
        """Whether `path` still names the open file, and it has that size."""

    def free(self, folder: Path) -> int:
        """Bytes that may still be written there."""

    def close(self, fd: int) -> None: ...


class RealDisk:
    """The machine's own file system."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def open(self, path: Path, flags: int) -> int:
        return os.open(path, flags | _ALWAYS, 0o600)

    def read(self, fd: int) -> bytes:
        parts: list[bytes] = []
        offset = 0
        while part := os.pread(fd, _CHUNK, offset):
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def write(self, fd: int, data: bytes) -> int:
        return os.write(fd, data)

    def overwrite(self, fd: int, data: bytes) -> None:
        os.pwrite(fd, data, 0)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def fsync(self, fd: int) -> None:
        full = getattr(fcntl, "F_FULLFSYNC", None)
        if full is not None:  # macOS: fsync alone leaves the bytes in the drive's cache
            fcntl.fcntl(fd, full)
        else:
            os.fdatasync(fd)

    def fsync_folder(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, old: Path, new: Path) -> None:
        old.replace(new)

    def unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def lock(self, fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unchanged(self, fd: int, path: Path, size: int) -> bool:
        try:
            named = os.lstat(path)
        except FileNotFoundError:
            return False
        held = os.fstat(fd)
        return (named.st_dev, named.st_ino, named.st_size) == (held.st_dev, held.st_ino, size)

    def free(self, folder: Path) -> int:
        status = os.statvfs(folder)
        return status.f_bavail * status.f_frsize

    def close(self, fd: int) -> None:
        os.close(fd)


def write_all(disk: Disk, fd: int, data: bytes) -> None:
    """Writes every byte, however few the system takes at a time."""
    rest = data
    while rest:
        taken = disk.write(fd, rest)
        if taken <= 0:
            raise OSError(errno.EIO, "the disk took no byte")
        rest = rest[taken:]


def write_file(disk: Disk, path: Path, data: bytes) -> None:
    """Writes a whole file durably: under another name, synced, renamed, folder synced. Never half there."""
    part = path.with_name(path.name + ".part")
    fd = disk.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        write_all(disk, fd, data)
        disk.fsync(fd)
    finally:
        disk.close(fd)
    disk.rename(part, path)
    disk.fsync_folder(path.parent)
