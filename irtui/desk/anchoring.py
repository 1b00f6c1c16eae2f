"""The operator says, beside any sitting, that a fingerprint was pasted or read aloud: one record in an open journal.

Rules: it asks no AWS and changes nothing there. What is running keeps its journal: then it is said in there.
"""

import hashlib
from pathlib import Path

from irtui.clock import Clock
from irtui.desk.handover import rejoined
from irtui.desk.keys import PASSPHRASE_FILE, Keys, kind_of
from irtui.desk.opening import AskSecret
from irtui.errors import UsageError
from irtui.journal.anchor import Anchor, anchor_of
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

    Raises UsageError (closed, handed over, a rehearsal, a line that does not fit), JournalError (held, altered),
    KeyUnavailable.
    """
    records = read_records(folder)
    last = records[-1] if records else None
    if last is None or last.type in ("close", "handover"):
        raise UsageError(
            f"{folder.name} is closed, handed over or empty.",
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
    asked = (key or kind_of(records)) == PASSPHRASE_FILE
    passphrase = (ask_secret("Passphrase of the key file") or "") if asked else ""
    signing = keys.again(records, folder.name, mode, key, passphrase)
    journal = rejoined(folder, records, signing, clock, run=run, operator=operator, why="to say where a line lies")
    try:
        journal.append("anchor", body)
    finally:
        journal.release()
    return fits
