"""An incident changes hands: signed off here, and carried to another machine as one file.

Rules: the hand-over is the last record that the old key signs; then that key is destroyed, so nobody here can write on.
A moved incident goes on only where it was received. The file needs no signature of its own: its journal is signed to
the last record, and its evidence is named by hash there.
"""

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from irtui.clock import Clock
from irtui.desk.handed import Parting, of_a_real_one, signing_off
from irtui.desk.keys import IncidentKey, Keys
from irtui.desk.recorded import folded
from irtui.errors import JournalError, UsageError
from irtui.journal import zipped
from irtui.journal.disk import RealDisk
from irtui.journal.evidence import EVIDENCE, open_regular
from irtui.journal.handing import given_away
from irtui.journal.handle import JOURNAL, held
from irtui.journal.head import HEAD
from irtui.journal.read import read_records
from irtui.journal.record import Record
from irtui.journal.store import Journal
from irtui.journal.typed import TEXTS
from irtui.journal.verify import NOT_CLOSED, verify

_MEMBER = re.compile(r"([A-Z0-9][A-Z0-9._-]{0,99})/(?:journal\.jsonl|(?:evidence|texts)/[0-9a-f]{64})")
_PARTS = (EVIDENCE, TEXTS)
_SEAT = (
    "account", "alias", "caller", "caller_name", "user_id", "operator", "profile", "region", "endpoints", "expires",
)  # fmt: skip


def sign_off(
    folder: Path,
    keys: Keys,
    clock: Clock,
    *,
    run: str,
    operator: str,
    key: str,
    passphrase: str,
    parting: Parting,
) -> dict[str, Any]:
    """Writes the hand-over and destroys the incident's key; what the next one has to decide. Asks no AWS.

    Raises JournalError (held, altered), KeyUnavailable, UsageError (closed, or a rehearsal).
    """
    records = read_records(folder)
    if not records or records[-1].type == "close":
        raise UsageError(f"{folder.name} is closed or empty.", advice="There is nothing to hand over.")
    mode = str(records[0].body["mode"])
    of_a_real_one(mode)
    state = folded(folder, records)
    signing = keys.again(records, folder.name, mode, key, passphrase)
    if (given := given_away(records[-1])) is not None:  # signed off before, and perhaps stopped right then
        signing.forget(folder.name)
        return dict(given)
    journal = rejoined(
        folder, records, signing, clock, run=run, operator=operator, why="to hand over", randomness=keys.randomness
    )
    body = signing_off(parting, state)
    try:
        journal.append("handover", body)
    finally:
        journal.release()
    signing.forget(folder.name)
    return body


def rejoined(
    folder: Path, records: Sequence[Record], signing: IncidentKey, clock: Clock, *, run: str, operator: str, why: str,
    randomness: Callable[[int], bytes],
) -> Journal:  # fmt: skip
    """A sitting for one record, as whom AWS knew last. Asks no AWS. Raises JournalError."""
    seat = next(record.body for record in reversed(records) if record.type in ("open", "join"))
    return Journal.resume(
        folder, run=run, operator=operator, signer=signing.signer, endorsement=signing.endorsement, clock=clock,
        joining={**{name: seat[name] for name in _SEAT if name in seat}, "why": why},
        randomness=randomness,
    )  # fmt: skip


def bundled(folder: Path, path: Path) -> Path:
    """The incident as one new file. Raises UsageError, JournalError."""
    part = path.with_name(path.name + ".part")
    try:
        if path.exists():
            raise UsageError(f"{path} is there already.", advice="Name another file.")
        part.unlink(missing_ok=True)  # what a crash left
        with os.fdopen(RealDisk().open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                beside = (file for below in _PARTS for file in sorted((folder / below).glob("*")))
                for file in (folder / JOURNAL, *beside):
                    name = f"{folder.name}/{file.relative_to(folder)}"
                    if _MEMBER.fullmatch(name):
                        with open_regular(file) as content:
                            zipped.put(archive, name, content, zipped.EARLIEST)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as fault:
        raise JournalError(
            f"{path} cannot be written: {fault.strerror}.",
            advice="Call it again with another file; the incident waits.",
        ) from fault
    return path


def unpacked(path: Path, incidents: Path) -> tuple[Path, bool]:
    """Puts a handed-over incident where this machine keeps its own; its folder, and whether that is new here.

    What was received before and not yet joined is content; an older part of the same journal is replaced. Raises
    UsageError, JournalError.
    """
    part = None
    try:
        with zipped.opened(path, _MEMBER) as (archive, members):
            name, *others = {member.filename.partition("/")[0] for member in members}
            if others:
                raise ValueError("it holds more than one incident")
            part = incidents / f".{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            for below in _PARTS:
                (part / below).mkdir(mode=0o700, parents=True)
            for member in members:
                zipped.take(archive, member, part / member.filename.partition("/")[2])
        return incidents / name, _placed(part, incidents / name)
    except ValueError as flaw:
        raise UsageError(f"{path} is no handed-over incident: {flaw}.", advice="Nothing of it was kept.") from flaw
    except OSError as fault:
        raise UsageError(f"{path} cannot be unpacked: {fault.strerror or fault}.") from fault
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def _placed(part: Path, folder: Path) -> bool:
    verification = verify(part)
    last = read_records(part)[-1:] or (None,)
    record = last[0]
    if verification.verdict != NOT_CLOSED or record is None or record.incident != folder.name:
        raise JournalError(
            f"The journal in it does not hold: {verification.words}.",
            title="Not received",
            advice="Ask for the file again, and compare its SHA-256 by voice.",
        )
    if given_away(record) is None:
        raise UsageError("This incident was not handed over.", advice="`irtui incidents handover --bundle` does that.")
    if not folder.exists():
        part.replace(folder)
        return True
    with held(RealDisk(), folder) as ours:
        if not (part / JOURNAL).read_bytes().startswith(ours):
            raise JournalError(
                f"{folder.name} is here already, and it went another way.",
                title="Not received",
                advice="Keep both as evidence: somebody wrote on after a hand-over.",
            )
        for below in _PARTS:
            (folder / below).mkdir(mode=0o700, exist_ok=True)
            for file in (part / below).iterdir():
                file.replace(folder / below / file.name)
        (folder / HEAD).unlink(missing_ok=True)
        (part / JOURNAL).replace(folder / JOURNAL)
    return False
