"""Taking a step back: the same guards, the same way to AWS, and a look whether what was there before is back."""

from irtui.engine.changing import agree, carry_out
from irtui.engine.checks import record_check
from irtui.engine.hands import Hands
from irtui.engine.looks import Sight, observe, same
from irtui.engine.operator import Message, Progress
from irtui.engine.planning import plan_undo
from irtui.model.incident import StepState
from irtui.model.outcome import Finding
from irtui.model.plan import PlannedCall


def undo(hands: Hands, state: StepState) -> None:
    """Takes back what is in effect, item by item, newest first. Raises RunbookError for what cannot be."""
    if any(call.in_doubt for call in state.calls):
        _tell(hands, state, "Not undone", "Nobody knows what became of an earlier call: look again first.")
        return
    found = plan_undo(hands.door, state)
    if not found:
        _tell(hands, state, "Nothing to undo", "No change of this step is in effect.")
        return
    plans = tuple(plan for plan, _ in found if plan.calls)
    agreed = agree(hands, state, plans, batch=bool(state.step.for_each)) if plans else ""
    if agreed is None:
        return
    if plans:
        hands.ledger.write("undo", {"step": state.key, "digest": agreed})
    for plan, intents in found:
        if hands.stopping():
            return
        if not plan.calls:
            nothing = "the step had changed nothing, so nothing was sent"
            record_check(hands.ledger, plan.step, "undo", [Sight(Finding.VERIFIED, why=nothing)])
            _tell(hands, state, "Nothing to take back", f"{plan.step}: {nothing}.")
        elif carry_out(hands, state, plan, agreed, undoes=intents):
            look_back(hands, plan.step)


def look_back(hands: Hands, unit: str) -> None:
    """Looks whether what the unit's calls had found before them is there again, and records it."""
    calls = {call.seq: call for step in hands.ledger.state.steps for call in step.calls if call.step == unit}
    back = [call for call in calls.values() if call.undoing and call.took_effect]
    undone = [int(call.planned.get("undoes") or 0) for call in back if call.plan == back[-1].plan]
    hands.operator.progress(Progress("checking that it was taken back …", unit))
    findings = [_is_back(hands, PlannedCall.from_data(calls[seq].planned)) for seq in undone if seq in calls]
    hands.operator.progress(Progress())
    record_check(hands.ledger, unit, "undo", findings)


def _is_back(hands: Hands, original: PlannedCall) -> Sight:
    """Polls as long as the call's own look would."""
    call = original.observe or (original.look.call if original.look else None)
    if call is None or original.before is None or original.before.state == "unknown":
        return Sight(Finding.UNSETTLED, None, "what was there before is not known", passing=False)
    watch = tuple(original.before.value) if isinstance(original.before.value, dict) else ()
    within, every = (original.look.within, original.look.every) if original.look else (60.0, 2.0)
    deadline = hands.clock.monotonic() + within
    while True:
        now = observe(hands.door, call, watch)
        if same(now, original.before):
            return Sight(Finding.VERIFIED, now.value)
        if hands.stopping():
            return Sight(Finding.UNSETTLED, now.value, "irtui was stopped before it had looked long enough")
        if hands.clock.monotonic() + every > deadline:
            finding = Finding.UNSETTLED if now.state == "unknown" else Finding.REFUTED
            return Sight(finding, now.value, now.why or "it is not as it was before the step")
        hands.clock.sleep(every)


def _tell(hands: Hands, state: StepState, title: str, text: str) -> None:
    hands.operator.tell(Message(title, text, level="warning", key=state.key))
