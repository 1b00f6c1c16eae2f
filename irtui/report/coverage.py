"""The blind-window report as rows of cells: a picture of any width.

Rules: a cell shows the worst state of the time it stands for, so that a blind minute is seen in a bar of a week. A
state that nobody knows counts as unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STATES = ("covered", "unknown", "not covered")
"""Best first."""
ACTION = "trail.coverage"
"""The action whose evidence the report is."""


@dataclass(frozen=True, slots=True)
class Bar:
    account: str
    region: str
    source: str
    what: str
    cells: tuple[str, ...]
    """Of STATES."""
    windows: tuple[Mapping[str, Any], ...]


def bars(coverage: Mapping[str, Any], width: int) -> tuple[Bar, ...]:
    """One for each row of the report; `width` cells each. Empty when its times cannot be read."""
    since, until = _time(coverage.get("since")), _time(coverage.get("until"))
    if since is None or until is None or until <= since or width < 1:
        return ()
    return tuple(_bar(row, since, until, width) for row in _maps(coverage.get("rows")))


def edges(coverage: Mapping[str, Any], parts: int) -> tuple[datetime, ...]:
    """`parts` + 1 moments that cut the time into equal parts."""
    since, until = _time(coverage.get("since")), _time(coverage.get("until"))
    if since is None or until is None or parts < 1:
        return ()
    return tuple(since + (until - since) * part / parts for part in range(parts + 1))


def blind(row: Mapping[str, Any] | Bar) -> tuple[Mapping[str, Any], ...]:
    """The windows of a row that are not covered, or of which nobody knows."""
    windows = row.windows if isinstance(row, Bar) else _maps(row.get("windows"))
    return tuple(window for window in windows if state_of(window) != STATES[0])


def state_of(window: Mapping[str, Any]) -> str:
    state = window.get("state")
    return state if isinstance(state, str) and state in STATES else "unknown"


def _bar(row: Mapping[str, Any], since: datetime, until: datetime, width: int) -> Bar:
    windows = _maps(row.get("windows"))
    worst = [-1] * width
    for window in windows:
        begin, end = _time(window.get("since")), _time(window.get("until"))
        if begin is None or end is None or end <= begin:
            continue
        first = int((begin - since) / (until - since) * width)
        last = -int(-((end - since) / (until - since) * width) // 1)  # rounded up
        rank = STATES.index(state_of(window))
        for cell in range(max(0, first), min(width, last)):
            worst[cell] = max(worst[cell], rank)
    cells = tuple(STATES[rank] if rank >= 0 else "unknown" for rank in worst)
    text = {name: str(row.get(name) or "") for name in ("account", "region", "source", "what")}
    return Bar(text["account"], text["region"], text["source"], text["what"], cells, windows)


def _maps(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(one for one in value if isinstance(one, Mapping)) if isinstance(value, Sequence) else ()


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found
