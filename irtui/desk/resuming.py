"""What must hold before an incident goes on, as far as its journal tells: nothing of AWS is asked here."""

from collections.abc import Mapping
from pathlib import Path

from irtui.desk.catalogue import incident_entries
from irtui.desk.home import Home
from irtui.desk.keys import IncidentKey
from irtui.desk.recorded import recorded_runbooks
from irtui.desk.worlds import runs
from irtui.errors import Denied, JournalError, UsageError
from irtui.journal.handing import given_away
from irtui.journal.handle import Held, writer
from irtui.journal.read import read_records
from irtui.journal.record import Record
from irtui.model.runbook import Runbook
from irtui.text import inert


def latest(home: Home) -> str:
    """The newest open incident, a real one or a rehearsal whose world runs first. Raises UsageError."""
    found = [entry for entry in incident_entries(home) if entry.status == "open"]
    for entry in (*(each for each in found if each.mode == "real" or runs(home, each.id)), *found):
        return entry.id  # without one that can go on, the newest: it says why it cannot
    raise UsageError(
        "There is no open incident.", title="Nothing to resume", advice="`irtui incidents list` shows all."
    )


def resumable(folder: Path, *, seize: bool, received: bool) -> tuple[Record, ...]:
    """Its records. `seize`: another process may be writing it; `received`: it was handed over to this machine just now.

    Raises UsageError (closed, handed over) and JournalError (empty, altered, held).
    """
    records = read_records(folder)
    if not records:
        raise JournalError(f"{folder.name} holds no record.", title="Nothing to resume", advice="Open a new incident.")
    if records[-1].type == "close":
        raise UsageError(f"{folder.name} is closed.", advice=f"Read it with `irtui audit show {folder.name}`.")
    given = given_away(records[-1])
    if given is not None and not received:
        raise UsageError(
            f"{folder.name} was handed over to {inert(given.get('to') or 'another machine')}; it goes on there.",
            advice="Its key here is destroyed. If it comes back: irtui incidents receive FILE.",
        )
    if not seize and (holder := writer(folder)):  # before anything is asked for
        raise Held(folder.name, holder)
    return records


def its_runbooks(folder: Path, records: tuple[Record, ...]) -> tuple[Runbook, Mapping[str, Runbook]]:
    """The runbook and its children as they were when it was opened. Raises JournalError."""
    try:
        return recorded_runbooks(folder, records)
    except JournalError as error:
        raise JournalError(
            f"{folder.name} was left before its runbook was kept: {error.message}",
            title="Nothing to resume",
            advice="Nothing was done in it. Open a new incident.",
        ) from error


def is_for(records: tuple[Record, ...], signing: IncidentKey) -> None:
    """Raises Denied for a key to which it was not handed over."""
    last = records[-1]
    wanted = str(last.body.get("to_key") or "") if last.type == "handover" else ""
    if wanted and (signing.endorsement or {}).get("by") != wanted:
        raise Denied(
            f"{last.incident} was handed over to the key {wanted[:16]}…, which is not yours.",
            advice="Nothing was done. Ask for a hand-over to your key: irtui keys show.",
        )
