"""State, plans and verdicts as lines of text. Pure; every foreign word passes through `irtui.text`, every secret
through `redact`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from irtui.canonical import plain
from irtui.clock import rfc3339
from irtui.desk.handed import Said
from irtui.desk.nouns import Simulated
from irtui.engine.looks import what_for
from irtui.engine.operator import Confirmation
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.plan import PlannedCall
from irtui.model.runbook import AskBody, ManualBody
from irtui.model.verdict import Verdict
from irtui.redact import masked
from irtui.report.difference import after_lines, before_lines, difference, shortened
from irtui.text import inert, inert_lines

GLYPHS = {
    StepStatus.TODO: "·",
    StepStatus.RUNNING: "▸",
    StepStatus.DONE: "✔",
    StepStatus.UNVERIFIED: "?",
    StepStatus.SETTLING: "◷",
    StepStatus.REFUTED: "↺",
    StepStatus.IN_DOUBT: "‼",
    StepStatus.WAITING: "◷",
    StepStatus.FAILED: "✘",
    StepStatus.SKIPPED: "→",
    StepStatus.UNDONE: "↶",
    StepStatus.NOT_NEEDED: "–",
}
"""Never alone: the word stands beside it."""

VALUE = 160
"""Characters of a value on one line; the whole of it is in the evidence."""
PARAMETER = 100
"""Characters of a parameter that stay on one line; a longer one is shown in full on several."""
FOUND = 90
"""Characters of a value that a step found, told in passing."""
_OWN_WORDS = ("status", "gaps", "items", "choice", "memory", "absent")
"""What every step's values hold besides what it kept; shown in other places."""


Fidelity = Callable[[str, str], Simulated | None]
"""How true an operation is in a rehearsal; None in a real incident."""


def real(service: str, operation: str) -> None:
    """For real incidents, and where nobody knows."""


def said(pairs: Iterable[Said]) -> Iterator[str]:
    """What is told when an incident changes hands."""
    for word, stands_for in pairs:
        aloud = "   (read it aloud)" if word == "sha256" else ""
        yield f"  {word:<9} {inert(stands_for, 4096)}{aloud}"


def banner(state: IncidentState) -> str:
    """REAL or REHEARSAL first, then where and who: the line that is read before anything is typed."""
    alias = f" {inert(state.alias)}" if state.alias else ""
    lock = "changes allowed" if state.unlocked else "read only"
    expiry = f"session until {rfc3339(state.expires)[11:16]}Z" if state.expires else ""
    who = inert(state.caller.rsplit(":", 1)[-1])
    glass = f"BREAK-GLASS {len(state.glass)}" if state.glass else ""
    words = [
        state.mode.upper(), glass, inert(state.account) + alias, who, inert(state.region), inert(state.id),
        f"key {inert(state.key_kind)}", lock, expiry,
    ]  # fmt: skip
    return "  ".join(word for word in words if word)


def step_line(step: StepState, now: bool = False) -> str:
    """`  ✔ done       4  Deny everything to ci-deploy`."""
    glyph, word = ("▶", "now") if now and step.status is StepStatus.TODO else (GLYPHS[step.status], step.status.value)
    count = f"  ({len(step.items_done)} of {len(step.items)})" if step.items else ""
    return f"  {glyph} {word:<10} {step.number:>4}  {_title(step)}{count}"


def overview(state: IncidentState, here: StepState | None) -> Iterator[str]:
    """Every step under its phase; `here` is the current one."""
    phase = ""
    for step in state.steps:
        if step.step.phase != phase:
            phase = step.step.phase
            yield phase.upper()
        yield step_line(step, now=here is not None and step.key == here.key)
        if step.reason and step.status is not StepStatus.DONE:
            yield f"        {inert(step.reason)}"
        if step.approval:
            yield f"        {inert(step.approval.words)}"


def step_block(step: StepState) -> Iterator[str]:
    """One step in full: what it is, what is known, what stands in its way."""
    yield f"── {step.number} · {_title(step)} ── {step.step.phase} · {step.status.value}"
    text = step.text.strip()
    if text:
        yield from (f"  {line}" for line in inert_lines(text).split("\n"))
    if step.absent:
        yield f"  not there: {what_for(None)}"
    yield from (f"  {inert(name):<16} {value_text(value)}" for name, value in _kept(step))
    yield from (f"  not read: {inert(gap)}" for gap in step.gaps)
    yield from (f"  evidence {inert(item.name)} sha256 {item.sha256[:12]}" for item in step.evidence)
    if step.reason:
        yield f"  {inert(step.reason)}"
    if step.advice:
        yield f"  {inert_lines(step.advice)}"
    if step.step.approvers:
        others = "one other person" if step.step.approvers == 1 else f"{step.step.approvers} other people"
        yield f"  approval of {others}: {inert(step.approval.words) if step.approval else 'nobody was asked yet'}"
    if step.blocked_by:
        yield f"  waits for {', '.join(inert(key) for key in step.blocked_by)}"


def found(step: StepState) -> Iterator[str]:
    """What a step that was just done has shown; for asked and manual steps the answer is already on the page."""
    if isinstance(step.step.body, AskBody | ManualBody):
        return
    if step.absent:
        yield f"{'':20}not there: {what_for(None)}"
    yield from (f"{'':20}{inert(name)} {value_text(value, FOUND)}" for name, value in _kept(step))
    yield from (f"{'':20}not read: {inert(gap)}" for gap in step.gaps)
    yield from (f"{'':20}evidence {item.sha256[:12]}  {inert(item.name)}" for item in step.evidence)


def confirmation(request: Confirmation, fidelity: Fidelity = real) -> Iterator[str]:
    """The exact calls, before → after, what cannot be undone, and each guard's verdict with its reason."""
    what = "Take back: " if request.undoing else "Plan: " if request.plans else ""
    yield f"── {what}{inert(request.title)}"
    for plan in request.plans:
        for planned in plan.calls:
            yield from _call(planned, fidelity(planned.call.service, planned.call.operation))
    yield from (f"  CANNOT BE UNDONE  {inert(sentence)}" for sentence in request.irreversible)
    yield ""
    yield from verdicts(request.verdicts)


def verdicts(items: Iterable[Verdict]) -> Iterator[str]:
    yield from (f"  {verdict.ruling.name:<5}  {inert(verdict.guard):<16} {inert(verdict.reason)}" for verdict in items)


def value_text(value: object, limit: int = VALUE) -> str:
    """A value on one line: text as it is, anything else as JSON."""
    clean = masked(plain(value))
    text = clean if isinstance(clean, str) else json.dumps(clean, ensure_ascii=False)
    return inert(text, limit)


def _kept(step: StepState) -> Iterator[tuple[str, Any]]:
    """What the step kept and is not empty; all of it is in the evidence."""
    return (
        (name, value)
        for name, value in step.values.items()
        if name not in _OWN_WORDS and value not in (None, [], {}, "")
    )


def _parameter(name: str, value: object) -> Iterator[str]:
    """What is sent is shown whole, however long."""
    line = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(line) <= PARAMETER:
        yield f"    {inert(name):<16} {inert(line)}"
        return
    yield f"    {inert(name)}"
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    yield from (f"      {line}" for line in inert_lines(text).split("\n"))


def _title(step: StepState) -> str:
    return inert(step.title or step.step.title)


def _call(planned: PlannedCall, simulated: Simulated | None) -> Iterator[str]:
    back = "can be undone" if planned.undo else "cannot be undone" if planned.irreversible else "no undo"
    yield f"  {inert(planned.call.name)}   {planned.effect.word} · {back}"
    if simulated is not None:
        yield f"    {inert(simulated.words)}"
    for name, value in masked(plain(planned.call.params)).items():
        yield from _parameter(name, value)
    if planned.before is not None:
        yield from _changed(planned)
    else:
        yield "    before           nothing to read back: this will count as unverified"
    if planned.undo:
        yield f"    undo             {inert(planned.undo.name)}"
    if planned.note:
        yield f"    note             {inert(planned.note)}"


def _changed(planned: PlannedCall) -> Iterator[str]:
    """Before and after: a line each where that is all, else the lines that differ."""
    before, after = before_lines(planned.before), after_lines(planned)
    if len(before) == 1 == len(after) and max(map(len, (*before, *after))) <= PARAMETER:
        yield f"    before           {inert(before[0])}"
        yield f"    after            {inert(after[0])}"
        return
    yield "    before → after"
    yield from (f"      {mark} {inert(line)}" for mark, line in shortened(difference(planned)))


def state_data(state: IncidentState) -> dict[str, Any]:
    """An incident for `-o json`."""
    return {
        "id": state.id, "mode": state.mode, "runbook": state.runbook, "title": state.title, "account": state.account,
        "caller": state.caller, "region": state.region, "operator": state.operator, "opened": state.opened,
        "key": state.key_kind, "unlocked": state.unlocked, "closed": state.closed, "contained": state.contained,
        "break_glass": list(state.glass),
        "records": state.records, "head": state.head, "changed": state.changed, "endpoints": list(state.endpoints),
        "open": [step.key for step in state.open_steps],
        "steps": [_step_data(step) for step in state.steps],
    }  # fmt: skip


def _step_data(step: StepState) -> Mapping[str, Any]:
    return {
        "key": step.key, "number": step.number, "phase": step.step.phase.value, "title": step.title or step.step.title,
        "status": step.status.value, "reason": step.reason, "gaps": list(step.gaps), "values": plain(step.values),
        "evidence": [item.sha256 for item in step.evidence],
        "calls": [
            {"seq": call.seq, "call": call.planned.get("call"), "status": call.status, "request_id": call.request_id}
            for call in step.calls
        ],
    }  # fmt: skip
