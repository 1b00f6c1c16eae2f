"""The operator says, beside any sitting, that a fingerprint was pasted or read aloud: one record in the journal, or
after its close.

Rules: it asks no AWS and changes nothing there. What is running keeps its journal: then it is said in there.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.afterwards import holding, long_term, vouching
from irtui.desk.handover import rejoined
from irtui.desk.keys import EPHEMERAL, PASSPHRASE_FILE, Keys, kind_of
from irtui.desk.opening import AskSecret
from irtui.errors import JournalError, UsageError
from irtui.journal.after_file import opened
from irtui.journal.anchor import Anchor, anchor_of
from irtui.journal.disk import RealDisk
from irtui.journal.read import read_records
from irtui.journal.record import line as record_line
from irtui.journal.telling import telling


def tell(
    folder: Path,
    keys: Keys,
    clock: Clock,
    *,
    run: str,
    operator: str,
    key: str,
    ask_secret: AskSecret,
    where: str,
    line: Anchor | None,
) -> Anchor:
    """Records that `line`, or without one the last record's fingerprint, lies at `where`; which one that is.

    Raises UsageError (handed over, a rehearsal, closed and nobody vouches for it, a line that does not fit),
    JournalError (held, altered), KeyUnavailable, Denied (another's key).
    """
    records = read_records(folder)
    last = records[-1] if records else None
    if last is None or last.type == "handover" or (last.type == "close" and not vouching(records)):
        raise UsageError(
            f"{folder.name} is handed over, empty, or closed and nobody's key vouches for it.",
            advice="Its line can be pasted all the same: what stands where others keep it is what proves something.",
        )
    mode = str(records[0].body["mode"])
    if mode == "rehearsal":
        raise UsageError("A rehearsal has its own time.", advice=f"Say it there: irtui resume {folder.name}, then f.")
    chosen = line or anchor_of(last)
    fits = anchor_of(records[chosen.seq - 1]) if chosen.seq <= len(records) else None
    if fits is None or (fits.incident.upper(), fits.letters) != (chosen.incident.upper(), chosen.letters):
        raise UsageError(
            "This line is not this journal's.",
            title="Another fingerprint",
            advice=f"If it was pasted from here, the journal was changed since: irtui audit verify {folder.name}.",
        )
    body = telling(records, hashlib.sha256(record_line(last)).hexdigest(), chosen.seq, where)
    if last.type == "close":
        found, signer = holding(folder), long_term(records, keys, "" if key == EPHEMERAL else key, ask_secret)
        with _written(folder), opened(folder, found, RealDisk()) as after:
            after.append("anchor", body, run=run, operator=operator, signer=signer, clock=clock)
        return fits
    asked = (key or kind_of(records)) == PASSPHRASE_FILE
    passphrase = (ask_secret("Passphrase of the key file") or "") if asked else ""
    signing = keys.again(records, folder.name, mode, key, passphrase)
    journal = rejoined(
        folder, records, signing, clock, run=run, operator=operator, why="to say where a line lies",
        randomness=keys.randomness,
    )  # fmt: skip
    try:
        journal.append("anchor", body)
    finally:
        journal.release()
    return fits


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Raises JournalError for what the disk does not take."""
    try:
        yield
    except OSError as fault:
        raise JournalError(
            f"{folder.name}: it cannot be recorded: {fault.strerror}.", advice="Call it again."
        ) from fault
