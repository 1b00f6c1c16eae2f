"""A rehearsal played by a machine in which each changing step meets the same fault once, at its first call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.faults import CODES
from irtui.aws.models import operation_model
from irtui.clock import Clock
from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.engine.operator import Command, Message, Question, RunStep
from irtui.engine.outline import split_key
from irtui.gameday.scenario import ScriptedAnswers, load_scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.gameday.world import World
from irtui.lint.subject import effect_of
from irtui.model.effect import Effect
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import CallBody, Step, UseBody
from irtui.settings.load import Settings

Entry = tuple[int, str, Mapping[str, Any]]
"""Number, type and body of a record."""
FAULTS = ("denied", "throttled", "timeout that acted", "timeout that did not act", "expired", "absent")
_EFFECTS = {"denied": "deny", "throttled": "throttle", "timeout that acted": "drop_after",
            "timeout that did not act": "drop"}  # fmt: skip


def first_operation(step: Step) -> str:
    """`iam.PutUserPolicy`: what the step sends first. Empty: it changes nothing."""
    body = step.body
    if not isinstance(body, CallBody | UseBody) or effect_of(step) is Effect.READ:
        return ""
    return body.name if isinstance(body, CallBody) else ACTIONS[body.action].changes[0]


def absent_code(operation: str) -> str:
    """What AWS says of this operation when its thing is gone, by botocore's model. Empty: it has no such word."""
    service, _, name = operation.partition(".")
    model = operation_model(service, name)
    if service == "s3":
        return "NoSuchBucket"  # S3's model names hardly any of its errors
    for shape in model.error_shapes if model is not None else ():
        code = str(shape.metadata.get("error", {}).get("code", shape.name))
        if code in CODES["absent"]:
            return code
    return ""


class Faulty(ScriptedOperator):
    """Plays a scenario's answers; what failed it tries again."""

    def __init__(self, answers: ScriptedAnswers, clock: Clock, world: World, fault: str, done: frozenset[str]) -> None:
        """`done`: keys of steps that have met it in another scenario."""
        super().__init__(answers, clock)
        self.world, self.fault, self.done = world, fault, done
        self.struck: dict[str, str] = {}
        """Key → the operation that was struck."""
        self.looked: set[tuple[str, str]] = set()
        self.told: list[Message] = []

    def tell(self, message: Message) -> None:
        self.told.append(message)

    def decide(self, question: Question) -> str | None:
        return "retry" if "retry" in question.choices else super().decide(question)

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        command = super().next(state, timeout)
        if isinstance(command, RunStep):
            step = state.step(command.key)
            if step.status is StepStatus.REFUTED and (look := self._look_before(state, step)):
                return RunStep(look)
            self._strike(step)
        return command

    def _look_before(self, state: IncidentState, step: StepState) -> str:
        """The look that a step without effect rests on, once: the world has gone on while nobody answered."""
        renewing = [key for key in step.step.needs if state.step(key).step.renews]
        looks = [key for key in renewing if (step.key, key) not in self.looked]
        self.looked.update((step.key, key) for key in looks)
        return looks[0] if looks else ""

    def _strike(self, step: StepState) -> None:
        operation = first_operation(step.step)
        expands = bool(step.step.for_each) and not step.items
        if not operation or expands or "/" in step.key or step.key in self.struck or step.key in self.done:
            return
        service, _, name = operation.partition(".")
        rule: dict[str, Any] = {"service": service, "operation": name, "times": 1, "actor": "operator"}
        if self.fault == "expired":
            rule |= {"effect": "refuse", "code": "ExpiredToken", "status": 403}
        elif self.fault == "absent":
            if not (code := absent_code(operation)):
                return
            rule |= {"effect": "refuse", "code": code}
        else:
            rule |= {"effect": _EFFECTS[self.fault]}
        self.struck[step.key] = operation
        self.world.weather(rule)


@dataclass(frozen=True)
class Met:
    """What became of the first call of one step."""

    key: str
    status: str
    """failed or unknown."""
    code: str
    found: str
    """What irtui found of an unknown one when it looked: applied, not_applied, unclear; empty: it did not look."""
    sent: int
    """How often that call was sent, until a look gave a reason to do the step anew."""
    helped: tuple[Message, ...]
    """Errors and warnings about the step, with an advice."""
    ends: str
    """Status of the step at the end."""


def faulted(
    home: Path,
    scenario_name: str,
    fault: str,
    done: frozenset[str] = frozenset(),
    choices: Mapping[str, str] = MappingProxyType({}),
    seed: int = 1,
) -> tuple[list[Met], str]:
    """One play, with these answers before the scenario's; and why it could not be ended, empty when it was."""
    folders = Home.from_environ({"IRTUI_HOME": str(home)})
    desk = Desk(folders, Settings(), {})
    scenario = load_scenario(scenario_name)
    briefing = desk.brief(Request("rehearsal", scenario=scenario_name, seed=seed, hurry=True), lambda prompt: None)
    inputs = {each.spec.name: each.value for each in briefing.fields if each.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:], "throw-away"))
    try:
        assert visit.world is not None
        answers = replace(scenario.answers, choices={**scenario.answers.choices, **choices})
        player = Faulty(answers, visit.clock, visit.world, fault, done)
        state = visit.walk(player)
        records = [(record.seq, record.type, record.body) for record in visit.records()]
        open_ = next((f"{step.key}: {step.status}: {step.reason}" for step in state.steps if step.status.open), "")
        met = [_met(key, records, player, state) for key in player.struck]
        return [each for each in met if each is not None], "" if state.closed else open_ or "it could not be closed"
    finally:
        visit.end()


def _asks_anew(kind: str, body: Mapping[str, Any], key: str) -> bool:
    """The list of the step was made anew, or its effect was looked for and is not there."""
    of = split_key(str(body.get("step", "")))[0] == key
    return of and (kind == "items" or (kind == "check" and body.get("finding") == "refuted"))


def _met(key: str, records: Sequence[Entry], player: Faulty, state: IncidentState) -> Met | None:
    intents = [
        (seq, body) for seq, kind, body in records
        if kind == "intent" and not body["undoing"] and split_key(body["step"])[0] == key
        and body["call"]["call"] == player.struck[key]
    ]  # fmt: skip
    if not intents:
        return None  # the plan was empty, or a guard refused
    seq, first = intents[0]
    anew = min((at for at, kind, body in records if at > seq and _asks_anew(kind, body, key)), default=len(records))
    same = [body for at, body in intents if at < anew and (body["step"], body["n"]) == (first["step"], first["n"])]
    became = [(kind, body) for _, kind, body in records if body.get("intent") == seq]
    outcome = next((body for kind, body in became if kind in ("outcome", "unknown")), {})
    found = next((str(body["found"]) for kind, body in became if kind == "reconcile"), "")
    helped = tuple(
        message for message in player.told
        if split_key(message.key)[0] == key and message.level in ("error", "warning") and message.advice
    )  # fmt: skip
    return Met(
        key, str(outcome.get("status", "unknown")), str(outcome.get("code", "")), found, len(same), helped,
        str(state.step(key).status),
    )  # fmt: skip
