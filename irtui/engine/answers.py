"""Judging the signed answers to a request for approval.

Rules: an answer counts once, for the request that it names, when its signature fits a key that the operator's settings
know, when that key is not the operator's own, and when its person is not. What does not count is told and recorded with
its reason.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.clock import rfc3339
from irtui.engine.hands import Hands
from irtui.engine.ledger import clipped
from irtui.engine.operator import Message
from irtui.journal.approval import Approved, read_approval
from irtui.model.approval import Person
from irtui.model.incident import StepState


def take(hands: Hands, data: bytes) -> None:
    """Judges a signed answer and records it, with the reason where it does not count."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        approved = read_approval(data)
        state, pinned = _counted(hands, approved)
    except ValueError as flaw:
        hands.ledger.write("approve", {"kind": "refused", "sha256": sha256, "why": clipped(str(flaw))})
        hands.operator.tell(Message("This approval does not count", f"{flaw}.", "Nothing was approved.", "error"))
        return
    kept = hands.ledger.evidence(f"{state.key}: approval by {pinned}", data, state.key).sha256
    hands.ledger.write(
        "approve",
        {
            "kind": "approval", "step": state.key, "digest": approved.digest, "request": approved.request,
            "by": approved.by.as_data(), "key": approved.key, "pinned": pinned, "made": rfc3339(approved.made),
            "sha256": sha256, "evidence": kept,
        },
    )  # fmt: skip
    approval = hands.ledger.state.step(state.key).approval
    assert approval is not None
    more = f"{approval.missing} more must approve." if approval.missing else "Run the step to confirm and send it."
    words = f"{pinned}, {approved.by.words}: {state.title or state.step.title}. {approval.words}."
    hands.operator.tell(Message("Approved", words, more, key=state.key))


def moment(hands: Hands) -> datetime:
    """Our clock, as far as it is known set by AWS's: the same time for request, answer and guard."""
    return hands.clock.now() + hands.door.ahead


def seat(hands: Hands) -> Mapping[str, Any]:
    """The sitting that goes on now, as its record tells it."""
    return next(r.body for r in reversed(hands.ledger.journal.records) if r.type in ("open", "join"))


def asker(sitting: Mapping[str, Any], mode: str) -> Person:
    """Who sits there. AWS's word counts only where it was the real one."""
    real = mode == "real"
    return Person(
        str(sitting.get("operator", "")),
        str(sitting["caller"]) if real else "",
        str(sitting["user_id"]) if real else "",
    )


def _counted(hands: Hands, approved: Approved) -> tuple[StepState, str]:
    """The step that the answer is for, and whose key signed. Raises ValueError: why it does not count."""
    state = hands.ledger.state
    requests = {
        str(r.body["request"]): r.body
        for r in hands.ledger.journal.records
        if r.type == "approve" and r.body["kind"] == "request"
    }
    asked = requests.get(approved.request)
    if approved.incident != state.id or approved.mode != state.mode or asked is None:
        raise ValueError("it answers no request of this incident")
    step = state.step(str(asked["step"]))
    approval = step.approval
    if approval is None or approval.request != approved.request:
        raise ValueError("it answers an earlier request, which is void")
    if (approved.request_sha256, approved.step) != (asked["sha256"], step.key):
        raise ValueError("it answers another text than the one that was sent")
    if approved.digest != approval.digest:
        raise ValueError("it is bound to another plan")
    if approval.used:
        raise ValueError("its request was used: an approval holds once")
    if not approval.live(moment(hands)):
        raise ValueError(f"the request expired at {approval.expires:%H:%M:%SZ}, and that is a no")
    _not_oneself(hands, approved)
    pinned = next((name for name, key in hands.approvers.items() if key.hex() == approved.key), "")
    if not pinned:
        raise ValueError(f"nobody in [approvers] of the settings has the key {approved.key[:16]}…")
    if any(other.key == approved.key or other.person.same_as(approved.by) for other in approval.by):
        raise ValueError(f"{pinned} has approved it already")
    return step, pinned


def _not_oneself(hands: Hands, approved: Approved) -> None:
    sitting = seat(hands)
    if approved.key in hands.ledger.state.keys:
        raise ValueError("it is signed with the operator's own key: nobody approves for themselves")
    me = asker(sitting, hands.ledger.state.mode)
    if hands.ledger.state.mode == "real" and not approved.by.arn:
        raise ValueError("it does not say who AWS takes the approver for")
    if approved.by.same_as(me):
        raise ValueError(f"{approved.by.words} is the operator: nobody approves for themselves")
