"""The sessions that a runbook names, told to the door."""

from dataclasses import replace

from irtui.engine.hands import Hands
from irtui.errors import RunbookError
from irtui.model.runbook import ChildBody
from irtui.runbook.expressions import fill


def name_sessions(hands: Hands) -> None:
    """Tells the door the sessions of the runbook and of the children that have begun, filled in.

    A child's sessions carry its key, `sweep/audit`: they are not its parent's of the same name. One that cannot be
    filled in yet is left out, and a step that uses it is refused by the door.
    """
    walked = [(hands.runbook, "")]
    for step in hands.ledger.state.steps:
        if step.begun and isinstance(step.step.body, ChildBody):
            walked.append((hands.children[step.step.body.runbook], f"{step.key}/"))
    for runbook, prefix in walked:
        context = hands.ledger.context(prefix)
        for spec in runbook.sessions:
            try:
                role, member = str(fill(spec.role, context)), str(fill(spec.assume_root, context))
            except RunbookError:
                continue
            hands.door.add_session(replace(spec, name=prefix + spec.name, role=role, assume_root=member))
