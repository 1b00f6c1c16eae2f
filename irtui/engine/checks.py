"""What looks at AWS amounted to, as one `check` record."""

from datetime import datetime
from typing import Any

from irtui.canonical import canonical, plain
from irtui.clock import rfc3339
from irtui.engine.ledger import Ledger, clipped
from irtui.engine.looks import Sight
from irtui.model.outcome import Finding

MOST_SEEN = 16 * 1024
"""Bytes of what looks showed that a check holds."""


def worst_finding(sights: list[Sight]) -> Finding:
    """Refuted is worse than unsettled is worse than verified; no look at all is unsettled."""
    found = {sight.finding for sight in sights}
    if Finding.REFUTED in found:
        return Finding.REFUTED
    return Finding.VERIFIED if found == {Finding.VERIFIED} else Finding.UNSETTLED


def _fitting(values: Any) -> Any:
    """The values as they were seen; of more than fits a record, how much it was."""
    size = len(canonical(values))
    return plain(values) if size <= MOST_SEEN else f"{size} bytes, too many for a record"


def record_check(
    ledger: Ledger,
    unit: str,
    which: str,
    sights: list[Sight],
    due: datetime | None = None,
    until: datetime | None = None,
) -> Finding:
    """Writes the worst finding with every look's reason. `which`: own, verify, again, proof, wait or undo.

    `due` is when to look again; until then the unit is settling, or waits where its own reply is judged: `until` is
    then the end of that.
    """
    finding = worst_finding(sights)
    ledger.write(
        "check",
        {
            "step": unit,
            "which": which,
            "finding": finding.value,
            "value": _fitting([sight.value for sight in sights]),
            "why": clipped("; ".join(sight.why for sight in sights if sight.why)),
            "advice": next((sight.advice for sight in sights if sight.advice), ""),
            "due": rfc3339(due) if due else "",
            **({"until": rfc3339(until)} if until else {}),
        },
    )
    return finding
