"""Calls of which nobody knows whether they were done: look at AWS, then say what was found."""

from irtui.engine.changing import in_effect, verify
from irtui.engine.hands import Hands
from irtui.engine.looks import look, observed_before, same
from irtui.engine.operator import Message, Progress, Question
from irtui.engine.outline import split_key
from irtui.engine.undoing import look_back
from irtui.model.incident import CallRecord, StepState
from irtui.model.outcome import Finding, Observed
from irtui.model.plan import PlannedCall

WINDOW, EVERY = 60.0, 2.0
"""Seconds for which, and between which, a call without a look of its own is looked for."""

CHOICES = {
    "applied": "It was done: I have seen its effect.",
    "not_applied": "It was not done: I have seen that nothing changed.",
    "unclear": "I cannot tell.",
}


def reconcile(hands: Hands, state: StepState) -> bool:
    """Looks at every call of the step that is in doubt. True when no doubt is left.

    Rules: the effect is there → applied. What was there before is still there, all through the call's own
    window → not applied. Anything else is unclear and stays in doubt.
    """
    for record in [call for call in state.calls if call.in_doubt]:
        planned = PlannedCall.from_data(record.planned)
        hands.operator.progress(Progress(f"looking whether {planned.call.name} was done …", record.step))
        found, why = _found(hands, record, planned)
        hands.operator.progress(Progress())
        _conclude(hands, record, planned, found, why)
    return not any(call.in_doubt for call in hands.ledger.state.step(state.key).calls)


def ask(hands: Hands, state: StepState) -> None:
    """For what no look can settle: the operator says what they have seen; it is recorded as their word."""
    for record in [call for call in state.calls if call.in_doubt]:
        planned = PlannedCall.from_data(record.planned)
        question = Question(
            state.key,
            f"Was {planned.call.name} on {planned.target} done?",
            "irtui sent it, or was about to, and no look at AWS could tell. Look in the console or in CloudTrail.",
            CHOICES,
        )
        answer = hands.operator.decide(question)
        if answer in CHOICES:
            _conclude(hands, record, planned, answer, "the operator's word", by="operator")


def _found(hands: Hands, record: CallRecord, planned: PlannedCall) -> tuple[str, str]:
    if planned.look is not None and not record.undoing:
        sight = look(hands.door, hands.clock, planned.look, stopping=hands.stopping)
        if sight.finding is Finding.VERIFIED:
            return "applied", "its effect is there"
        now = observed_before(hands.door, planned)
    else:
        now = _long_seen(hands, planned)
    if hands.stopping():
        return "unclear", "irtui was stopped before it had looked long enough"
    if now is None:
        return "unclear", "this call leaves nothing that can be read"
    if now.state == "unknown" or planned.before is None or planned.before.state == "unknown":
        return "unclear", now.why or "what was there before is not known"
    if same(now, planned.before):
        return "not_applied", "what was there before is still there"
    if record.undoing:
        return "applied", "what the step had made is no longer there"
    return "unclear", "something else is there now than before, and not what was asked for"


def _long_seen(hands: Hands, planned: PlannedCall) -> Observed | None:
    """What is there, looked at for WINDOW seconds while it is what was there before: an effect may come late."""
    deadline = hands.clock.monotonic() + WINDOW
    while True:
        now = observed_before(hands.door, planned)
        if not same(now, planned.before) or hands.stopping() or hands.clock.monotonic() + EVERY > deadline:
            return now
        hands.clock.sleep(EVERY)


def _conclude(hands: Hands, record: CallRecord, planned: PlannedCall, found: str, why: str, by: str = "look") -> None:
    hands.ledger.write("reconcile", {"intent": record.seq, "found": found, "why": why, "by": by})
    words = {"applied": "was done", "not_applied": "was not done", "unclear": "is still in doubt"}[found]
    level = "warning" if found == "unclear" else "info"
    hands.operator.tell(Message(f"{planned.call.name} {words}", why, "", level, record.step))
    if found == "applied" and record.n == record.of:
        if record.undoing:
            look_back(hands, record.step)
        else:
            state = hands.ledger.state.step(split_key(record.step)[0])
            verify(hands, record.step, in_effect(state).get(record.step, (planned,)))
