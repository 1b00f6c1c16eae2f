"""How guards rule, and the one rule about what nobody knows.

What destroys is refused while something is unknown. Containment that can be undone asks for a reason instead: refusing
it because a read was denied or throttled would help the attacker.
"""

from irtui.guards.situation import Situation
from irtui.model.effect import Effect
from irtui.model.verdict import Ruling, Verdict


def allow(guard: str, reason: str) -> Verdict:
    return Verdict(guard, Ruling.ALLOW, reason)


def ask(guard: str, reason: str, what: str = "reason") -> Verdict:
    """`what` is `reason`, `target` or `count`."""
    return Verdict(guard, Ruling.ASK, reason, what)


def deny(guard: str, reason: str) -> Verdict:
    return Verdict(guard, Ruling.DENY, reason)


def unknown(situation: Situation, guard: str, reason: str) -> Verdict:
    """ASK for containment that can be undone, DENY for everything else."""
    return ask(guard, reason) if contains(situation) else deny(guard, reason)


def contains(situation: Situation) -> bool:
    """Every plan contains, can be undone and destroys nothing. An undo contains nothing."""
    return (
        situation.step.phase == "contain"
        and bool(situation.plans)
        and all(plan.calls and plan.reversible and not plan.undoing for plan in situation.plans)
        and effect(situation) is not Effect.DESTROY
    )


def effect(situation: Situation) -> Effect:
    """The worst effect of all plans. No plan at all is DESTROY: nobody knows what would happen."""
    return max((plan.effect for plan in situation.plans), default=Effect.DESTROY)
