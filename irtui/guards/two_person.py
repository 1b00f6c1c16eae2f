"""What a runbook wants others to sign is not done alone: their approvals of exactly this plan, or the broken glass."""

from irtui.guards.ruling import allow, ask, deny
from irtui.guards.situation import Situation
from irtui.model.approval import Approver, Person
from irtui.model.verdict import Ruling, Verdict

GUARD = "two_person"
APPROVAL = "approval"


def judge(situation: Situation) -> Verdict:
    wanted = situation.step.approvers
    if wanted < 1:
        return allow(GUARD, "The runbook wants no approval of others.")
    people = "one other person" if wanted == 1 else f"{wanted} other people"
    approval = situation.state.approval
    if approval is None or not situation.digest or approval.digest != situation.digest:
        return _missing(f"The runbook wants {people} to approve this plan, and nobody has been asked about it.")
    if approval.wanted < wanted:
        return _missing(f"The runbook wants {people} to approve this; only {approval.wanted} were asked for.")
    if approval.used and not situation.agreed:
        return _missing("This approval was used. It holds once.")
    if not situation.agreed and not approval.live(situation.now):
        return _missing(f"The request expired at {approval.expires:%H:%M:%SZ}, and that is a no.")
    if approval.glass:
        return ask(GUARD, "BREAK-GLASS: nobody else approved it.", "target")
    if approval.missing:
        return _missing(f"The runbook wants {people} to approve this: {approval.words}.")
    if any(_is_me(situation, approver) for approver in approval.by):
        return deny(GUARD, "Whoever acts now has approved it. Somebody else must: ask anew.")
    names = ", ".join(f"{approver.pinned}, {approver.person.words}" for approver in approval.by)
    return allow(GUARD, f"Approved by {names}.")


def _missing(reason: str) -> Verdict:
    """A DENY that others can lift."""
    return Verdict(GUARD, Ruling.DENY, reason, APPROVAL)


def _is_me(situation: Situation, approver: Approver) -> bool:
    """Whoever sits here now, by key and by person; not who a step's own session is."""
    incident = situation.incident
    me = Person(incident.operator, incident.caller if incident.mode == "real" else "")
    return approver.key in incident.keys or approver.person.same_as(me)
