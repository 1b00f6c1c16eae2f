"""Keep what is there before it is changed: afterwards nobody can read it any more."""

from irtui.guards.ruling import allow, effect, unknown
from irtui.guards.situation import Situation
from irtui.model.effect import Effect
from irtui.model.incident import IncidentState, StepState
from irtui.model.verdict import Verdict

GUARD = "evidence_first"


def judge(situation: Situation) -> Verdict:
    worst = effect(situation)
    if all(plan.undoing for plan in situation.plans) and situation.plans:
        return allow(GUARD, "It takes back what this journal recorded.")
    if worst is Effect.READ or (worst is Effect.CHANGE and situation.step.phase not in ("contain", "eradicate")):
        return allow(GUARD, "It changes nothing that evidence is taken of.")
    behind = evidence_behind(situation.incident, situation.state)
    sources = behind or [
        state for state in situation.incident.steps if state.step.evidence and state.key != situation.state.key
    ]
    if not any(state.evidence for state in sources):
        return unknown(
            situation, GUARD, "Nothing has been kept as evidence yet; what this changes could not be shown later."
        )
    lacking = [state for state in behind if not state.evidence]
    if lacking:
        return unknown(situation, GUARD, f"The evidence of “{lacking[0].title}” is missing; run that step first.")
    gaps = [gap for state in behind for gap in _gaps(state)]
    if gaps:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        return unknown(situation, GUARD, f"The evidence has gaps: {gaps[0]}{more}.")
    return allow(GUARD, "What it changes has been kept as evidence.")


def evidence_behind(incident: IncidentState, state: StepState) -> list[StepState]:
    """Steps that keep evidence among those this one needs, directly or through others."""
    by_key = {other.key: other for other in incident.steps}
    folder = state.key.rpartition("/")[0]
    found: dict[str, StepState] = {}
    waiting, seen = list(state.step.needs), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        other = by_key.get(f"{folder}/{name}" if folder else name)
        if other is not None:
            waiting.extend(other.step.needs)
            if other.step.evidence:
                found[other.key] = other
    return list(found.values())


def _gaps(state: StepState) -> list[str]:
    return list(dict.fromkeys([*state.gaps, *(gap for evidence in state.evidence for gap in evidence.gaps)]))
