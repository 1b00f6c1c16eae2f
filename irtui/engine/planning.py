"""A step and the live account → the exact calls. Reads, never changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws import shapes
from irtui.aws.door import Door
from irtui.aws.effects import effect
from irtui.canonical import canonical
from irtui.engine.looks import glance, observed_before, same
from irtui.engine.placed import Placed
from irtui.errors import RunbookError
from irtui.model.call import Call, subjects
from irtui.model.incident import CallRecord, StepState
from irtui.model.outcome import Finding, Observed
from irtui.model.plan import Look, Plan, PlannedCall
from irtui.model.runbook import CallBody, Check, Step, UseBody
from irtui.redact import MASK
from irtui.runbook.expressions import fill, fill_condition
from irtui.runbook.syntax import LONGEST_FILLED, compiled

Context = Mapping[str, Any]


def filled_call(body: CallBody, step: Step, context: Context) -> Call:
    """The call with its expressions filled and its parameters typed. Raises RunbookError when it does not fit."""
    params = shapes.typed(body.service, body.operation, fill(body.params, context))
    call = Call(body.service, body.operation, params, fill(step.region, context) or None, step.session)
    problems = shapes.parameter_problems(call)
    if problems:
        raise RunbookError(f"{call.name}: {'; '.join(problems)}", advice="The values of earlier steps do not fit here.")
    return _unmasked(call)


def filled_look(check: Check, step: Step, context: Context) -> Look | None:
    """The look of a check that names its own read; None for one that judges the step's reply."""
    if check.call is None:
        return None
    until = fill_condition(check.until, context)
    return Look(filled_call(check.call, step, context), until, check.within, check.every, check.again_after)


def plan_step(door: Door, step: Step, key: str, context: Context, now: datetime) -> Plan:
    """The plan of one unit. Raises RunbookError, AwsFault, SimulatorGap; nothing has been changed then."""
    if isinstance(step.body, CallBody):
        calls: tuple[PlannedCall, ...] = (_planned(step, step.body, context),)
    elif isinstance(step.body, UseBody):
        calls = _action_calls(door, step, step.body, context, now)
    else:
        raise RunbookError(f"step {key} makes no calls")
    if not calls:
        raise RunbookError(f"step {key}: the action planned nothing", advice="Read its result; skip it with a reason.")
    return Plan(key, tuple(replace(planned, before=observed_before(door, planned)) for planned in calls))


def plan_undo(door: Door, state: StepState) -> tuple[tuple[Plan, tuple[int, ...]], ...]:
    """For each unit, newest first: what takes it back, last call first, and the intents that this undoes.

    What was sent twice is taken back once, to what stood there before the first. A call that changed nothing has
    nothing to take back, so a plan may be empty. Raises RunbookError for what the journal holds only masked.
    """
    units: dict[str, dict[Any, CallRecord]] = {}
    for record in state.calls:
        if record.took_effect and not record.undone and not record.undoing and record.planned.get("undo"):
            units.setdefault(record.step, {}).setdefault(record.aim, record)
    return tuple(_unit_undo(door, unit, tuple(reversed(units[unit].values()))) for unit in reversed(units))


def _unit_undo(door: Door, unit: str, records: tuple[CallRecord, ...]) -> tuple[Plan, tuple[int, ...]]:
    found = [(record, _back(door, record)) for record in records]
    sent = [(record, back) for record, back in found if back is not None]
    return Plan(unit, tuple(back for _, back in sent), undoing=True), tuple(record.seq for record, _ in sent)


def _back(door: Door, record: CallRecord) -> PlannedCall | None:
    """What takes one call back; None where its effect is seen to be what was there before."""
    original = PlannedCall.from_data(record.planned)
    assert original.undo is not None
    _unmasked(original.undo)
    if original.made.keys() - original.undo.params.keys():
        raise RunbookError(
            f"Nobody here knows what {original.call.name} made for {original.target}: AWS's answer never came",
            advice="Look in the console what is new, and delete it by hand.",
        )
    back = PlannedCall(
        original.undo,
        effect(original.undo.service, original.undo.operation),
        original.target,
        after=original.before.as_data() if original.before else None,
        observe=original.observe or (original.look.call if original.look else None),
        watch=tuple(original.before.value) if original.before and isinstance(original.before.value, dict) else (),
        undo=original.call,
        note=f"takes back #{record.seq}",
    )
    back = replace(back, before=observed_before(door, back))
    if original.look and same(original.before, back.before) and glance(door, original.look).finding is Finding.VERIFIED:
        return None
    return back


def _unmasked(call: Call) -> Call:
    """Refuses a call that holds what the journal masked: AWS would get the mask."""
    if MASK in canonical(call.as_data()).decode("ascii"):
        raise RunbookError(
            f"{call.name} would send what is masked in the journal", advice="Do this one by hand; nothing was sent."
        )
    return call


def _planned(step: Step, body: CallBody, context: Context) -> PlannedCall:
    call = filled_call(body, step, context)
    look = filled_look(step.verify, step, context) if step.verify else None
    named = subjects(call)
    return PlannedCall(
        call,
        effect(body.service, body.operation),
        str(fill(step.confirm, context)) if step.confirm else (named[0].id if named else call.operation),
        after=_expected(look.until) if look else None,
        look=look,
        observe=_besides("observe", step.observe, step, context),
        undo=_besides("undo", step.undo, step, context),
        irreversible=step.irreversible,
    )


def _besides(key: str, body: CallBody | None, step: Step, context: Context) -> Call | None:
    """Another call of a step, filled. Raises RunbookError that says which one could not be."""
    try:
        return filled_call(body, step, context) if body else None
    except RunbookError as error:
        raise RunbookError(f"{key}: {error.message}", advice=error.advice) from None


def _expected(until: str) -> Any:
    """What a condition wants to see: the value it compares with, or the condition itself."""
    tree = compiled(until, LONGEST_FILLED).parsed
    while tree["type"] == "pipe":
        tree = tree["children"][-1]
    if tree["type"] == "comparator" and tree["value"] == "eq":
        for child in tree["children"]:
            if child["type"] == "literal":
                return child["value"] if child["value"] is not None else Observed("absent").as_data()
    return until


def _action_calls(door: Door, step: Step, body: UseBody, context: Context, now: datetime) -> tuple[PlannedCall, ...]:
    action = ACTIONS[body.action]
    if action.plan is None:
        raise RunbookError(f"{body.action} only reads")
    reader = Placed(door, step, context)
    return tuple(
        replace(
            planned,
            call=reader.placed(planned.call),
            look=replace(planned.look, call=reader.placed(planned.look.call)) if planned.look else None,
            observe=reader.placed(planned.observe) if planned.observe else None,
            undo=reader.placed(planned.undo) if planned.undo else None,
        )
        for planned in action.plan(reader, action_inputs(body, context), now)
    )


def action_inputs(body: UseBody, context: Context) -> dict[str, Any]:
    """The filled inputs of an action. Raises RunbookError for one that is missing."""
    given = dict(fill(body.inputs, context))
    missing = [name for name, field in ACTIONS[body.action].inputs.items() if field.required and not given.get(name)]
    if missing:
        raise RunbookError(f"{body.action}: no value for {', '.join(missing)}")
    return given
