"""The score of a rehearsal: a pure function of its journal's records, their fold, and the history kept with them.

Rules: times are seconds since the operator came in, on the scenario's clock. Nothing is estimated: containment
begins with the first containing change after which the adversary met a refusal that it had not met before, and is
full at its last success; while any credential still works there is none. That a session could be opened, or somebody
could ask who they are, is no success.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from irtui.engine.outline import split_key
from irtui.gameday.acts import Act, Since, acts, took_effect, with_deeds
from irtui.gameday.history import ADVERSARY, WORKLOAD, Deed, History, Limit
from irtui.gameday.objective import Objective, won
from irtui.gameday.refusals import NO_WAY_IN
from irtui.guards.evidence_first import evidence_behind
from irtui.journal.record import Record
from irtui.model.incident import CallRecord, IncidentState, StepStatus

CONTAINING = ("contain", "eradicate")
"""Phases whose changes are meant for the adversary."""


@dataclass(frozen=True, slots=True)
class Tripped:
    """A guard that did not simply allow."""

    at: float
    step: str
    ruling: str
    guard: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """An inject, a hint, a pause or a resume."""

    at: float
    kind: str
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    incident: str
    scenario: str
    title: str
    began: datetime
    lasted: float
    """Seconds until the close."""
    won: bool
    objectives: tuple[Objective, ...]
    first_containment: float | None
    first_by: str
    """Step of the first containment; empty when there was none."""
    full_containment: float | None
    last_success: float | None
    acts: tuple[Act, ...]
    """What the operator did, in order; the first one is the time before anything was done."""
    looked: bool
    """Whether the adversary tried for the judge what it held at the end; else nobody knows what worked."""
    missed: tuple[str, ...]
    """Credentials of the adversary that still worked at the end."""
    collateral: Mapping[str, int]
    """Workload → calls of it that were refused."""
    unkept: tuple[str, ...]
    """Steps that changed something before it had been kept as evidence."""
    guards: tuple[Tripped, ...]
    told: tuple[Told, ...]
    left_out: tuple[tuple[str, str], ...]
    """(step, reason) of what was skipped."""
    unfinished: tuple[str, ...]
    """Steps still open at the close."""
    limits: tuple[Limit, ...]
    """What was asked of the world that it does not do exactly as AWS does."""

    def count(self, kind: str) -> int:
        """How many injects, hints or pauses there were."""
        return sum(told.kind == kind for told in self.told)


def score(records: Sequence[Record], state: IncidentState, history: History) -> Score:
    began = history.began

    def since(moment: datetime | str) -> float:
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return round((at - began).total_seconds(), 1)

    foes = tuple(deed for deed in history.of(ADVERSARY) if not (deed.ok and deed.call in NO_WAY_IN))
    changes = [call for call in _changes(state) if _phase(state, call) in CONTAINING]
    effects = took_effect(records)
    first, by = _first(changes, effects, (*foes, *history.tries), since)
    last = max((since(deed.at) for deed in foes if deed.ok), default=None)
    full = None
    if first is not None and history.looked and not history.missed:
        full = first if last is None else max(first, last)
    return Score(
        incident=state.id,
        scenario=history.scenario,
        title=history.title,
        began=began,
        lasted=since(history.ended),
        won=won(history.objectives),
        objectives=history.objectives,
        first_containment=first,
        first_by=by,
        full_containment=full,
        last_success=last,
        acts=with_deeds(acts(records, state, since), foes, since),
        looked=history.looked,
        missed=history.missed,
        collateral=dict(Counter(deed.actor for deed in history.of(WORKLOAD) if deed.refused)),
        unkept=tuple(dict.fromkeys(_base(call) for call in changes if not _kept(records, state, call))),
        guards=tuple(_tripped(records, since)),
        told=tuple(_told(records, since)),
        left_out=tuple((step.key, step.reason) for step in state.steps if step.status is StepStatus.SKIPPED),
        unfinished=tuple(step.key for step in state.steps if step.status.open),
        limits=history.limits,
    )


def as_data(found: Score) -> dict[str, Any]:
    """For programs; times are whole seconds."""

    def whole(value: Any) -> Any:
        if isinstance(value, float):
            return round(value)
        if isinstance(value, Mapping):
            return {name: whole(item) for name, item in value.items()}
        return [whole(item) for item in value] if isinstance(value, list | tuple) else value

    counts = {f"{kind}s": found.count(kind) for kind in ("inject", "hint", "pause")}
    return {**{name: whole(value) for name, value in asdict(found).items()}, **counts}


def _changes(state: IncidentState) -> list[CallRecord]:
    """Every call that took effect and was no undo, in order."""
    calls = {call.seq: call for step in state.steps for call in step.calls if call.took_effect and not call.undoing}
    return [calls[seq] for seq in sorted(calls)]


def _base(call: CallRecord) -> str:
    return split_key(call.step)[0]


def _phase(state: IncidentState, call: CallRecord) -> str:
    return str(state.step(_base(call)).step.phase)


def _first(
    changes: Sequence[CallRecord], effects: Mapping[int, str], deeds: Sequence[Deed], since: Since
) -> tuple[float | None, str]:
    """When, and by which step, the adversary was first hurt."""
    refused: dict[tuple[str, str], float] = {}
    for deed in deeds:
        if deed.refused:
            refused.setdefault((deed.access_key_id, deed.call), since(deed.at))
    for call in changes:
        at = since(effects[call.seq])
        if any(moment >= at for moment in refused.values()):
            return at, _base(call)
    return None, ""


def _kept(records: Sequence[Record], state: IncidentState, call: CallRecord) -> bool:
    """Whether what this call changes had been kept before: by the steps it needs, else by any that keeps evidence."""
    step = state.step(_base(call))
    keeping = {other.key for other in evidence_behind(state, step)}
    wanted = keeping or {other.key for other in state.steps if other.step.evidence}
    before = {
        split_key(str(record.body.get("step", "")))[0]
        for record in records
        if record.type == "evidence" and record.seq < call.seq
    }
    return bool(wanted & before) if not keeping else wanted <= before


def _tripped(records: Sequence[Record], since: Since) -> list[Tripped]:
    return [
        Tripped(
            since(record.t), str(record.body.get("step", "")), str(verdict["ruling"]), str(verdict["guard"]),
            str(verdict["reason"]),
        )
        for record in records if record.type == "judge"
        for verdict in record.body.get("verdicts") or ()
        if verdict["ruling"] != "ALLOW"
    ]  # fmt: skip


def _told(records: Sequence[Record], since: Since) -> list[Told]:
    return [
        Told(since(record.t), str(record.body["kind"]), str(record.body.get("of", "")), str(record.body["text"]))
        for record in records
        if record.type == "note" and record.body.get("kind")
    ]
