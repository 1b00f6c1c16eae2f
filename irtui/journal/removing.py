"""Removing a typed text from a closed incident: first the signed record that says so, then the text and its salt.

Rules: one writer at a time, by a lock on `after.jsonl`. A crash between record and text is mended by removing it again,
which writes no second record. Before a file goes its bytes are overwritten; whether the disk, a snapshot or a backup
keeps the old ones nobody here can know.
"""

import errno
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from irtui.clock import Clock
from irtui.errors import JournalError
from irtui.journal.after import Removal, removal
from irtui.journal.after_file import opened
from irtui.journal.disk import Disk, RealDisk
from irtui.journal.evidence import open_regular
from irtui.journal.seal import Signer
from irtui.journal.typed import TEXTS
from irtui.journal.verify import Verification

_ADVICE = "Call it again: it goes on where it was stopped. See `irtui audit verify`."


def remove(
    folder: Path,
    found: Verification,
    what: Mapping[str, Any],
    because: str,
    *,
    run: str,
    operator: str,
    signer: Signer,
    clock: Clock,
    disk: Disk = RealDisk(),  # noqa: B008  it has no state
) -> Removal:
    """Removes one text for good. `what` holds its record, field and commit. Raises JournalError."""
    try:
        with opened(folder, found, disk) as after:
            said = next((each for each in after.removed if each.commit == what["commit"]), None)
            if said is None:
                body = {**what, "because": because}
                said = removal(after.append("redact", body, run=run, operator=operator, signer=signer, clock=clock))
                assert said is not None
            wipe(disk, folder / TEXTS / str(what["commit"]))
            return said
    except OSError as fault:
        raise JournalError(f"{folder.name}: the text cannot be removed: {fault.strerror}.", advice=_ADVICE) from fault
    except ValueError as flaw:
        raise JournalError(f"This cannot be recorded: {flaw}.", advice="Nothing was removed. Say it shorter.") from flaw


def wipe(disk: Disk, path: Path) -> None:
    """Overwrites a file, and removes it durably; content when it is gone. Raises OSError."""
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
        fd = disk.open(path, os.O_WRONLY)
    except OSError as fault:
        if fault.errno == errno.ENOENT:
            return
        fd = -1  # a link, or no file: nothing of ours is in it
    if fd >= 0:
        try:
            disk.overwrite(fd, b" " * size)
            disk.fsync(fd)
        finally:
            disk.close(fd)
    disk.unlink(path)
    disk.fsync_folder(path.parent)


def strays(folder: Path, commits: Collection[str]) -> list[Path]:
    """Texts that no record names: a crash left them before their record was written."""
    place = folder / TEXTS
    return sorted(path for path in place.iterdir() if path.name not in commits) if place.is_dir() else []
