"""Asking others for their approval of a plan, taking their signed answers, and breaking the glass without them.

Rules: a request is about one plan and expires into *no*. The plan that was approved is the plan that runs: it is taken
from the journal, not made again. Nobody waits: other steps go on, and an answer that was dropped into the folder is
taken from there. Which answers count, `answers` says.
"""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from irtui.canonical import digest, plain
from irtui.clock import rfc3339
from irtui.engine.answers import asker, moment, seat, take
from irtui.engine.hands import Hands
from irtui.engine.ledger import clipped
from irtui.engine.operator import Message, Question, Task
from irtui.errors import JournalError
from irtui.journal import mailbox
from irtui.journal.approval import MAX_APPROVAL, Request, plans_digest, request_file
from irtui.journal.read import read_evidence
from irtui.model.approval import Approval
from irtui.model.incident import IncidentState, StepState
from irtui.model.plan import Plan
from irtui.model.verdict import Ruling, Verdict
from irtui.redact import masked, masked_text

_MINUTES = 15
VALID_FOR = timedelta(minutes=_MINUTES)
APPROVAL = "approval"
"""What a DENY asks for that others can give."""
WAIT, FILE, RENEW, GLASS = "wait", "file", "ask-anew", "break-glass"


def lacks_only_approval(verdicts: tuple[Verdict, ...]) -> bool:
    """Nothing but the word of others stands against it."""
    denied = [verdict for verdict in verdicts if verdict.ruling is Ruling.DENY]
    return bool(denied) and all(verdict.ask == APPROVAL for verdict in denied)


def seek(hands: Hands, state: StepState, plans: tuple[Plan, ...]) -> bool:
    """Asks for approval of these plans, unless somebody is being asked, and offers the ways on. True: judge again."""
    approval = state.approval
    data = [plan.as_data() for plan in plans]
    asked = approval is not None and approval.digest == plans_digest(data) and approval.wanted >= state.step.approvers
    fresh = asked and approval is not None and approval.live(moment(hands))
    if not fresh and not _request(hands, state, plans):
        return False
    return settle(hands, state.key)


def settle(hands: Hands, key: str) -> bool:
    """What the operator does about a missing approval. True: it is there now, or the glass is broken."""
    poll(hands)
    state = hands.ledger.state.step(key)
    approval = state.approval
    if approval is None or approval.used:
        hands.operator.tell(Message("Nobody was asked yet", "Run the step: its plan is what others approve.", key=key))
        return False
    if _granted(hands, approval):
        return True
    question = Question(
        key,
        f"{approval.missing} of {approval.wanted} approvals missing: {state.title or state.step.title}",
        _standing(hands, approval),
        {
            WAIT: "Go on with other steps meanwhile.",
            FILE: "Say where the answer lies.",
            RENEW: f"Ask anew, for {_MINUTES} minutes; the old request is void then.",
            GLASS: "Break the glass: act alone, with a reason. Journal, report and banner will say so.",
        },
    )
    match hands.operator.decide(question):
        case "file":
            typed = hands.operator.attest(Task(key, "The answer", "Type the path of the signed approval."))
            if typed:
                _take_from(hands, Path(typed).expanduser())
        case "ask-anew":
            plans = plans_of(hands, approval.digest)
            if plans:
                _request(hands, state, plans)
        case "break-glass":
            _break(hands, state, approval)
        case _:
            return False
    now = hands.ledger.state.step(key).approval
    return now is not None and _granted(hands, now)


def poll(hands: Hands) -> None:
    """Takes the answers that were dropped into the incident's folder. Each is judged once."""
    if not pending(hands.ledger.state, moment(hands)):
        return
    known = {str(r.body.get("sha256")) for r in hands.ledger.journal.records if r.type == "approve"}
    for data in mailbox.answers(hands.ledger.journal.folder):
        if hashlib.sha256(data).hexdigest() not in known:
            take(hands, data)


def pending(state: IncidentState, now: datetime) -> bool:
    """Somebody is being asked, and may still answer."""
    return any(step.approval and step.approval.missing and step.approval.live(now) for step in state.steps)


def plans_of(hands: Hands, wanted: str) -> tuple[Plan, ...]:
    """The plans of that digest as the journal keeps them; none when they are not whole there."""
    for record in reversed(hands.ledger.journal.records):
        if record.type == "plan" and record.body.get("digest") == wanted:
            data: Any = record.body.get("plans")
            try:
                if data is None:
                    data = json.loads(read_evidence(hands.ledger.journal.folder, str(record.body["evidence"])))
                plans = tuple(Plan.from_data(plan) for plan in data)
            except (JournalError, LookupError, ValueError, TypeError):
                return ()
            return plans if plans_digest([plan.as_data() for plan in plans]) == wanted else ()
    return ()


def asked_plans(hands: Hands, state: StepState, units: tuple[str, ...]) -> tuple[Plan, ...]:
    """The plans that others are asked about or have approved, when they are those of exactly these units."""
    approval = state.approval
    if approval is None or not approval.live(moment(hands)):
        return ()
    plans = plans_of(hands, approval.digest)
    fits = tuple(plan.step for plan in plans) == units and not any(plan.undoing for plan in plans)
    return plans if fits else ()


def stale(hands: Hands, state: StepState) -> bool:
    """The approval that a plan was shown with has expired while the operator was thinking."""
    approval = hands.ledger.state.step(state.key).approval
    return state.step.approvers > 0 and (approval is None or not approval.live(moment(hands)))


def _standing(hands: Hands, approval: Approval) -> str:
    """Who is missing, until when, and what they must do."""
    folder = hands.ledger.journal.folder / mailbox.MAILBOX
    over = "" if approval.live(moment(hands)) else " It has expired: that is a no."
    done = {approver.pinned for approver in approval.by}
    names = ", ".join(name for name in sorted(hands.approvers) if name not in done)
    return (
        f"{approval.words}.{over}\n"
        f"May still approve: {names or 'nobody: no other key stands under [approvers] in the settings'}.\n"
        f"Send them {folder / approval.file}; they run: irtui approve FILE.\n"
        f"Their answer (…{mailbox.ANSWER}), put into that folder, is taken from there by itself."
    )


# -- inside ------------------------------------------------------------------------------------


def _granted(hands: Hands, approval: Approval) -> bool:
    """Enough others have approved it; who took the incident over does not count as another."""
    if not approval.live(moment(hands)) or approval.glass:
        return bool(approval.glass) and approval.live(moment(hands))
    incident = hands.ledger.state
    me = asker(seat(hands), incident.mode)
    mine = (approver.key in incident.keys or approver.person.same_as(me) for approver in approval.by)
    return not approval.missing and not any(mine)


def _request(hands: Hands, state: StepState, plans: tuple[Plan, ...]) -> bool:
    ledger, now = hands.ledger, moment(hands)
    sitting, incident = seat(hands), ledger.state
    data = [plan.as_data() for plan in plans]
    if masked(plain(data)) != plain(data):
        words = "The plan holds a secret, so it cannot be sent to anybody."
        hands.operator.tell(Message("Nobody was asked", words, "Do it by hand, together.", "error", state.key))
        return False
    request = Request(
        digest([incident.id, ledger.journal.head])[:32], incident.id, incident.mode, incident.account,
        f"{hands.runbook.name} {hands.runbook.version}", state.key, masked_text(state.title or state.step.title), plans,
        plans_digest(data), state.step.approvers, asker(sitting, incident.mode), now, now + VALID_FOR,
        dict(sitting["key"]),
    )  # fmt: skip
    name = f"{incident.id}-{request.id[:8]}.request.json"
    try:
        written = request_file(request, ledger.journal.vouch)
        path = mailbox.put(ledger.journal.folder, name, written)
    except (ValueError, OSError) as fault:
        words = f"The request cannot be written: {fault}."
        hands.operator.tell(Message("Nobody was asked", words, "Do it by hand, together.", "error", state.key))
        return False
    kept = ledger.evidence(f"{state.key}: approval request", written, state.key).sha256
    ledger.write(
        "approve",
        {
            "kind": "request", "step": state.key, "digest": request.digest, "request": request.id,
            "wanted": request.wanted, "made": rfc3339(request.made), "expires": rfc3339(request.expires),
            "file": name, "sha256": hashlib.sha256(written).hexdigest(), "evidence": kept,
        },
    )  # fmt: skip
    people = "one other person" if request.wanted == 1 else f"{request.wanted} other people"
    words = f"{people} must approve this until {request.expires:%H:%M:%SZ}. Send them {path}."
    hands.operator.tell(Message("Approval is needed", words, "They run: irtui approve FILE.", "warning", state.key))
    return True


def _take_from(hands: Hands, path: Path) -> None:
    try:
        data = mailbox.read(path, MAX_APPROVAL)
    except OSError as fault:
        hands.operator.tell(Message("No answer there", f"{path}: {fault.strerror}.", level="error"))
        return
    take(hands, data)


def _break(hands: Hands, state: StepState, approval: Approval) -> None:
    reason = hands.operator.attest(
        Task(
            state.key,
            "Break the glass",
            "Nobody else has approved this. Type why it cannot wait (at least ten characters).",
        )
    )
    if reason is None:
        return
    if len(reason.strip()) < 10:
        hands.operator.tell(Message("The glass is whole", "A reason has at least ten characters.", level="warning"))
        return
    if not approval.live(moment(hands)):  # what is asked about must be fresh, also for oneself
        plans = plans_of(hands, approval.digest)
        if not plans or not _request(hands, state, plans):
            return
        fresh = hands.ledger.state.step(state.key).approval
        assert fresh is not None
        approval = fresh
    hands.ledger.write(
        "approve",
        {
            "kind": "break-glass", "step": state.key, "digest": approval.digest, "request": approval.request,
            "reason": clipped(reason.strip()), "missing": approval.missing,
        },
    )  # fmt: skip
