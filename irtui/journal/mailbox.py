"""The folder beside a journal where requests for approval are put and signed answers are dropped.

Rules: nothing here is trusted or needed to verify; what counts is kept as evidence and recorded. What is no regular
file, is too large, or is one too many is passed over.
"""

import contextlib
import itertools
from pathlib import Path

from irtui.journal.approval import MAX_APPROVAL
from irtui.journal.disk import Disk, RealDisk, write_file
from irtui.journal.evidence import open_regular

MAILBOX = "approvals"
ANSWER = ".approval.json"
MOST = 64
"""Files that are looked at."""


def put(folder: Path, name: str, data: bytes, disk: Disk = RealDisk()) -> Path:  # noqa: B008  it has no state
    """Writes a request; where it lies. Raises OSError."""
    disk.make_folder(folder / MAILBOX)
    write_file(disk, folder / MAILBOX / name, data)
    return folder / MAILBOX / name


def answers(folder: Path) -> tuple[bytes, ...]:
    """What was dropped, in the order of the names. Never raises."""
    found: list[bytes] = []
    with contextlib.suppress(OSError):
        for path in itertools.islice(sorted((folder / MAILBOX).glob(f"*{ANSWER}")), MOST):
            with contextlib.suppress(OSError):
                found.append(read(path, MAX_APPROVAL))
    return tuple(found)


def read(path: Path, most: int) -> bytes:
    """At most `most` bytes and one more of a regular file. Raises OSError."""
    with open_regular(path) as file:
        return file.read(most + 1)
