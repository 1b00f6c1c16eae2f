"""The runbook under lint: its steps, the calls in them, what they do, and where each value stands in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from irtui.actions.interface import Action
from irtui.actions.registry import ACTIONS
from irtui.aws.effects import effect
from irtui.aws.shapes import ANY, known
from irtui.errors import Problem
from irtui.model.effect import Effect
from irtui.model.runbook import CallBody, Check, ManualBody, Mark, Runbook, Step, UseBody, WaitBody
from irtui.runbook.load import Path, Places, read_yaml
from irtui.runbook.template import Expression, parts, sole
from irtui.text import inert


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call somewhere in a step."""

    step: Step
    role: str
    """act, verify, observe, undo, proof or wait."""
    at: Path
    """Of the map that holds `call` and `with`."""
    call: CallBody


@dataclass(frozen=True, slots=True)
class PlacedCheck:
    """A condition over a reply somewhere in a step."""

    step: Step
    role: str
    at: Path
    check: Check
    reply_of: CallBody | None
    """None: not the reply of one call."""


@dataclass(frozen=True, slots=True)
class Subject:
    runbook: Runbook
    children: Mapping[str, Runbook]
    places: Places

    @classmethod
    def of(cls, runbook: Runbook, children: Mapping[str, Runbook]) -> "Subject":
        if runbook.source:
            places = read_yaml(runbook.source, runbook.path).places
        else:  # a runbook that was not read from a text
            marks: dict[Path, Mark] = {("steps", index): step.mark for index, step in enumerate(runbook.steps)}
            places = Places(runbook.path, marks, {})
        return cls(runbook, children, places)

    def problem(
        self, rule: str, at: Path, message: str, hint: str = "", *, level: str = "error", on_key: bool = False
    ) -> Problem:
        mark = self.places.key(at) if on_key else self.places.value(at)
        return Problem(self.places.path, mark.line, mark.column, inert(message, 400), inert(hint, 400), rule, level)

    def steps(self) -> Iterator[tuple[Path, Step]]:
        for index, step in enumerate(self.runbook.steps):
            yield ("steps", index), step

    def calls(self) -> Iterator[PlacedCall]:
        for at, step in self.steps():
            if isinstance(step.body, CallBody):
                yield PlacedCall(step, "act", at, step.body)
            if step.observe:
                yield PlacedCall(step, "observe", (*at, "observe"), step.observe)
            if step.undo:
                yield PlacedCall(step, "undo", (*at, "undo"), step.undo)
        for placed in self.checks():
            if placed.check.call:
                yield PlacedCall(placed.step, placed.role, placed.at, placed.check.call)

    def checks(self) -> Iterator[PlacedCheck]:
        for at, step in self.steps():
            if step.verify:
                own = step.body if isinstance(step.body, CallBody) else None
                yield PlacedCheck(step, "verify", (*at, "verify"), step.verify, step.verify.call or own)
            if isinstance(step.body, ManualBody) and step.body.proof:
                yield PlacedCheck(step, "proof", (*at, "proof"), step.body.proof, step.body.proof.call)
            if isinstance(step.body, WaitBody) and step.body.check:
                yield PlacedCheck(step, "wait", (*at, "wait"), step.body.check, step.body.check.call)


def effect_of(step: Step) -> Effect:
    """What the step's act does; READ for what calls nothing.

    An unknown operation or action counts as READ here: another rule says that it is unknown, and says only that.
    """
    if isinstance(step.body, CallBody):
        return effect(step.body.service, step.body.operation) if known(*_names(step.body)) else Effect.READ
    if isinstance(step.body, UseBody):
        action = ACTIONS.get(step.body.action)
        return effect_of_action(action) if action else Effect.READ
    return Effect.READ


def effect_of_action(action: Action) -> Effect:
    """What an action does: the first operation is the act, those after it may be its undo."""
    if action.plan is None:
        return Effect.READ
    service, _, operation = action.changes[0].partition(".") if action.changes else ("", "", "")
    return max(Effect.CHANGE, effect(service, operation))


def open_values(value: Any) -> Any:
    """The value with ANY wherever an expression will put something."""
    if isinstance(value, str):
        return ANY if sole(value) is not None or any(isinstance(part, Expression) for part in parts(value)) else value
    if isinstance(value, Mapping):
        return {key: open_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [open_values(item) for item in value]
    return value


def bare_condition(until: str) -> str:
    """The condition with a literal for each of its `${{ }}` parts: enough to see what it reads of the reply."""
    return "".join("`0`" if isinstance(part, Expression) else part for part in parts(until))


def _names(call: CallBody) -> tuple[str, str]:
    return call.service, call.operation
