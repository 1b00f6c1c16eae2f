"""An incident begins read-only: nothing is changed before the operator has allowed changes. Never asks."""

from irtui.guards.ruling import allow, deny, effect
from irtui.guards.situation import Situation
from irtui.model.effect import Effect
from irtui.model.verdict import Verdict

GUARD = "unlocked"


def judge(situation: Situation) -> Verdict:
    if effect(situation) is Effect.READ:
        return allow(GUARD, "It only reads.")
    if situation.incident.closed:
        return deny(GUARD, "This incident is closed. Open another one to go on.")
    if not situation.incident.unlocked:
        return deny(GUARD, "This incident is read-only. Allow changes first: type the last four digits of the account.")
    return allow(GUARD, "Changes are allowed in this incident.")
