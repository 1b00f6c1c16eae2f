"""Steps that read: one call, or an action that observes. Their reply is kept by its hash, masked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.door import Door
from irtui.canonical import canonical, plain
from irtui.engine.checks import record_check
from irtui.engine.ledger import Ledger
from irtui.engine.looks import PAGES, judged, signed_in
from irtui.engine.planning import Placed, action_inputs, filled_call
from irtui.errors import AwsFault, IrtuiError, RunbookError
from irtui.model.outcome import Finding
from irtui.model.runbook import CallBody, Step, UseBody
from irtui.redact import masked
from irtui.runbook.expressions import evaluate, fill_condition

MOST_KEPT = 32 * 1024
"""Bytes that one step may keep for later ones: what is larger does not fit a record. The whole reply is evidence."""


@dataclass(frozen=True, slots=True)
class _Seen:
    data: Any
    gaps: tuple[str, ...] = ()
    request_id: str = ""
    date: str = ""


def read_step(
    ledger: Ledger, door: Door, step: Step, unit: str, context: Mapping[str, Any], now: datetime
) -> IrtuiError | None:
    """Runs one unit that reads and records what came. Returns the error that made it fail, else None.

    CredentialsError is not the step's failure and is raised: the same step goes on after signing in.
    """
    try:
        name, seen = _see(door, step, context, now)
        keep = {key: evaluate(path, seen.data) for key, path in step.keep.items()}
    except AwsFault as fault:
        state = "absent" if signed_in(fault).kind == "absent" else "unknown"
        ledger.write("observe", {"step": unit, "call": fault.call, "state": state, "code": fault.code,
                                 "message": str(fault), "advice": fault.advice, "request_id": fault.request_id,
                                 "date": fault.date})  # fmt: skip
        return fault
    if isinstance(step.body, UseBody):
        keep = {**{key: seen.data.get(key) for key in ACTIONS[step.body.action].keeps}, **keep}
    if len(canonical(keep)) > MOST_KEPT:
        raise RunbookError(f"{unit} keeps more than {MOST_KEPT} bytes", advice="Keep less: name the members you need.")
    evidence = ledger.evidence(f"{unit}: {name}", seen.data, unit, seen.gaps)
    seen_body = {"step": unit, "call": name, "state": "ok", "keep": plain(keep), "gaps": list(seen.gaps)}
    said = {"evidence": evidence.sha256, "request_id": seen.request_id, "date": seen.date}
    ledger.write("observe", {**seen_body, **said})
    if step.verify is not None and step.verify.call is None:
        return _own_check(ledger, step, unit, context, seen.data)
    return None


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


def _own_check(ledger: Ledger, step: Step, unit: str, context: Mapping[str, Any], data: Any) -> IrtuiError | None:
    """A check without a call judges the reply itself."""
    assert step.verify is not None
    sight = judged(fill_condition(step.verify.until, context), data)
    if sight.finding is Finding.VERIFIED:
        record_check(ledger, unit, "own", [sight])
        return None
    advice = "What AWS answered is not what this step expects: see its result before going on."
    record_check(ledger, unit, "own", [replace(sight, advice=advice)])
    return IrtuiError(sight.why, title=f"{step.title}: no", advice=advice)
