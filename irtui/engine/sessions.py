"""The sessions that a runbook names, told to the door; and the account that one of them acts in."""

import re
from collections.abc import Iterator
from dataclasses import replace

from irtui.engine.hands import Hands
from irtui.errors import RunbookError
from irtui.model.runbook import ChildBody, SessionSpec
from irtui.runbook.expressions import fill


def name_sessions(hands: Hands) -> None:
    """Tells the door the sessions of the runbook and of the children that have begun, filled in.

    A child's sessions carry its key, `sweep/audit`: they are not its parent's of the same name. One that cannot be
    filled in yet is left out, and a step that uses it is refused by the door.
    """
    for spec in _filled(hands):
        hands.door.add_session(spec)


def member_of(hands: Hands, session: str) -> str | None:
    """The account whose root user that session is; empty when nobody knows. None: it is no AssumeRoot session."""
    if session == "caller":
        return None
    for spec in _filled(hands):
        if spec.name == session:
            if spec.role and not spec.assume_root:
                return None
            return spec.assume_root if re.fullmatch(r"[0-9]{12}", spec.assume_root) else ""
    return ""


def _filled(hands: Hands) -> Iterator[SessionSpec]:
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
            yield replace(spec, name=prefix + spec.name, role=role, assume_root=member)
