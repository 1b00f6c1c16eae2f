"""What cannot be undone, or destroys, is done only knowingly: a stated reason, a known state, the target typed."""

from irtui.guards.ruling import allow, ask, deny
from irtui.guards.situation import Situation
from irtui.model.effect import Effect
from irtui.model.verdict import Verdict

GUARD = "irreversible"


def judge(situation: Situation) -> Verdict:
    calls = [planned for plan in situation.plans for planned in plan.calls]
    if not calls:
        return deny(GUARD, "Nothing is planned, so nobody can say whether it could be undone.")
    for planned in calls:
        destroys = planned.effect is Effect.DESTROY
        if planned.effect is not Effect.READ and planned.undo is None and not planned.irreversible:
            return deny(GUARD, f"{planned.call.name} has neither an undo nor a word on why there is none.")
        if destroys and planned.undo is None and (planned.before is None or planned.before.state == "unknown"):
            why = planned.before.why if planned.before else "it names nothing to read"
            return deny(GUARD, f"Nobody could read what {planned.call.name} would destroy: {why}.")
    for planned in calls:
        if planned.irreversible and planned.undo is None:
            return ask(GUARD, f"This cannot be undone: {planned.irreversible}", "target")
        if planned.effect is Effect.DESTROY:
            return ask(GUARD, f"{planned.call.name} destroys; undo can only put back what was read.", "target")
    return allow(GUARD, "Every change of it can be undone.")
