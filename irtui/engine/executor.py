"""The only place that changes AWS.

Rules: the intent is durable before the call is sent; the call is sent once; what became of it is recorded,
and when nobody knows, that is recorded. A JournalError before the call means that nothing was sent.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from irtui.aws import shapes
from irtui.aws.door import Door
from irtui.engine.ledger import Ledger, clipped
from irtui.engine.operator import Operator, Progress
from irtui.journal.handle import Refused
from irtui.journal.witness import tag
from irtui.model.outcome import Outcome, Status
from irtui.model.plan import Plan, PlannedCall
from irtui.redact import masked
from irtui.runbook.expressions import search


def send(
    ledger: Ledger,
    door: Door,
    operator: Operator,
    plan: Plan,
    number: int,
    *,
    confirmed: str,
    undoes: int | None = None,
) -> Outcome:
    """Sends call `number` (from 1) of a confirmed plan. `confirmed` is the digest that the operator agreed to."""
    planned = plan.calls[number - 1]
    body: dict[str, Any] = {
        "step": plan.step,
        "plan": confirmed,
        "n": number,
        "of": len(plan.calls),
        "call": {**planned.as_data(), **({"undoes": undoes} if undoes is not None else {})},
        "undoing": plan.undoing,
    }
    intent = ledger.write("intent", body)
    operator.progress(Progress(f"{planned.call.name} …", plan.step))
    try:
        outcome = door.change(planned.call, _tag(ledger, intent.seq))
    except BaseException as error:
        ledger.write("unknown", {"intent": intent.seq, "why": f"interrupted: {type(error).__name__}", "code": ""})
        raise
    finally:
        operator.progress(Progress())
    if outcome.status is Status.UNKNOWN:
        ledger.write("unknown", {"intent": intent.seq, "why": clipped(outcome.message), "code": clipped(outcome.code)})
    else:
        ledger.write("outcome", {"intent": intent.seq, **_told(ledger, plan, planned, outcome)})
    return outcome


def _told(ledger: Ledger, plan: Plan, planned: PlannedCall, outcome: Outcome) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "status": outcome.status.value,
        "code": clipped(outcome.code),
        "message": clipped(outcome.message),
        "advice": clipped(outcome.advice),
        "request_id": outcome.request_id,
        "date": outcome.date,
    }
    made = {name: search(path, outcome.reply) for name, path in planned.made.items()}
    if made and all(isinstance(found, str) for found in made.values()):
        told["made"] = made
    if outcome.reply:
        call = planned.call
        reply = masked(outcome.reply, shapes.sensitive(call.service, call.operation))
        with contextlib.suppress(Refused):  # what was sent has an outcome, also when its reply cannot be kept
            told["evidence"] = ledger.evidence(f"{call.name}.reply", reply, plan.step).sha256
    return told


def _tag(ledger: Ledger, seq: int) -> str:
    """What AWS's own trail will show of this call: opaque to an attacker, a witness of our head to us."""
    return tag(ledger.state.id, seq, ledger.journal.head)
