"""Steps that change: plan, judge, confirm, re-read, send, verify, settle. Taking them back is `undoing`.

Rules: what is sent is what was confirmed. Just before each unit is sent its preconditions are read again;
a difference refuses and is shown. Each item of a batch stands for itself: one that fails is recorded and the
others go on, because refusing must not help the attacker.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from irtui.aws.issued import NO_VAULT, SECRET_LOST
from irtui.canonical import canonical
from irtui.engine import approving
from irtui.engine.checks import record_check, worst_finding
from irtui.engine.consent import confirmation, judge, plans_digest, who_acts
from irtui.engine.deciding import allow_account
from irtui.engine.executor import send
from irtui.engine.hands import Hands, in_words
from irtui.engine.ledger import clipped
from irtui.engine.looks import Sight, look, observed_before, same, signed_in
from irtui.engine.operator import Message, Progress
from irtui.engine.outline import unit_key
from irtui.engine.planning import plan_step
from irtui.engine.sessions import member_of
from irtui.errors import AwsFault, CredentialsError, JournalError
from irtui.model.incident import StepState
from irtui.model.outcome import Finding, Status
from irtui.model.plan import Plan, PlannedCall
from irtui.model.verdict import Ruling, worst

_TITLES = {NO_VAULT: "Not sent", SECRET_LOST: "Done, and of no use"}
INLINE = 24 * 1024
"""Plans up to this many bytes stand in their record; larger ones are evidence."""


def change(hands: Hands, state: StepState, contexts: Mapping[int | None, Mapping[str, Any]]) -> None:
    """Runs a changing step: one unit (key None), or the items of a batch by their position."""
    units = tuple(unit_key(state.key, item) for item in contexts)
    plans: list[Plan] = list(approving.asked_plans(hands, state, units))
    for item, context in () if plans else contexts.items():
        key = unit_key(state.key, item)
        hands.operator.progress(Progress("reading what is there now …", key))
        try:
            plans.append(plan_step(hands.door, state.step, key, context, hands.clock.now() + hands.door.ahead))
        except (CredentialsError, JournalError):
            raise
        except Exception as fault:  # a fault in one item's plan must not keep the others from being contained
            error = in_words(fault)
            if isinstance(error, AwsFault):
                signed_in(error)
            hands.ledger.write("fail", {"step": key, "reason": clipped(str(error)), "advice": clipped(error.advice)})
            hands.operator.tell(Message(error.title, str(error), error.advice, "error", key))
        finally:
            hands.operator.progress(Progress())
    if not plans:
        return
    agreed = agree(hands, state, tuple(plans), batch=bool(state.step.for_each))
    if agreed is None:
        return
    for plan in plans:
        if hands.stopping():
            return
        carry_out(hands, state, plan, agreed)


def agree(hands: Hands, state: StepState, plans: tuple[Plan, ...], *, batch: bool) -> str | None:
    """The digest that the operator confirmed, or None: refused or declined, and recorded."""
    agreed = plans_digest(plans)
    data = [plan.as_data() for plan in plans]
    body: dict[str, Any] = {"step": state.key, "digest": agreed}
    if len(canonical(data)) > INLINE:
        body["evidence"] = hands.ledger.evidence(f"{state.key}: plan", data, state.key).sha256
    else:
        body["plans"] = data
    hands.ledger.write("plan", body)
    allow_account(hands, state)
    if not _consent(hands, state, plans, batch=batch):
        return None
    return agreed


def _consent(
    hands: Hands,
    state: StepState,
    plans: tuple[Plan, ...],
    *,
    batch: bool,
    unread: tuple[str, ...] = (),
    drift: tuple[Mapping[str, Any], ...] = (),
    agreed: str = "",
) -> bool:
    member = member_of(hands, state.step.session)
    opener = who_acts(hands.door, "caller") if member is not None else None
    for first in (True, False):
        identity = who_acts(hands.door, state.step.session)
        verdicts = judge(
            hands.ledger, hands.ledger.state.step(state.key), plans, identity=identity,
            now=hands.clock.now() + hands.door.ahead, member=member, opener=opener,
            protected=hands.protected, limits=hands.limits, drift=drift, unread=unread,
            read_only=hands.read_only, agreed=agreed,
        )  # fmt: skip
        if agreed or not first or not approving.lacks_only_approval(verdicts):
            break
        if not approving.seek(hands, hands.ledger.state.step(state.key), plans):
            return False
    if worst(verdicts) is Ruling.DENY:
        reasons = "; ".join(verdict.reason for verdict in verdicts if verdict.ruling is Ruling.DENY)
        hands.operator.tell(Message("Refused by a guard", reasons, "Nothing was sent.", "error", state.key))
        return False
    request = confirmation(state, plans, verdicts, batch=batch)
    answer = hands.operator.confirm(request)
    digest = plans_digest(plans)
    missing = request.accepts(answer.typed, answer.reason) if answer is not None else "declined"
    if not missing and not agreed and approving.stale(hands, state):
        missing = "the approval expired before it was confirmed"
        hands.operator.tell(
            Message("Not run", f"{missing.capitalize()}.", "Run it again to ask anew.", "error", state.key)
        )
    if answer is None or missing:
        hands.ledger.write("decide", {"step": state.key, "kind": "decline", "digest": digest, "reason": missing})
        return False
    hands.ledger.write(
        "decide",
        {"step": state.key, "kind": "confirm", "digest": digest, "typed": answer.typed, "reason": answer.reason},
    )
    return True


def carry_out(hands: Hands, state: StepState, plan: Plan, agreed: str, undoes: tuple[int, ...] = ()) -> bool:
    """Re-reads, sends every call of one unit, verifies. False: stop here."""
    drift, unread = _recheck(hands, plan)
    if (drift or unread) and not _consent(
        hands, state, (plan,), batch=False, drift=drift, unread=unread, agreed=agreed
    ):
        return False
    for number, planned in enumerate(plan.calls, 1):
        back = undoes[number - 1] if undoes else None
        outcome = send(hands.ledger, hands.door, hands.operator, plan, number, confirmed=agreed, undoes=back)
        if outcome.status is Status.UNKNOWN:
            hands.operator.tell(
                Message("Nobody knows whether it was done", f"{planned.call.name}: {outcome.message}",
                        "irtui looks at AWS before this goes on.", "warning", plan.step)
            )  # fmt: skip
            return False
        if outcome.status is Status.FAILED or outcome.code:  # refused, or done and of no use
            words = f"{planned.call.name}: {outcome.code}: {outcome.message}"
            title = _TITLES.get(outcome.code, "AWS refused")
            hands.operator.tell(Message(title, words, outcome.advice, "error", plan.step))
            return False
    if not plan.undoing:
        verify(hands, plan.step, plan.calls)
    return True


def _recheck(hands: Hands, plan: Plan) -> tuple[tuple[Mapping[str, Any], ...], tuple[str, ...]]:
    """Differences between what was confirmed and what is there now, and what could not be read now."""
    drift: list[Mapping[str, Any]] = []
    unread: list[str] = []
    for planned in plan.calls:
        now = observed_before(hands.door, planned)
        if planned.before is None or now is None or planned.before.state == "unknown":
            continue
        if now.state == "unknown":
            unread.append(f"{planned.call.name}: {now.why}")
        elif not same(now, planned.before):
            drift.append({"call": planned.call.name, "before": planned.before.as_data(), "now": now.as_data()})
    return tuple(drift), tuple(unread)


def verify(hands: Hands, unit: str, calls: tuple[PlannedCall, ...]) -> None:
    """Looks whether the calls took effect; records it, and when to look again."""
    looks = [planned.look for planned in calls if planned.look is not None]
    if not looks:
        nothing = Sight(Finding.UNSETTLED, why="nothing can be read back that would show it", passing=False)
        record_check(hands.ledger, unit, "verify", [nothing])
        return
    hands.operator.progress(Progress("checking that it took effect …", unit))
    sights = [look(hands.door, hands.clock, what, stopping=hands.stopping) for what in looks]
    hands.operator.progress(Progress())
    finding = worst_finding(sights)
    again = [what.again_after for what in looks if what.again_after is not None]
    settles = bool(again) and finding is Finding.VERIFIED
    due = hands.clock.now() + timedelta(seconds=max(again)) if settles else None
    record_check(hands.ledger, unit, "verify", sights, due)
    if finding is Finding.REFUTED:
        why = "; ".join(sight.why for sight in sights if sight.finding is Finding.REFUTED)
        advice = "It may come late, or somebody takes it back: look again before running it again."
        hands.operator.tell(Message("AWS accepted it, and it is not there", why, advice, "error", unit))


def settle(hands: Hands, unit: str, calls: tuple[PlannedCall, ...]) -> None:
    """The second look. Verified closes the step, refuted opens it again, unseen is looked for once more later."""
    sights = [look(hands.door, hands.clock, planned.look, once=True) for planned in calls if planned.look]
    unseen = worst_finding(sights) is Finding.UNSETTLED and any(sight.passing for sight in sights)
    due = hands.clock.now() + timedelta(seconds=RETRY_SETTLE) if unseen else None
    finding = record_check(hands.ledger, unit, "again", sights, due)
    if finding is Finding.REFUTED:
        why = "; ".join(sight.why for sight in sights if sight.finding is Finding.REFUTED)
        hands.operator.tell(
            Message("It was undone behind our back", why,
                    "Somebody is working against you. The step is open again: run it again.", "error", unit)
        )  # fmt: skip


RETRY_SETTLE = 15.0
"""Seconds until a second look that saw nothing is tried again."""


def in_effect(state: StepState) -> dict[str, tuple[PlannedCall, ...]]:
    """Unit → its calls that took effect and were not taken back, the latest of each."""
    units: dict[str, dict[int, PlannedCall]] = {}
    for record in state.calls:
        if record.took_effect and not record.undone and not record.undoing:
            units.setdefault(record.step, {})[record.n] = PlannedCall.from_data(record.planned)
    return {unit: tuple(calls.values()) for unit, calls in units.items()}
