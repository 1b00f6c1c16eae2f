"""Closing a rehearsal whose simulated world has ended: nobody can be asked any more, so nothing is met."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from irtui.clock import ManualClock, rfc3339
from irtui.desk.handover import rejoined
from irtui.desk.keys import IncidentKey
from irtui.desk.recorded import recorded_runbooks
from irtui.engine.closing import unfinished
from irtui.engine.ledger import Ledger
from irtui.engine.operator import REASON_NEEDED, too_short
from irtui.errors import Denied
from irtui.gameday import history
from irtui.gameday.scenario import Scenario
from irtui.journal.read import read_records
from irtui.model.incident import IncidentState


def close_lost(
    folder: Path, scenario: Scenario, signing: IncidentKey, *, run: str, operator: str, reason: str,
    randomness: Callable[[int], bytes],
) -> IncidentState:  # fmt: skip
    """The incident's last records, on the time of the one before them: the world's time went with it.

    What is open or in doubt stays so, and is named. Raises Denied without a reason, JournalError (held, altered).
    """
    if too_short(reason):
        raise Denied(REASON_NEEDED, title="Not closed", advice="Give it by --reason.")
    records = read_records(folder)
    clock = ManualClock(datetime.fromisoformat(records[-1].t))
    journal = rejoined(
        folder, records, signing, clock, run=run, operator=operator, why="to close it without its world",
        randomness=randomness,
    )  # fmt: skip
    try:
        ledger = Ledger(journal, *recorded_runbooks(folder, records))
        words = "the simulated world of this incident has ended"
        kept = history.unknown(scenario, ledger.state.opened, rfc3339(clock.now()), words)
        ledger.evidence(history.NAME, kept, gaps=(words,))
        state = ledger.state
        ledger.close({"reason": reason, "open": unfinished(state), "contained": state.contained})
        return ledger.state
    finally:
        journal.release()
