"""Steps that read: one call, or an action that observes. Their reply is kept by its hash, masked."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.faults import not_there
from irtui.canonical import canonical, plain
from irtui.engine.checks import record_check
from irtui.engine.hands import Hands
from irtui.engine.ledger import clipped
from irtui.engine.looks import PAGES, judged, look, signed_in
from irtui.engine.operator import Progress
from irtui.engine.placed import Placed
from irtui.engine.planning import action_inputs, filled_call, filled_look
from irtui.errors import AwsFault, IrtuiError, RunbookError
from irtui.model.outcome import Finding
from irtui.model.runbook import CallBody, Check, Step, UseBody
from irtui.redact import masked
from irtui.runbook.expressions import evaluate, fill_condition

MOST_KEPT = 32 * 1024
"""Bytes that one step may keep for later ones: what is larger does not fit a record. The whole reply is evidence."""
MOST_GAPS = 20
"""Gaps that are named; more are counted."""
TOLD = 5.0
"""Seconds between two words of a reading that takes long."""


@dataclass(frozen=True, slots=True)
class _Seen:
    data: Any
    gaps: tuple[str, ...] = ()
    request_id: str = ""
    date: str = ""
    again: datetime | None = None


def read_step(hands: Hands, step: Step, unit: str, context: Mapping[str, Any]) -> IrtuiError | None:
    """Runs one unit that reads and records what came. Returns the error that made it fail, else None.

    CredentialsError is not the step's failure and is raised: the same step goes on after signing in.
    """
    ledger = hands.ledger
    absent: AwsFault | None = None
    try:
        name, seen = _see(hands, step, unit, context)
    except AwsFault as fault:
        if not (step.absent and not_there(fault)):
            state = "absent" if signed_in(fault).kind == "absent" else "unknown"
            ledger.write("observe", {"step": unit, "call": fault.call, "state": state, **_told(fault),
                                     "advice": clipped(fault.advice), "request_id": fault.request_id,
                                     "date": fault.date})  # fmt: skip
            return fault
        absent, name, seen = fault, fault.call, _Seen(None, (), fault.request_id, fault.date)
    gaps = _few(seen.gaps)
    evidence = ledger.evidence(f"{unit}: {name}", {"absent": _told(absent)} if absent else seen.data, unit, gaps)
    keep = {key: None if absent else evaluate(path, seen.data) for key, path in step.keep.items()}
    if len(canonical(keep)) > MOST_KEPT:
        raise RunbookError(f"{unit} keeps more than {MOST_KEPT} bytes", advice="Keep less: name the members you need.")
    if isinstance(step.body, UseBody):
        given = {key: seen.data.get(key) for key in ACTIONS[step.body.action].keeps}
        fitting = _fitting(dict(given), keep)
        keep = {**fitting, **keep}
        gaps += tuple(
            f"{name} is too large to be kept: it is in the evidence only" for name in given if name not in fitting
        )
    seen_body = {"step": unit, "call": name, "state": "absent" if absent else "ok", "keep": plain(keep),
                 "gaps": list(gaps), **(_told(absent) if absent else {})}  # fmt: skip
    said = {"evidence": evidence.sha256, "request_id": seen.request_id, "date": seen.date}
    ledger.write("observe", {**seen_body, **said})
    if step.renews:
        renewed = f"{unit[: len(unit) - len(step.id)]}{step.renews}"
        ledger.write("observe", {**seen_body, **said, "step": renewed, "renewed_by": unit})
    return _own_check(hands, step, unit, context, seen) if step.verify is not None else None


def _told(fault: AwsFault) -> dict[str, str]:
    """What AWS said."""
    return {"code": clipped(fault.code), "message": clipped(str(fault))}


def _few(gaps: tuple[str, ...]) -> tuple[str, ...]:
    """The gaps that fit a record; how many more there are is one of them."""
    told = tuple(gap[:200] for gap in gaps[:MOST_GAPS])
    return (*told, f"and {len(gaps) - MOST_GAPS} more gaps") if len(gaps) > MOST_GAPS else told


def _fitting(values: dict[str, Any], besides: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an action without the largest that do not fit; those stand in the evidence only."""
    while values and len(canonical([values, besides])) > MOST_KEPT:
        del values[max(values, key=lambda name: len(canonical(values[name])))]
    return values


def _see(hands: Hands, step: Step, unit: str, context: Mapping[str, Any]) -> tuple[str, _Seen]:
    """Raises AwsFault and RunbookError; Declined when the operator left in the middle."""
    if isinstance(step.body, CallBody):
        call = filled_call(step.body, step, context)
        reply = hands.door.read(call, pages=PAGES)
        return call.name, _Seen(masked(plain(reply.data), reply.sensitive), (), reply.request_id, reply.date)
    assert isinstance(step.body, UseBody)
    action = ACTIONS[step.body.action]
    assert action.observe is not None
    reader = Placed(hands.door, step, context, stopping=hands.stopping, told=_teller(hands, step, unit))
    now = hands.clock.now() + hands.door.ahead
    facts = action.observe(reader, action_inputs(step.body, context), now)
    reader.whole()
    return action.id, _Seen(masked(plain(facts.data)), facts.gaps, again=facts.again)


def _teller(hands: Hands, step: Step, unit: str) -> Callable[[str], None]:
    """Tells the faces what a long reading is at, at most every TOLD seconds."""
    last, lock = hands.clock.monotonic(), threading.Lock()

    def told(words: str) -> None:
        nonlocal last
        with lock:
            now = hands.clock.monotonic()
            if now - last < TOLD:
                return
            last = now
        hands.operator.progress(Progress(f"{step.title} … {words}", unit))

    return told


def _own_check(hands: Hands, step: Step, unit: str, context: Mapping[str, Any], seen: _Seen) -> IrtuiError | None:
    """Judges the reply itself, or what the check's own read shows. While there is time, it is to be done again."""
    assert step.verify is not None
    what = filled_look(step.verify, step, context)
    if what is None:
        sight = judged(fill_condition(step.verify.until, context), seen.data)
    else:
        sight = look(hands.door, hands.clock, what, stopping=hands.stopping)
    if sight.finding is Finding.VERIFIED:
        record_check(hands.ledger, unit, "own", [sight])
        return None
    if what is None and (words := seen.data.get("why") if isinstance(seen.data, Mapping) else None):
        sight = replace(sight, why=str(words))  # an action's own words say more than the condition
    waits = step.verify.within and (isinstance(step.body, CallBody) or seen.again is not None)
    if what is None and waits and (due := _next(hands, step.verify, unit, seen.again)) is not None:
        record_check(hands.ledger, unit, "own", [sight], *due)
        return None
    advice = "What AWS answered is not what this step expects: see its result before going on."
    record_check(hands.ledger, unit, "own", [replace(sight, advice=advice)])
    return IrtuiError(sight.why, title=f"{step.title}: no", advice=advice)


def _next(hands: Hands, check: Check, unit: str, again: datetime | None) -> tuple[datetime, datetime] | None:
    """When to do it again, at the end of `every` or when time alone may change it, and until when; None: no more."""
    now = hands.clock.now()
    until = hands.ledger.state.step(unit).wait_until or now + timedelta(seconds=check.within)
    due = now + timedelta(seconds=check.every)
    if again is not None:
        due = min(due, max(again - hands.door.ahead, now + timedelta(seconds=1)))
    return (min(due, until), until) if now < until else None
