"""The score of a closed rehearsal, from its folder alone."""

import json
from collections.abc import Sequence
from pathlib import Path

from irtui.desk.recorded import folded
from irtui.errors import UsageError
from irtui.gameday.history import NAME, History
from irtui.gameday.score import Score, score
from irtui.journal.read import read_evidence, read_records
from irtui.journal.record import Record


def scored(folder: Path) -> Score:
    """Raises UsageError for what is no closed rehearsal, JournalError for what cannot be read."""
    records = read_records(folder)
    history = kept_history(folder, records)
    return score(records, folded(folder, records), history)


def kept_history(folder: Path, records: Sequence[Record]) -> History:
    """What happened in the world of a rehearsal, as its journal keeps it. Raises like `scored`."""
    kept = [record for record in records if record.type == "evidence" and record.body.get("name") == NAME]
    name = records[0].incident if records else folder.name
    if not records or records[0].body.get("mode") != "rehearsal":
        raise UsageError(f"{name} is no rehearsal.", advice="`irtui audit export` tells of a real incident.")
    if not kept:
        raise UsageError(
            f"{name} has no history of its world: it is open, or older than game days with a score.",
            advice=f"Close it first: irtui resume {name}",
        )
    try:
        return History.from_data(json.loads(read_evidence(folder, str(kept[-1].body["sha256"]))))
    except (LookupError, ValueError, TypeError) as error:
        raise UsageError(f"the history of {name} cannot be read: {type(error).__name__}") from error
