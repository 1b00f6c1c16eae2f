"""The journal itself, byte for byte: what other tools and other verifiers read."""

from pathlib import Path
from typing import BinaryIO

from irtui.errors import JournalError
from irtui.journal.read import read_journal
from irtui.journal.record import line


def jsonl(folder: Path, out: BinaryIO) -> int:
    """Copies the journal to `out` when every line of it is a record; how many. Raises JournalError otherwise."""
    reading = read_journal(folder)
    if reading.stopped:
        raise JournalError(
            f"The journal is not exported: it stops being readable at {reading.stopped}.",
            title="The journal cannot be exported",
            advice="See `irtui audit verify`. A torn last line after a crash goes when the incident is resumed.",
        )
    for record in reading.records:
        out.write(line(record))  # the same bytes: a line that re-serialises otherwise is no record
    return len(reading.records)
