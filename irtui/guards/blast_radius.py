"""How much one incident touches: over the limit somebody counts aloud, and nothing more is destroyed."""

from irtui.guards.ruling import allow, ask, deny, effect
from irtui.guards.situation import Limits, Situation
from irtui.model.call import subjects
from irtui.model.effect import Effect
from irtui.model.verdict import Verdict

GUARD = "blast_radius"


def judge(situation: Situation) -> Verdict:
    if not situation.plans or not all(plan.calls for plan in situation.plans):
        return deny(GUARD, "Nothing is planned, so nobody can say how much it touches.")
    counts = {kind: len(ids) for kind, ids in _touched(situation).items()}
    over = [(kind, count) for kind, count in counts.items() if count > _limit(kind, situation.limits)]
    if not over:
        return allow(GUARD, f"This incident would have touched {_words(list(counts.items()))}.")
    reason = f"This incident would have touched {_words(over)}; the settings allow {_limits(over, situation.limits)}."
    if effect(situation) is Effect.DESTROY:
        return deny(GUARD, f"{reason} Raise the limit in the settings if that is meant.")
    return ask(GUARD, reason, "count")


def _touched(situation: Situation) -> dict[str, set[str]]:
    """Kind → ids, those of this plan included. What a call names no subject for counts as its target."""
    touched: dict[str, set[str]] = {}
    for kind, ids in situation.touched.items():
        touched.setdefault(_group(kind), set()).update(f"{kind}/{name}" for name in ids)
    for plan in situation.plans:
        for planned in plan.calls:
            named = [(subject.kind, subject.id) for subject in subjects(planned.call)] or [("thing", planned.target)]
            for kind, name in named:
                touched.setdefault(_group(kind), set()).add(f"{kind}/{name}")
    return touched


def _group(kind: str) -> str:
    return kind if kind in ("user", "role", "access_key") else "other"


def _limit(kind: str, limits: Limits) -> int:
    return {"user": limits.users, "role": limits.roles, "access_key": limits.access_keys}.get(kind, limits.other)


def _words(counts: list[tuple[str, int]]) -> str:
    return ", ".join(f"{count} {_name(kind, count)}" for kind, count in counts)


def _limits(over: list[tuple[str, int]], limits: Limits) -> str:
    return ", ".join(f"{_limit(kind, limits)} {_name(kind, _limit(kind, limits))}" for kind, _ in over)


def _name(kind: str, count: int) -> str:
    if kind == "other":
        return "other things" if count != 1 else "other thing"
    return kind.replace("_", " ") + ("s" if count != 1 else "")
