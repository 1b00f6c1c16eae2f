"""What a runbook wants others to sign is not done alone. Never asks: nobody can give that answer for somebody else."""

from irtui.guards.ruling import allow, deny
from irtui.guards.situation import Situation
from irtui.model.verdict import Verdict

GUARD = "two_person"


def judge(situation: Situation) -> Verdict:
    wanted = situation.step.approvers
    if wanted > 0:
        people = "one other person" if wanted == 1 else f"{wanted} other people"
        return deny(
            GUARD,
            f"The runbook wants {people} to approve this, and irtui has no approvals yet. Do it by hand, together.",
        )
    return allow(GUARD, "The runbook wants no approval of others.")
