"""Steps that read: one call, or an action that observes. Their reply is kept by its hash, masked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.door import Door
from irtui.canonical import canonical, plain
from irtui.engine.checks import record_check
from irtui.engine.hands import Hands
from irtui.engine.ledger import clipped
from irtui.engine.looks import PAGES, judged, look, signed_in
from irtui.engine.planning import Placed, action_inputs, filled_call, filled_look
from irtui.errors import AwsFault, IrtuiError, RunbookError
from irtui.model.outcome import Finding
from irtui.model.runbook import CallBody, Step, UseBody
from irtui.redact import masked
from irtui.runbook.expressions import evaluate, fill_condition

MOST_KEPT = 32 * 1024
"""Bytes that one step may keep for later ones: what is larger does not fit a record. The whole reply is evidence."""
MOST_GAPS = 20
"""Gaps that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class _Seen:
    data: Any
    gaps: tuple[str, ...] = ()
    request_id: str = ""
    date: str = ""


def read_step(hands: Hands, step: Step, unit: str, context: Mapping[str, Any]) -> IrtuiError | None:
    """Runs one unit that reads and records what came. Returns the error that made it fail, else None.

    CredentialsError is not the step's failure and is raised: the same step goes on after signing in.
    """
    ledger = hands.ledger
    try:
        name, seen = _see(hands.door, step, context, hands.clock.now() + hands.door.ahead)
    except AwsFault as fault:
        state = "absent" if signed_in(fault).kind == "absent" else "unknown"
        ledger.write("observe", {"step": unit, "call": fault.call, "state": state, "code": clipped(fault.code),
                                 "message": clipped(str(fault)), "advice": clipped(fault.advice),
                                 "request_id": fault.request_id, "date": fault.date})  # fmt: skip
        return fault
    gaps = _few(seen.gaps)
    evidence = ledger.evidence(f"{unit}: {name}", seen.data, unit, gaps)
    keep = {key: evaluate(path, seen.data) for key, path in step.keep.items()}
    if len(canonical(keep)) > MOST_KEPT:
        raise RunbookError(f"{unit} keeps more than {MOST_KEPT} bytes", advice="Keep less: name the members you need.")
    if isinstance(step.body, UseBody):
        keep = {**_fitting({key: seen.data.get(key) for key in ACTIONS[step.body.action].keeps}, keep), **keep}
    seen_body = {"step": unit, "call": name, "state": "ok", "keep": plain(keep), "gaps": list(gaps)}
    said = {"evidence": evidence.sha256, "request_id": seen.request_id, "date": seen.date}
    ledger.write("observe", {**seen_body, **said})
    return _own_check(hands, step, unit, context, seen.data) if step.verify is not None else None


def _few(gaps: tuple[str, ...]) -> tuple[str, ...]:
    """The gaps that fit a record; how many more there are is one of them."""
    told = tuple(gap[:200] for gap in gaps[:MOST_GAPS])
    return (*told, f"and {len(gaps) - MOST_GAPS} more gaps") if len(gaps) > MOST_GAPS else told


def _fitting(values: dict[str, Any], besides: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an action without the largest that do not fit; those stand in the evidence only."""
    while values and len(canonical([values, besides])) > MOST_KEPT:
        del values[max(values, key=lambda name: len(canonical(values[name])))]
    return values


def _see(door: Door, step: Step, context: Mapping[str, Any], now: datetime) -> tuple[str, _Seen]:
    if isinstance(step.body, CallBody):
        call = filled_call(step.body, step, context)
        reply = door.read(call, pages=PAGES)
        return call.name, _Seen(masked(plain(reply.data), reply.sensitive), (), reply.request_id, reply.date)
    assert isinstance(step.body, UseBody)
    action = ACTIONS[step.body.action]
    assert action.observe is not None
    facts = action.observe(Placed(door, step, context), action_inputs(step.body, context), now)
    return action.id, _Seen(masked(plain(facts.data)), facts.gaps)


def _own_check(hands: Hands, step: Step, unit: str, context: Mapping[str, Any], data: Any) -> IrtuiError | None:
    """Judges the reply itself, or what the check's own read shows."""
    assert step.verify is not None
    what = filled_look(step.verify, step, context)
    if what is None:
        sight = judged(fill_condition(step.verify.until, context), data)
    else:
        sight = look(hands.door, hands.clock, what, stopping=hands.stopping)
    if sight.finding is Finding.VERIFIED:
        record_check(hands.ledger, unit, "own", [sight])
        return None
    advice = "What AWS answered is not what this step expects: see its result before going on."
    record_check(hands.ledger, unit, "own", [replace(sight, advice=advice)])
    return IrtuiError(sight.why, title=f"{step.title}: no", advice=advice)
