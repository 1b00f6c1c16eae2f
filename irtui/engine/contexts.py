"""What the expressions of a step may see, and which steps they read."""

from datetime import datetime
from typing import Any

from irtui.clock import rfc3339
from irtui.engine.hands import Hands
from irtui.model.call import Call, subjects
from irtui.model.incident import IncidentState, StepState
from irtui.runbook.expressions import roots
from irtui.runbook.template import sole


def context_of(hands: Hands, step: StepState, item: int | None = None) -> dict[str, Any]:
    """What the step's expressions may see. Times are AWS's."""
    context = hands.ledger.context(step.key[: len(step.key) - len(step.step.id)])
    context["aws"]["now"] = rfc3339(hands.clock.now() + hands.door.ahead)
    context["aws"]["ahead"] = round(hands.door.ahead.total_seconds())
    context["incident"]["changes"] = {
        subject: rfc3339(datetime.fromisoformat(at) + hands.door.ahead)
        for subject, at in _changes(hands.ledger.state).items()
    }
    if item is not None:
        context["item"] = step.items[item]
        context[step.step.as_] = step.items[item]
    return context


def steps_read(expression: str) -> tuple[str, ...]:
    """Ids of the steps that a `${{ steps.x.y }}` reads."""
    paths = roots(sole(expression) or expression)
    return tuple(path[1] for path in paths if len(path) > 1 and path[0] == "steps")


def _changes(state: IncidentState) -> dict[str, str]:
    """`user/NAME`, `access_key/ID`, `role/NAME` → when this incident last changed it.

    The change of a key is not one of its user.
    """
    last: dict[str, tuple[int, str]] = {}
    for step in state.steps:
        for record in step.calls:
            if record.took_effect:
                named = subjects(Call.from_data(record.planned))
                keys = [subject for subject in named if subject.kind == "access_key"]
                for subject in keys or named:
                    name = f"{subject.kind}/{subject.id}"
                    last[name] = max(last.get(name, (0, "")), (record.seq, record.at))
    return {name: at for name, (_, at) in last.items() if at}
