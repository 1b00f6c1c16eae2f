"""What the operator did, one row a step, and what the adversary did until the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from irtui.engine.outline import split_key
from irtui.gameday.history import Deed
from irtui.journal.record import Record
from irtui.model.incident import IncidentState

Since = Callable[[datetime | str], float]
"""Seconds since the operator came in."""


@dataclass(frozen=True, slots=True)
class Act:
    at: float
    step: str
    """Key of the step; empty for the time before anything was done."""
    title: str
    what: str
    """changed, taken back, read, answered, stated or skipped."""
    successes: int = 0
    denials: int = 0
    ways: tuple[str, ...] = ()
    """Names of the credentials that worked."""


BEGINNING = Act(0.0, "", "", "")


def took_effect(records: Sequence[Record]) -> dict[int, str]:
    """Number of the intent → when AWS said, or a look showed, that it took effect."""
    found: dict[int, str] = {}
    for record in records:
        body = record.body
        done = (record.type == "outcome" and body.get("status") == "succeeded") or (
            record.type == "reconcile" and body.get("found") == "applied"
        )
        if done:
            found.setdefault(int(body["intent"]), record.t)
    return found


def acts(records: Sequence[Record], state: IncidentState, since: Since) -> tuple[Act, ...]:
    """In order; what one step does several times in a row is one act, at its first moment."""
    titles = {step.key: step.title for step in state.steps}
    intents = {record.seq: record.body for record in records if record.type == "intent"}
    found = [BEGINNING]
    for record in records:
        what, unit = _what(record.type, record.body, intents)
        step = split_key(unit)[0]
        if not what or step not in titles or (found[-1].step, found[-1].what) == (step, what):
            continue
        found.append(Act(since(record.t), step, titles[step], what))
    return tuple(found)


def with_deeds(rows: Sequence[Act], deeds: Sequence[Deed], since: Since) -> tuple[Act, ...]:
    """Each act with the calls made from its moment until the next."""
    counted = []
    ends = [*(row.at for row in rows[1:]), float("inf")]
    for row, end in zip(rows, ends, strict=True):
        mine = [deed for deed in deeds if (row.at <= since(deed.at) or not row.step) and since(deed.at) < end]
        ways = tuple(dict.fromkeys(deed.by for deed in mine if deed.ok))
        good, refused = sum(deed.ok for deed in mine), sum(deed.refused for deed in mine)
        counted.append(replace(row, successes=good, denials=refused, ways=ways))
    return tuple(counted)


def _what(kind: str, body: Mapping[str, Any], intents: Mapping[int, Mapping[str, Any]]) -> tuple[str, str]:
    """(what was done, unit) of a record; empty when nothing was."""
    about = intents.get(int(body.get("intent") or 0), {})
    unit = str(body.get("step") or about.get("step", ""))
    match kind:
        case "outcome" if body.get("status") == "succeeded":
            return "taken back" if about.get("undoing") else "changed", unit
        case "reconcile" if body.get("found") == "applied":
            return "taken back" if about.get("undoing") else "changed", unit
        case "observe" if body.get("state") == "ok" or "keep" in body:
            return "read", unit
        case "decide" if body.get("kind") == "choice":
            return "answered", unit
        case "attest":
            return "stated", unit
        case "skip":
            return "skipped", unit
    return "", unit
