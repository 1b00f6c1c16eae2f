"""Every `use` is an action that irtui has, with the inputs that it takes."""

import difflib
from collections.abc import Iterator

from irtui.actions.registry import ACTIONS
from irtui.errors import Problem
from irtui.lint.subject import Subject
from irtui.model.runbook import UseBody

RULE = "actions"


def problems(subject: Subject) -> Iterator[Problem]:
    for at, step in subject.steps():
        if not isinstance(step.body, UseBody):
            continue
        action = ACTIONS.get(step.body.action)
        if action is None:
            near = difflib.get_close_matches(step.body.action, ACTIONS, 1, 0.5)
            hint = f"Did you mean {near[0]}?" if near else "irtui actions list shows those there are."
            yield subject.problem(RULE, (*at, "use"), f"there is no action {step.body.action}", hint)
            continue
        known = f"It takes: {', '.join(action.inputs)}."
        for name in step.body.inputs:
            if name not in action.inputs:
                yield subject.problem(RULE, (*at, "with", name), f"{action.id} takes no {name}", known, on_key=True)
        for name, field in action.inputs.items():
            if field.required and name not in step.body.inputs:
                place = (*at, "with") if step.body.inputs else (*at, "use")
                yield subject.problem(RULE, place, f"{action.id} needs {name}", field.help)
