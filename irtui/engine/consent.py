"""Judging a plan, and asking a human for exactly that plan."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from irtui.aws.door import Door
from irtui.canonical import digest
from irtui.engine.ledger import Ledger, clipped
from irtui.engine.looks import signed_in
from irtui.engine.operator import Confirmation
from irtui.errors import AwsFault
from irtui.guards.chain import judge_all
from irtui.guards.situation import Limits, Situation
from irtui.model.call import Call, subjects
from irtui.model.effect import Effect
from irtui.model.identity import Identity
from irtui.model.incident import IncidentState, StepState
from irtui.model.plan import Plan
from irtui.model.verdict import Ruling, Verdict, worst

_LONG_ID = re.compile(r"^[A-Z0-9]{16,}$")


def plans_digest(plans: tuple[Plan, ...]) -> str:
    """What the operator agrees to: every call, its before, and its undo."""
    return plans[0].digest if len(plans) == 1 else digest([plan.as_data() for plan in plans])


def typed_form(target: str) -> str:
    """What is typed for a target: itself, or the last four of a long id or ARN."""
    return target[-4:] if _LONG_ID.match(target) or ":" in target else target


def who_acts(door: Door, session: str) -> Identity | None:
    """The identity as AWS tells it now. None when it cannot be found out. Raises CredentialsError."""
    try:
        return door.identity(session)
    except AwsFault as fault:
        signed_in(fault)
        return None


def judge(
    ledger: Ledger,
    state: StepState,
    plans: tuple[Plan, ...],
    *,
    identity: Identity | None,
    now: datetime,
    member: str | None,
    opener: Identity | None,
    protected: tuple[str, ...],
    limits: Limits,
    drift: tuple[Mapping[str, Any], ...] = (),
    unread: tuple[str, ...] = (),
    read_only: bool = False,
    agreed: str = "",
) -> tuple[Verdict, ...]:
    """Every guard's verdict on these plans, recorded. `read_only`: this sitting may not use an earlier unlock.
    `agreed`: the digest that the operator has agreed to, where these plans are judged once more before they are sent.
    `member` and `opener`: see `Situation`.
    """
    incident = replace(ledger.state, unlocked=ledger.state.unlocked and not read_only)
    situation = Situation(
        step=state.step,
        state=state,
        incident=incident,
        plans=plans,
        identity=identity,
        pinned_account=incident.account,
        now=now,
        member=member,
        opener=opener,
        protected=protected,
        limits=limits,
        drift=drift,
        unread=unread or _unread(plans),
        touched=touched(incident),
        digest=agreed or plans_digest(plans),
        agreed=bool(agreed),
    )
    verdicts = judge_all(situation)
    ledger.write(
        "judge",
        {
            "step": state.key,
            "digest": plans_digest(plans),
            "verdicts": [
                {"guard": v.guard, "ruling": v.ruling.name, "reason": clipped(v.reason), "ask": v.ask} for v in verdicts
            ],
            "result": worst(verdicts).name,
        },
    )
    return verdicts


def confirmation(
    state: StepState, plans: tuple[Plan, ...], verdicts: tuple[Verdict, ...], *, batch: bool
) -> Confirmation:
    """What must be typed: for a batch how many, the target where step, effect or a guard wants it, else nothing."""
    asks = {verdict.ask for verdict in verdicts if verdict.ruling is Ruling.ASK}
    destroys = max(plan.effect for plan in plans) is Effect.DESTROY
    undoing = plans[0].undoing
    calls = [planned for plan in plans for planned in plan.calls]
    count = f"{len(calls)} change{'s' if len(calls) != 1 else ''}"
    typed = ""
    if batch or "count" in asks:
        typed = str(len(plans))
    elif state.step.confirm or destroys or undoing or "target" in asks:
        typed = typed_form(calls[0].target)
    verb = "undo" if undoing else "run"
    return Confirmation(
        key=state.key,
        title=state.title,
        plans=plans,
        verdicts=verdicts,
        typed=typed,
        prompt=f"Type {typed} to {verb} {count}" if typed else f"{verb.capitalize()} {count}?",
        reason_for=tuple(v.reason for v in verdicts if v.ruling is Ruling.ASK and v.ask == "reason"),
        irreversible=tuple(dict.fromkeys(call.irreversible for call in calls if call.irreversible)),
        undoing=undoing,
    )


def touched(incident: IncidentState) -> dict[str, tuple[str, ...]]:
    """Kind → ids that this incident has changed, or may have."""
    seen: dict[str, dict[str, None]] = {}
    for step in incident.steps:
        for record in step.calls:
            if record.status not in ("failed", "not_applied"):
                for subject in subjects(Call.from_data(record.planned)):
                    seen.setdefault(subject.kind, {})[subject.id] = None
    return {kind: tuple(ids) for kind, ids in seen.items()}


def _unread(plans: tuple[Plan, ...]) -> tuple[str, ...]:
    """Preconditions that nobody could read when the plan was made."""
    return tuple(
        f"{planned.call.name}: {planned.before.why}"
        for plan in plans
        for planned in plan.calls
        if planned.before is not None and planned.before.state == "unknown"
    )
