"""What the operator decides of an incident without AWS: to leave a step out, to allow changes."""

from irtui.engine.hands import Hands
from irtui.engine.operator import REASON_NEEDED, Confirmation, Message, too_short
from irtui.engine.sessions import member_of
from irtui.guards.ruling import ask
from irtui.model.incident import StepState, StepStatus


def skip(hands: Hands, step: StepState, reason: str) -> None:
    """Leaves a step out, with a reason. What may have been done is not skipped."""
    tell = hands.operator.tell
    if not step.step.skippable:
        tell(Message("This step cannot be skipped", "The runbook says so.", level="warning", key=step.key))
    elif too_short(reason):
        tell(Message("Not skipped", REASON_NEEDED, level="warning", key=step.key))
    elif step.status is StepStatus.IN_DOUBT:
        tell(Message("Not skipped", "It may have been done: look again first.", level="warning", key=step.key))
    else:
        hands.ledger.write("skip", {"step": step.key, "reason": reason})


def unlock(hands: Hands, typed: str) -> None:
    """Allows changes in this incident, when the end of its account's number was typed."""
    state = hands.ledger.state
    if state.unlocked and not hands.read_only:
        return
    if hands.read_only:
        words = "This sitting was started with --read-only."
        hands.operator.tell(Message("Still read-only", words, "Leave, and resume without it.", "warning"))
        return
    if typed != state.account[-4:]:
        hands.operator.tell(
            Message("Still read-only", f"{typed!r} is not the end of account {state.account}.", level="warning")
        )
        return
    hands.ledger.write("unlock", {"account": state.account, "by": state.operator})


def allow_account(hands: Hands, step: StepState) -> None:
    """Before the first change in a member account, as its root user: that account's number is typed.

    It runs nothing: the plan itself is confirmed after it. What is not typed is not allowed, and the guard refuses.
    Nothing is asked while changes are not allowed at all.
    """
    member, state = member_of(hands, step.step.session), hands.ledger.state
    if not member or member in (state.account, *state.also) or not state.unlocked or hands.read_only:
        return
    typed = member if member[-4:] == state.account[-4:] else member[-4:]
    why = ask("account_pinned", f"It acts as the root user of account {member}, not in {state.account}.", "account")
    prompt = f"Type {typed} to allow changes as the root user of account {member}"
    request = Confirmation(step.key, f"A second account: {step.title}", (), (why,), typed, prompt)
    answer = hands.operator.confirm(request)
    if answer is not None and not request.accepts(answer.typed, answer.reason):
        hands.ledger.write("unlock", {"account": member, "by": state.operator, "step": step.key})
