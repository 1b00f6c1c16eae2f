"""A mebibyte kept in reserve, given back when the disk is full, so that a close still fits."""

import contextlib
import os
from pathlib import Path

from irtui.journal.disk import Disk, write_all

BALLAST = "ballast"
SIZE = 1024 * 1024
ENOUGH = 64 * 1024 * 1024
"""Below this much free space no ballast is laid: the incident needs the space more."""


def lay_ballast(disk: Disk, folder: Path) -> None:
    """Lays it where there is room. A journal without ballast is still a journal: no error comes out."""
    try:
        if disk.free(folder) < ENOUGH:
            return
        fd = disk.open(folder / BALLAST, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            write_all(disk, fd, b"irtui\n  " * (SIZE // 8))
            disk.fsync(fd)
        finally:
            disk.close(fd)
    except OSError:
        drop_ballast(disk, folder)


def drop_ballast(disk: Disk, folder: Path) -> None:
    """Gives the space back."""
    with contextlib.suppress(OSError):  # the caller's own fault is the one to tell
        disk.unlink(folder / BALLAST)
