"""Ending an incident for good: what must be known before, and what is done last."""

from irtui.engine import checkpointing
from irtui.engine.hands import Hands
from irtui.engine.operator import Message, too_short
from irtui.model.incident import IncidentState, StepStatus


def unfinished(state: IncidentState) -> list[str]:
    """Keys of the steps that are open or not yet sure."""
    return [
        step.key for step in state.steps
        if step.status.open or step.status in (StepStatus.SETTLING, StepStatus.WAITING, StepStatus.UNVERIFIED)
    ]  # fmt: skip


def close(hands: Hands, reason: str) -> None:
    """Ends the incident for good: not while something is in doubt, and with a reason while something is open."""
    state = hands.ledger.state
    doubtful = [step.title for step in state.steps if any(call.in_doubt for call in step.calls)]
    if doubtful:
        words = f"Nobody knows what became of: {'; '.join(doubtful)}."
        hands.operator.tell(Message("Not closed", words, "Look again at it first.", "error"))
        return
    left = unfinished(state)
    if left and too_short(reason):
        words = f"Open or not yet sure: {', '.join(left)}."
        hands.operator.tell(Message("Not closed", words, "Close with a reason to leave them so.", "warning"))
        return
    if not checkpointing.before_close(hands):
        return
    if hands.closing is not None:
        hands.closing()
    hands.ledger.close({"reason": reason, "open": left, "contained": state.contained})
