"""A session that ends in the middle of a plan leaves it half done: it must still hold for two minutes.

Long-term keys do not end. Where AWS answered just now but nobody knows the end of the session (credentials pasted into
the environment), it holds: a call that comes too late is refused by AWS and changes nothing.
"""

from datetime import timedelta

from irtui.guards.ruling import allow, deny, unknown
from irtui.guards.situation import Situation
from irtui.model.verdict import Verdict

GUARD = "session_fresh"
LEFT = timedelta(minutes=2)


def judge(situation: Situation) -> Verdict:
    if situation.identity is None:
        return deny(GUARD, "AWS did not say who you are; the session may have ended. Sign in again, then try again.")
    expires = situation.identity.expires
    if expires is None:
        return allow(GUARD, "AWS accepts these credentials now; no end of them is known.")
    left = expires - situation.now
    if left <= timedelta(0):
        return deny(GUARD, "Your session has ended. Sign in again, then try again; nothing is lost.")
    if left < LEFT:
        return unknown(
            situation, GUARD, f"Your session ends in {int(left.total_seconds())} s and may end in the middle of this."
        )
    return allow(GUARD, f"Your session holds for {int(left.total_seconds() // 60)} more minutes.")
