"""Records → state. The journal is the only state there is; this says what it means.

What each record changes stands in `known`. Here the steps are made of it, as the runbook has them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from irtui.engine.dependence import LEFT_OUT, fresh, held, through
from irtui.engine.known import Entry, Known
from irtui.engine.outline import CHECKPOINT, Node, outline, unit_key
from irtui.engine.unit import Unit, worst
from irtui.errors import IrtuiError
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, ManualBody, Runbook, Step
from irtui.runbook.expressions import fill, truth


class Fold:
    """Takes records one by one; `state()` is the incident as they tell it. Raises RunbookError for a missing child."""

    def __init__(self, runbook: Runbook, children: Mapping[str, Runbook]) -> None:
        self._nodes = outline(runbook, children)
        self._keys = {node.key for node in self._nodes}
        incident = IncidentState("", "", runbook.name, runbook.title, "", "", "", "", "", "", "")
        self._known = Known(incident, {node.key: node.step for node in self._nodes})
        self._steps: dict[str, StepState] = {}
        self._folded: object = None
        """What titles and conditions depended on when `_steps` was made."""
        self._texts: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, record: Entry, head: str = "") -> None:
        """Adds one record. Records that are not about state are counted and otherwise ignored."""
        self._known.take(record, head)

    def take_all(self, records: Iterable[Entry], head: str = "") -> "Fold":
        """Adds the records of sittings that have ended."""
        for record in records:
            self.take(record, head)
        self.rest()
        return self

    def rest(self) -> bool:
        """Nobody is working: what was still running is in doubt, or accepted and unseen. True when there was such."""
        return self._known.rest()

    def state(self) -> IncidentState:
        """The whole state. Steps are made anew only where the records since the last call can have changed them."""
        known = self._known
        facts = (known.facts, tuple(unit.status for unit in known.units.values()))
        stale = self._keys if facts != self._folded else known.touched
        contexts: dict[str, dict[str, Any]] = {}
        for node in self._nodes:
            if node.key in stale:
                if node.prefix not in contexts:
                    contexts[node.prefix] = self.context(node.prefix)
                self._steps[node.key] = self._step(node, contexts[node.prefix])
        self._folded, known.touched = facts, set()
        acted, contained = known.acted()
        steps = {key: fresh(step, contained) for key, step in self._steps.items()}
        for key in reversed(steps):  # children stand after their parents
            steps[key] = through(steps[key], steps)
        for key in steps:
            steps[key] = held(steps[key], steps)
        return replace(
            known.incident,
            steps=tuple(steps.values()),
            aside=self._step(CHECKPOINT, {}),
            acted=acted,
            changed=sum(1 for call in known.calls.values() if call.status not in ("not_applied", "failed")),
        )

    def context(self, prefix: str = "") -> dict[str, Any]:
        """What `${{ }}` may see for the steps under `prefix`: inputs, steps, incident, aws."""
        incident = self._known.incident
        steps: dict[str, Any] = {}
        for node in self._nodes:
            if node.prefix == prefix:
                steps[node.step.id] = self._values(node.key)
        return {
            "inputs": dict(self._known.child_inputs.get(prefix, {}) if prefix else incident.inputs),
            "steps": steps,
            "incident": {"id": incident.id, "opened": incident.opened, "runbook": incident.runbook},
            "aws": {
                "account": incident.account,
                "region": incident.region,
                "caller": {"arn": incident.caller, **self._known.caller},
            },
        }

    def _values(self, key: str) -> dict[str, Any]:
        unit = self._known.units.get(key, Unit())
        values: dict[str, Any] = {**unit.values, "status": unit.status.value, "gaps": list(unit.gaps)}
        if key in self._known.items:
            values["items"] = [
                {"item": item, **self._known.unit(f"{key}[{index}]").values}
                for index, item in enumerate(self._known.items[key])
            ]
        return values

    def _filled(self, key: str, text: str, context: Mapping[str, Any]) -> str:
        """A text of a step filled in, made anew only when something it can read has changed."""
        if "${{" not in text:
            return text
        facts, filled = self._texts.get((key, text), (-1, text))
        if facts != self._known.facts or "status" in text:
            try:
                filled = str(fill(text, context))
            except IrtuiError:
                filled = text
            self._texts[key, text] = (self._known.facts, filled)
        return filled

    def _step(self, node: Node, context: Mapping[str, Any]) -> StepState:
        own = self._known.units.get(node.key, Unit())
        items = self._known.items.get(node.key, ())
        keys = [unit_key(node.key, index) for index in range(len(items))] or [node.key]
        units = [self._known.units.get(key, Unit()) for key in keys]
        shown = worst(units)
        applies = _applies(node.step, context)
        status, reason = shown.status, shown.reason or (own.reason if shown.status.open else "")
        if status is StepStatus.NOT_NEEDED and own.dismissed and applies:
            status, reason = StepStatus.TODO, ""
        due = {key: unit.settle_at for key, unit in zip(keys, units, strict=True) if unit.settle_at is not None}
        item = f"{node.key}["
        calls = tuple(
            call for call in self._known.calls.values() if call.step == node.key or call.step.startswith(item)
        )
        return StepState(
            key=node.key,
            number=node.number,
            step=node.step,
            status=status,
            title=self._filled(node.key, node.step.title, context),
            text=self._filled(node.key, node.step.text, context),
            wanted=self._filled(node.key, wanted(node.step), context),
            values=own.values,
            items=items,
            items_done=tuple(index for index, unit in enumerate(units) if items and _done(unit)),
            calls=calls,
            evidence=tuple(self._known.evidence.get(node.key, ())),
            gaps=tuple(dict.fromkeys(gap for unit in units for gap in unit.gaps)),
            reason=reason,
            advice=shown.advice,
            settle_at=min(due.values(), default=None),
            due=due,
            taken_back=tuple(key for key, unit in zip(keys, units, strict=True) if unit.taken_back),
            verified=all(unit.verified for unit in units),
            wait_until=own.wait_until,
            look_at=own.look_at,
            looked=own.looked,
            reply=next((unit.reply for unit in reversed(units) if unit.reply), own.reply),
            asserted=own.asserted,
            proof=own.proof,
            applies=applies,
            approval=self._known.approvals.get(node.key),
            begun=f"{node.key}/" in self._known.child_inputs,
        )


def _done(unit: Unit) -> bool:
    return not unit.status.open and unit.status not in LEFT_OUT


def wanted(step: Step) -> str:
    """What a question or manual work asks for, as it stands in the runbook; empty for other steps."""
    body = step.body
    return body.question if isinstance(body, AskBody) else body.instruction if isinstance(body, ManualBody) else ""


def _applies(step: Step, context: Mapping[str, Any]) -> bool | None:
    if not step.when:
        return True
    try:
        return truth(step.when, context)
    except IrtuiError:
        return None
