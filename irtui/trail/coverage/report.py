"""The blind-window report: for each Region and source, what it can show of which time, and why not.

Rules: the windows of a row abut, in order, and are exactly the time that was asked about. `covered` is said only of
what was shown to be so; what nobody looked at, or could not, is `unknown`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

TAIL = "not delivered yet"
"""The cause that time alone mends."""
_MINUTE = timedelta(minutes=1)


class State(StrEnum):
    """Best first; where two are claimed of the same moment, the worse holds."""

    COVERED = "covered"
    UNKNOWN = "unknown"
    NOT_COVERED = "not covered"


@dataclass(frozen=True, slots=True)
class Window:
    since: datetime
    until: datetime
    state: State
    reason: str
    """A sentence."""
    cause: str = ""
    """A short fixed word, for programs; empty when covered."""
    by: str = ""
    """Who brought it about, as CloudTrail says: foreign text."""

    def data(self) -> dict[str, Any]:
        told = {"state": self.state.value, "reason": self.reason, "cause": self.cause, "by": self.by}
        return {"since": moment(self.since), "until": moment(self.until), **told}


@dataclass(frozen=True, slots=True)
class Row:
    account: str
    region: str
    source: str
    """`Event history`, or `trail NAME`."""
    kind: str
    """history or trail."""
    what: str
    """What it can hold at all."""
    windows: tuple[Window, ...]

    def data(self) -> dict[str, Any]:
        place = {"account": self.account, "region": self.region, "source": self.source, "kind": self.kind}
        return {**place, "what": self.what, "windows": [window.data() for window in self.windows]}


@dataclass(frozen=True, slots=True)
class Coverage:
    since: datetime
    until: datetime
    now: datetime
    rows: tuple[Row, ...]
    not_looked_at: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    """What could not be read, one sentence each."""

    @property
    def whole(self) -> bool:
        """Everything that was looked at is covered, but for what has not been delivered yet."""
        windows = [window for row in self.rows for window in row.windows]
        fine = all(window.state is State.COVERED or window.cause == TAIL for window in windows)
        return bool(windows) and fine and not self.gaps

    def data(self) -> dict[str, Any]:
        minutes = {state.value: 0.0 for state in State}
        for row in self.rows:
            for window in row.windows:
                minutes[window.state.value] += (window.until - window.since) / _MINUTE
        return {
            "since": moment(self.since), "until": moment(self.until), "now": moment(self.now),
            "rows": [row.data() for row in self.rows],
            "minutes": {state: round(value) for state, value in minutes.items()},
            "not_looked_at": list(self.not_looked_at), "gaps": list(self.gaps),
        }  # fmt: skip


def laid(since: datetime, until: datetime, claims: Sequence[Window], otherwise: Window) -> tuple[Window, ...]:
    """The windows of a row: the worst claim of each moment, of equals the first; `otherwise` where none is made."""
    inside = [claim for claim in claims if claim.since < until and since < claim.until and claim.since < claim.until]
    place = {id(claim): number for number, claim in enumerate(inside)}
    inside.sort(key=lambda claim: claim.since)
    edges = {since, until, *(max(since, one.since) for one in inside), *(min(until, one.until) for one in inside)}
    told: list[Window] = []
    active: list[Window] = []
    taken = 0
    for begin, end in pairwise(sorted(edges)):
        while taken < len(inside) and inside[taken].since <= begin:
            active.append(inside[taken])
            taken += 1
        active = [claim for claim in active if claim.until >= end]
        worst = min(active, key=lambda claim: (-_RANK[claim.state], place[id(claim)]), default=otherwise)
        last = told[-1] if told else None
        if last and replace(worst, since=last.since, until=last.until) == last:
            told[-1] = replace(last, until=end)
        else:
            told.append(replace(worst, since=begin, until=end))
    return tuple(told)


_RANK = {state: rank for rank, state in enumerate(State)}


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
