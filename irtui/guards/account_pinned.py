"""Only the account that this incident was opened for. Never asks: the wrong account is never right."""

from irtui.guards.ruling import allow, deny
from irtui.guards.situation import Situation
from irtui.model.verdict import Verdict

GUARD = "account_pinned"


def judge(situation: Situation) -> Verdict:
    if situation.identity is None:
        return deny(GUARD, "AWS did not say who you are, so nobody knows which account this would hit. Look again.")
    account = situation.identity.account
    if not situation.pinned_account:
        return deny(GUARD, "This incident has no account, so no account is the right one. Open it again with one.")
    if account != situation.pinned_account:
        reason = f"You are signed in to account {account}, this incident is about {situation.pinned_account}."
        return deny(GUARD, f"{reason} Choose the profile of that account.")
    return allow(GUARD, f"Account {account}, as opened.")
