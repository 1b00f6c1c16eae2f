"""Removing what somebody typed in an incident, after its close: what would go, and that it went.

Rules: only texts that the journal committed to can go; the chain holds without them. The removal is signed with the
operator's long-term key, see `desk.afterwards`. The reason cannot be removed again. Asks no AWS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.afterwards import holding, long_term, vouching
from irtui.desk.keys import Keys
from irtui.desk.opening import AskSecret
from irtui.engine.operator import REASON_NEEDED, too_short
from irtui.errors import JournalError, UsageError
from irtui.journal import removing, typed
from irtui.journal.after import Removal, read_after, removal
from irtui.journal.disk import RealDisk
from irtui.journal.handing import given_away
from irtui.journal.read import read_journal
from irtui.journal.record import Record
from irtui.text import inert


@dataclass(frozen=True, slots=True)
class Removable:
    """One typed text of a closed incident."""

    folder: Path
    records: Sequence[Record]
    record: Record
    field: str
    commit: str
    text: str
    """Foreign; empty where its removal was signed already and what is there is no longer the text."""
    said: Removal | None
    """Its removal was signed, and then somebody was stopped."""


@dataclass(frozen=True, slots=True)
class Removed:
    removal: Removal
    strays: int
    """Texts that no record names and that went too: a crash had left them."""
    vouched: bool
    """The key that signed it vouches for a sitting of the incident."""
    key: str
    """The public key that signed it, hex."""


def removable(folder: Path, number: int) -> Removable:
    """What a record holds that can be removed. Raises UsageError, and JournalError for a text that was altered."""
    reading = read_journal(folder)
    records = reading.records
    if records and given_away(records[-1]) is not None:
        raise UsageError(
            f"{folder.name} was handed over, and goes on elsewhere.",
            title="Not removed",
            advice=f"It is removed there, after the close. What is left here can be deleted: {folder}",
        )
    if not records or records[-1].type != "close":
        raise UsageError(
            f"{folder.name} is not closed.",
            title="Not removed",
            advice=f"Close it first (irtui incidents close {folder.name}): a removal is recorded after the close.",
        )
    if records[0].body.get("mode") != "real":
        raise UsageError(
            f"{folder.name} is a rehearsal: the key that signed it is thrown away, and nobody has to keep it.",
            title="Not removed",
            advice=f"Delete the whole of it: {folder}",
        )
    if number > len(records):
        raise UsageError(f"There is no record #{number}.", advice=f"The last one is #{len(records)}.")
    record = records[number - 1]
    field = typed.TYPED.get(record.type, "")
    try:
        commit = typed.commitment(record)
    except ValueError as flaw:
        raise JournalError(f"#{number}: {flaw}.", advice="See `irtui audit verify`.") from flaw
    if not commit:
        raise _nothing(record, field)
    said = next((each for each in map(removal, read_after(folder)) if each and each.commit == commit), None)
    try:
        text, _ = typed.load(folder, commit)
    except typed.Missing as flaw:
        if said is None:
            raise JournalError(f"#{number}: {flaw}.", advice="See `irtui audit verify`.") from flaw
        raise UsageError(
            f"The text of #{number} was removed on {said.t[:10]} by {inert(said.op, 80)}.",
            advice="Nothing is left of it.",
        ) from None
    except ValueError as flaw:
        if said is None:
            raise JournalError(f"#{number}: {flaw}.", advice="See `irtui audit verify`.") from flaw
        text = ""
    return Removable(folder, records, record, field, commit, text, said)


def redact(
    what: Removable, because: str, keys: Keys, clock: Clock, *, run: str, operator: str, key: str, ask_secret: AskSecret
) -> Removed:
    """Removes it for good. Raises UsageError (the reason), Denied (another's key), KeyUnavailable, JournalError."""
    number, folder = what.record.seq, what.folder
    _reasonable(because, what)
    found = holding(folder)
    signer = long_term(what.records, keys, key, ask_secret)
    text = {"record": number, "field": what.field, "commit": what.commit}
    said = removing.remove(folder, found, text, because.strip(), run=run, operator=operator, signer=signer, clock=clock)
    return Removed(said, _swept(folder, what.records), bool(vouching(what.records)), signer.public.hex())


def _nothing(record: Record, field: str) -> UsageError:
    said = record.body.get(field)
    if isinstance(said, str) and said and not typed.own_words(record.type, record.body):
        return UsageError(
            f"The {field} of #{record.seq} stands in the signed line itself: it is from before texts were kept apart.",
            title="Not removed",
            advice="It cannot go without breaking the chain. Only the whole incident can be deleted, and that shows.",
        )
    return UsageError(
        f"#{record.seq} ({record.type}) holds nothing that a person typed freely.",
        title="Not removed",
        advice="Notes, reasons, statements and where a line lies can go. Inputs, names and what AWS said cannot.",
    )


def _reasonable(because: str, what: Removable) -> None:
    """Raises UsageError for a reason that says too little, or too much."""
    if too_short(because):
        raise UsageError(REASON_NEEDED, title="Not removed")
    text = what.text.strip().casefold()
    if not too_short(text) and text in because.casefold():
        raise UsageError(
            "The reason repeats what is to be removed, and the reason stays.",
            title="Not removed",
            advice="Say what kind of thing it is: a customer's name, a password.",
        )


def _swept(folder: Path, records: Sequence[Record]) -> int:
    """Removes the texts that no record names; how many."""
    disk, commits = RealDisk(), {typed.commitment(record) for record in records}
    try:
        found = removing.strays(folder, commits)
        for path in found:
            removing.wipe(disk, path)
    except OSError as fault:
        raise JournalError(
            f"The text is removed, but not one that a crash had left: {fault.strerror}.",
            advice=f"Remove by hand what no record names: {folder / typed.TEXTS}",
        ) from fault
    return len(found)
