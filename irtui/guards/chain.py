"""All guards, in the order in which their verdicts are shown. Explicit; a test compares it with the folder."""

from collections.abc import Callable, Mapping

from irtui.guards import (
    account_pinned,
    blast_radius,
    evidence_first,
    irreversible,
    not_self,
    plan_unchanged,
    protected,
    session_fresh,
    two_person,
    unlocked,
)
from irtui.guards.ruling import deny
from irtui.guards.situation import Situation
from irtui.model.verdict import Verdict

GUARDS: Mapping[str, Callable[[Situation], Verdict]] = {
    module.GUARD: module.judge
    for module in (
        account_pinned,
        unlocked,
        session_fresh,
        not_self,
        protected,
        evidence_first,
        plan_unchanged,
        irreversible,
        blast_radius,
        two_person,
    )
}


def judge_all(situation: Situation) -> tuple[Verdict, ...]:
    """One verdict per guard. A guard that fails has not allowed anything: its failure is a DENY."""
    return tuple(_judged(name, judge, situation) for name, judge in GUARDS.items())


def _judged(name: str, judge: Callable[[Situation], Verdict], situation: Situation) -> Verdict:
    try:
        return judge(situation)
    except Exception as error:  # whatever went wrong, nobody has allowed anything
        return deny(name, f"This guard could not judge ({type(error).__name__}), so it refuses. Please report it.")
