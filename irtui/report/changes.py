"""What an incident changed, what became of each call, and what stayed open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from irtui.journal.record import Record
from irtui.model.plan import with_made
from irtui.report.timeline import sequence, text


@dataclass(frozen=True, slots=True)
class Change:
    """One call that was sent, or may have been."""

    seq: int
    t: str
    step: str
    planned: Mapping[str, Any]
    """The planned call as the journal has it; foreign."""
    status: str
    """took effect, refused, not applied, in doubt, taken back or not proven; irtui's words."""
    undoing: bool
    request_id: str = ""


def changes(records: Iterable[Record], holds: int | None = None) -> tuple[Change, ...]:
    """Every intent in order, with the last that is known of it. `holds`: the last record that holds; what stands after
    it says nothing of what stands before."""
    found: dict[int, Change] = {}
    for record in records:
        body = record.body
        unproven = holds is not None and record.seq > holds
        if record.type == "intent":
            planned = body.get("call")
            planned = planned if isinstance(planned, Mapping) else {}
            undoing = body.get("undoing") is True
            found[record.seq] = Change(record.seq, record.t, text(body, "step"), planned, "in doubt", undoing)
            if unproven:
                found[record.seq] = replace(found[record.seq], status="not proven")
            continue
        about = body.get("intent")
        if type(about) is not int or about not in found:
            continue
        status = "" if unproven else _status(record)
        if status:
            change = replace(
                found[about], status=status, request_id=text(body, "request_id") or found[about].request_id,
                planned=with_made(found[about].planned, body.get("made")),
            )  # fmt: skip
            found[about] = change
            if change.undoing and status == "took effect":
                _take_back(found, change)
    return tuple(found.values())


def _status(record: Record) -> str:
    if record.type == "outcome":
        return {"succeeded": "took effect", "failed": "refused"}.get(text(record.body, "status"), "in doubt")
    if record.type == "reconcile":
        found = text(record.body, "found")
        return {"applied": "took effect", "not_applied": "not applied"}.get(found, "in doubt")
    return "in doubt" if record.type == "unknown" else ""


def _take_back(found: dict[int, Change], undo: Change) -> None:
    """Marks the change that this undo call belongs to: the last one whose planned undo it is."""
    for change in reversed(found.values()):
        planned = change.planned.get("undo")
        fits = isinstance(planned, Mapping) and all(undo.planned.get(name) == planned[name] for name in planned)
        if not change.undoing and change.status == "took effect" and planned and fits:
            found[change.seq] = replace(change, status="taken back")
            return


def open_questions(records: Iterable[Record], holds: int | None = None) -> tuple[tuple[int, str, str], ...]:
    """(record, irtui's words, foreign detail) for all that a reader should ask about, in order. `holds`: as above."""
    records = tuple(records)
    asked: list[tuple[int, str, str]] = []
    unsettled: dict[str, tuple[int, str, str]] = {}
    for record in records:
        body, step = record.body, text(record.body, "step")
        asked.extend((record.seq, "not read", f"{step}: {gap}") for gap in sequence(body.get("gaps")))
        if record.type in ("skip", "fail"):
            what = "step skipped" if record.type == "skip" else "step failed"
            asked.append((record.seq, what, f"{step}: {text(body, 'reason')}"))
        elif record.type == "check":
            unsettled.pop(step, None)
            if text(body, "finding") != "verified":
                unsettled[step] = (record.seq, "not verified", f"{step}: {text(body, 'why')}")
            elif text(body, "due"):
                unsettled[step] = (record.seq, "second look was still due", f"{step}: {text(body, 'due')}")
        elif record.type == "attest":
            asked.append((record.seq, "rests on the operator's word", f"{step}: {text(body, 'statement')}"))
        elif record.type == "close":
            asked.extend((record.seq, "open at the close", str(item)) for item in sequence(body.get("open")))
    asked.extend(unsettled.values())
    for change in changes(records, holds):
        if change.status == "in doubt":
            asked.append((change.seq, "nobody knows what became of the call", text(change.planned, "call")))
        elif change.status == "not proven":
            asked.append((change.seq, "a call whose record does not hold", text(change.planned, "call")))
    return tuple(sorted(asked))
