"""`after.jsonl` as its one writer holds it: locked, appended to durably, and cut back to what was acknowledged."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from irtui.canonical import plain
from irtui.clock import Clock, rfc3339
from irtui.errors import JournalError
from irtui.journal.after import AFTER, After, Removal, removal, sealed
from irtui.journal.disk import Disk, write_all
from irtui.journal.record import VERSION, Record, lines, members_line, signed, unsigned
from irtui.journal.seal import Signer
from irtui.journal.verify import Verification
from irtui.redact import masked

_UNSIGNED = "0" * 128


class AfterFile:
    """`after.jsonl` of one closed incident as its one writer holds it. Made by `opened`."""

    def __init__(self, folder: Path, disk: Disk, fd: int, after: After, size: int, removed: list[Removal]) -> None:
        self._folder, self._disk, self._fd, self._after, self._size = folder, disk, fd, after, size
        self.removed = removed
        """What it says was removed."""

    def append(
        self, type: str, body: Mapping[str, Any], *, run: str, operator: str, signer: Signer, clock: Clock
    ) -> Record:
        """Signs and writes one record; returns when it is durable. Raises OSError, and ValueError for what is none."""
        members: dict[str, Any] = {
            "body": masked(plain({**body, "key": {"kind": signer.kind, "public": signer.public.hex()}})),
            "incident": self._after.incident, "m": int(clock.monotonic() * 1000), "op": operator,
            "prev": self._after.head, "run": run, "seq": self._after.count + 1, "sig": _UNSIGNED,
            "t": rfc3339(clock.now()), "type": type, "v": VERSION,
        }  # fmt: skip
        data = members_line(members)
        data = signed(data, signer.sign(sealed(unsigned(data))))
        record, _ = self._after.take(data)  # first: what a reader would refuse is never written
        try:
            write_all(self._disk, self._fd, data)
            self._disk.fsync(self._fd)
            self._disk.fsync_folder(self._folder)
        except OSError:
            with contextlib.suppress(OSError):  # what was not acknowledged must not be found later
                self._disk.truncate(self._fd, self._size)
                self._disk.fsync(self._fd)
            raise
        self._size += len(data)
        return record


@contextlib.contextmanager
def opened(folder: Path, found: Verification, disk: Disk) -> Iterator[AfterFile]:
    """Opens it, makes it on first need, and cuts off what a crash left half. `found`: the verdict on the closed
    journal. Raises JournalError (somebody else writes it, or it was altered) and OSError."""
    fd = disk.open(folder / AFTER, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        if not disk.lock(fd):
            raise JournalError(f"{folder.name} is being written by another irtui.", advice="Try again.")
        data = disk.read(fd)
        size = data.rfind(b"\n") + 1
        after, removed = After(found.records, found.head, found.incident), []
        for text in lines(data[:size]):
            try:
                said = removal(after.take(text)[0])
            except ValueError as flaw:
                raise JournalError(f"{AFTER} was altered: {flaw}.", advice="See `irtui audit verify`.") from flaw
            removed += [said] if said else []
        if size < len(data):
            disk.truncate(fd, size)
            disk.fsync(fd)
        yield AfterFile(folder, disk, fd, after, size, removed)
    finally:
        disk.close(fd)
