"""IAM calls that act on the caller when no UserName is given: in a runbook that would be the responder."""

from collections.abc import Iterator

from irtui.aws.shapes import defaults_to_caller
from irtui.errors import Problem
from irtui.lint.subject import Subject

RULE = "caller"


def problems(subject: Subject) -> Iterator[Problem]:
    as_root = {spec.name for spec in subject.runbook.sessions if spec.assume_root}
    for placed in subject.calls():
        call = placed.call
        if placed.step.session in as_root or "UserName" in call.params:
            continue
        if defaults_to_caller(call.service, call.operation):
            message = f"{call.name} without UserName acts on whoever runs the runbook"
            yield subject.problem(RULE, (*placed.at, "call"), message, "Add UserName.")
