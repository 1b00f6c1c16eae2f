"""A later look at what lists were made of: what is new joins them, and what is open again is open again.

A step that does not apply (its `when` is false) stays as it is. One that only reads has nothing that could open again.
"""

from irtui.canonical import plain
from irtui.engine.checks import record_check
from irtui.engine.contexts import context_of, steps_read
from irtui.engine.hands import Hands
from irtui.engine.looks import Sight
from irtui.engine.machine import reads_only
from irtui.engine.operator import Message
from irtui.engine.outline import unit_key
from irtui.errors import IrtuiError
from irtui.model.incident import StepState, StepStatus
from irtui.model.outcome import Finding
from irtui.runbook.expressions import fill


def relist(hands: Hands, step: StepState) -> None:
    """Makes the lists anew that were made of what `step` renews. A list that nobody has made yet is left alone."""
    prefix = step.key[: len(step.key) - len(step.step.id)]
    for other in hands.ledger.state.steps:
        inside = other.key.startswith(prefix) and "/" not in other.key[len(prefix) :]
        if not inside or not other.step.for_each or step.step.renews not in steps_read(other.step.for_each):
            continue
        if other.applies is not False and (other.items or other.status is StepStatus.NOT_NEEDED):
            _relist(hands, other, step)


def _relist(hands: Hands, step: StepState, source: StepState) -> None:
    try:
        found = fill(step.step.for_each, context_of(hands, step))
    except IrtuiError:
        return  # the step's own run says what is wrong with its list
    listed = plain(found) if isinstance(found, list) else []
    new = [item for item in listed if item not in step.items]
    done = () if reads_only(step) else step.items_done
    again = [index for index, item in enumerate(step.items) if item in listed and index in done]
    again = [index for index in again if unit_key(step.key, index) not in step.due]
    why = f"“{source.title}” shows it open again"
    for index in again:
        record_check(hands.ledger, unit_key(step.key, index), "again", [Sight(Finding.REFUTED, why=why)])
    if new:
        hands.ledger.write("items", {"step": step.key, "items": [*step.items, *new]})
    if new or again:
        words = f"{len(new)} more and {len(again)} again: {step.title}."
        hands.operator.tell(Message("There is more to do", words, "Run that step.", "warning", step.key))
