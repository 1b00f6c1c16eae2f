"""The newest evidence of each CloudTrail question in a journal: which hash belongs to which of them."""

from collections.abc import Mapping, Sequence

from irtui.report.coverage import ACTION as COVERAGE
from irtui.report.family import Recorded

VALIDATION = "trail.validate"
EVENTS = "trail.search"
ACTIONS = (COVERAGE, VALIDATION, EVENTS)
"""The actions whose evidence is shown."""
_ALSO = {"athena.results": EVENTS}
"""Other actions whose evidence has the same members."""


def kept_in(records: Sequence[Recorded]) -> Mapping[str, str]:
    """Action → hash of what it found last; without those that found nothing yet."""
    kept = {}
    for record in records:
        call, digest = record.body.get("call"), record.body.get("evidence")
        action = _ALSO.get(str(call), str(call))
        if action in ACTIONS and isinstance(digest, str) and digest:
            kept[action] = digest
    return kept
