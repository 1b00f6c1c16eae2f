"""Reading a journal, what was typed in it, and its evidence: to show, to fold, to report. Needs no key, checks no
signature.
"""

from dataclasses import dataclass
from pathlib import Path

from irtui.errors import JournalError
from irtui.journal import evidence
from irtui.journal.after import read_after, removed_by
from irtui.journal.handle import JOURNAL
from irtui.journal.record import Record, lines, parse
from irtui.journal.typed import opened

_ADVICE = "Nothing was done. See `irtui incidents list` and `irtui audit verify`."


@dataclass(frozen=True, slots=True)
class Reading:
    records: tuple[Record, ...]
    stopped: str = ""
    """Why reading stopped before the end, naming the line; empty when everything was read."""
    torn: bool = False
    """The last line has no end: a crash left it, and it was never acknowledged. Resuming cuts it off."""
    after: tuple[Record, ...] = ()
    """What was recorded after the close."""


def read_journal(folder: Path) -> Reading:
    """The records up to the first line that is none, each with what was typed in it, or with the word that this was
    removed. Raises JournalError when there is no file to read."""
    try:
        with evidence.open_regular(folder / JOURNAL) as file:
            data = file.read()
    except OSError as fault:
        raise JournalError(
            f"{folder / JOURNAL} cannot be read: {fault.strerror}.", title="No journal to read", advice=_ADVICE
        ) from fault
    records: list[Record] = []
    after = read_after(folder)
    removed = removed_by(after)
    for text in lines(data):
        if not text.endswith(b"\n"):
            return Reading(tuple(records), torn=True)
        try:
            records.append(opened(parse(text), folder, removed))
        except ValueError as flaw:
            return Reading(tuple(records), f"#{len(records) + 1}: {flaw}")
    return Reading(tuple(records), after=after if records and records[-1].type == "close" else ())


def read_records(folder: Path) -> tuple[Record, ...]:
    """The records of `read_journal`, without its word on where it stopped."""
    return read_journal(folder).records


def read_evidence(folder: Path, sha256: str) -> bytes:
    """The bytes of an evidence file, when they are what `sha256` says. Raises JournalError otherwise."""
    try:
        return evidence.load(folder, sha256)
    except ValueError as flaw:
        raise JournalError(f"The evidence cannot be shown: {flaw}.", title="No such evidence", advice=_ADVICE) from flaw
