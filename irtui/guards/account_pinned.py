"""Only the account that this incident was opened for, and one more that was named and allowed. Never asks.

The wrong account is never right. A second account is reached in one way only: by an AssumeRoot session whose member
account the runbook names and the operator allowed by typing. Then everything must be known: that the session is the
root user of just that account, that it was opened from the incident's own, and that no call of the plan leaves it.
"""

from irtui.guards.ruling import allow, deny
from irtui.guards.situation import Situation
from irtui.model.identity import Identity
from irtui.model.verdict import Verdict

GUARD = "account_pinned"


def judge(situation: Situation) -> Verdict:
    if situation.identity is None:
        return deny(GUARD, "AWS did not say who you are, so nobody knows which account this would hit. Look again.")
    if not situation.pinned_account:
        return deny(GUARD, "This incident has no account, so no account is the right one. Open it again with one.")
    session = situation.step.session
    if any(planned.call.session != session for plan in situation.plans for planned in plan.calls):
        return deny(GUARD, "A call of it is made in another session than the step's, so its account is not known.")
    if situation.member is not None:
        return _second(situation, situation.identity, situation.member)
    account = situation.identity.account
    if account != situation.pinned_account:
        reason = f"You are signed in to account {account}, this incident is about {situation.pinned_account}."
        return deny(GUARD, f"{reason} Choose the profile of that account.")
    return allow(GUARD, f"Account {account}, as opened.")


def _second(situation: Situation, who: Identity, member: str) -> Verdict:
    if not member:
        return deny(GUARD, "The runbook does not say in which account this session acts. Open the incident with it.")
    if member == situation.pinned_account:
        return deny(GUARD, f"{member} is the incident's own account; AssumeRoot reaches only the members of another.")
    if (who.kind, who.account) != ("root", member):
        return deny(GUARD, f"This session acts as {who.arn}; it should be the root user of {member}.")
    if situation.opener is None or situation.opener.account != situation.pinned_account:
        return deny(GUARD, f"Nobody can say that this session was opened from account {situation.pinned_account}.")
    if member not in situation.incident.also:
        return deny(GUARD, f"Changes in account {member} were not allowed in this incident. Run the step again.")
    return allow(GUARD, f"The root user of {member}, which you allowed besides {situation.pinned_account}.")
