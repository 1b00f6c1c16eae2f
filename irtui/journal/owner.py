"""Who is writing this incident's journal: for the message that a second writer gets.

Rules: the lock itself is an flock on the journal file and ends with its process. This file only gives the
holder a name; it is neither durable nor trusted.
"""

import json
import os
import socket
from pathlib import Path

from irtui.canonical import canonical
from irtui.journal.disk import Disk, write_all

OWNER = "owner"


def write_owner(disk: Disk, folder: Path, operator: str, since: str) -> None:
    """Names this process as the writer. Raises OSError."""
    owner = {"pid": os.getpid(), "host": socket.gethostname(), "operator": operator, "since": since}
    fd = disk.open(folder / OWNER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        write_all(disk, fd, canonical(owner) + b"\n")
    finally:
        disk.close(fd)


def holder(folder: Path) -> str:
    """The writer, in words. Never raises."""
    try:
        owner = json.loads((folder / OWNER).read_bytes()[:4096])
        return f"process {owner['pid']} of {owner['operator']} on {owner['host']}, since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process that left no name"
