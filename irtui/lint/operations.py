"""Every call is an operation of AWS, with parameters that it takes."""

import difflib
from collections.abc import Iterator

from irtui.aws.shapes import known, misfits, operations, services, typed
from irtui.errors import Problem
from irtui.lint.subject import Subject, open_values
from irtui.model.runbook import CallBody

RULE = "operations"


def problems(subject: Subject) -> Iterator[Problem]:
    for placed in subject.calls():
        call = placed.call
        if not known(call.service, call.operation):
            yield subject.problem(RULE, (*placed.at, "call"), f"AWS has no operation {call.name}", _nearest(call))
            continue
        params = typed(call.service, call.operation, open_values(call.params))
        for misfit in misfits(call.service, call.operation, params):
            at = (*placed.at, "with", *misfit.at) if misfit.at or call.params else (*placed.at, "call")
            message = f"{call.name}: {misfit.message}"
            yield subject.problem(RULE, at, message, misfit.hint, on_key=misfit.on_key)


def _nearest(call: CallBody) -> str:
    names = operations(call.service)
    if not names:
        near = difflib.get_close_matches(call.service, services(), 1, 0.6)
        return f"There is no service {call.service}. Did you mean {near[0]}?" if near else "There is no such service."
    folded = {name.lower(): name for name in names}
    near = difflib.get_close_matches(call.operation.lower(), folded, 1, 0.6)
    return f"Did you mean {call.service}.{folded[near[0]]}?" if near else ""
