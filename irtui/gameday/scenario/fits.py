"""Does a scenario fit the runbook that it plays: its steps, inputs and questions, and what the operator may do?"""

from collections.abc import Iterator, Mapping

from irtui.engine.outline import outline, split_key
from irtui.errors import RunbookError
from irtui.gameday.handles import filled, names
from irtui.gameday.scenario.conducts import simulated
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.keys import nearest
from irtui.gameday.scenario.said import Said
from irtui.lint.check import lint as lint_runbook
from irtui.lint.permissions import least_privilege
from irtui.lint.subject import Subject
from irtui.model.runbook import AskBody, ManualBody, Runbook, Step
from irtui.policy.document import Document, read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.runbook.load import Path

Children = Mapping[str, Runbook]
DEFAULT = "default"
"""The answer for every other step."""
FREE = frozenset({"sts:GetCallerIdentity"})
"""AWS asks no permission for it."""


def misfit(scenario: Scenario, runbook: Runbook, children: Children) -> Iterator[Said]:
    """Everything that does not fit."""
    yield from _sound(runbook, children)
    try:
        steps = {node.key: node.step for node in outline(runbook, children)}
    except RunbookError:  # a child that is missing: said above
        steps = {step.id: step for step in runbook.steps}
    yield from _named(scenario, runbook, steps)
    yield from _inputs(scenario, runbook)
    yield from _answers(scenario, steps)
    yield from _played(scenario, runbook, children)
    yield from _rights(scenario, runbook)


def _sound(runbook: Runbook, children: Children) -> Iterator[Said]:
    for each in (runbook, *children.values()):
        errors = [found for found in lint_runbook(each, children) if found.level == "error"]
        if errors:
            words = f"{each.name} cannot be run: lint finds {len(errors)} errors, {errors[0].message} first"
            yield Said(("runbook",), words, "error", f"irtui runbooks lint {each.name}")


def _named(scenario: Scenario, runbook: Runbook, steps: Mapping[str, Step]) -> Iterator[Said]:
    """Steps by their key, whatever says something of one."""
    answers = scenario.answers
    said: list[tuple[Path, str]] = [(("hints", step), step) for step in scenario.hints]
    said += [(("stagehand", step), step) for step in scenario.stagehand]
    for kind, given in (
        ("choices", answers.choices), ("statements", answers.statements),
        ("reasons", answers.reasons), ("skips", answers.skips),
    ):  # fmt: skip
        said += [(("answers", kind, step), step) for step in given]
    for name, play in scenario.plays.items():
        at: Path = ("plays", name)
        said += [((*at, "only", index), step) for index, step in enumerate(play.only)]
        said += [((*at, "without", index), step) for index, step in enumerate(play.without)]
        said += [((*at, "choices", step), step) for step in play.choices]
    for at, step in said:
        if step != DEFAULT and split_key(step)[0] not in steps:
            yield Said(at, f"{runbook.name} has no step {step}", hint=nearest(step, steps))


def _inputs(scenario: Scenario, runbook: Runbook) -> Iterator[Said]:
    asked = {spec.name: spec for spec in runbook.inputs}
    for name in scenario.inputs:
        if name not in asked:
            yield Said(("inputs", name), f"{runbook.name} asks for no {name}", hint=nearest(name, asked))
    for name, spec in asked.items():
        if name not in scenario.inputs and not spec.optional and spec.default is None:
            yield Said(("inputs",), f"{runbook.name} asks for {name}, and nobody reports it")


def _answers(scenario: Scenario, steps: Mapping[str, Step]) -> Iterator[Said]:
    """The scripted operator has something to say wherever it is asked, and what it says is one of the choices.

    What a child asks need not come up: only what is said to it is looked at.
    """
    answers = scenario.answers
    for key, step in steps.items():
        if key in answers.skips or any(key.startswith(f"{skipped}/") for skipped in answers.skips):
            continue
        if isinstance(step.body, AskBody):
            choice = _answer(answers.choices, key)
            if choice is None and "/" not in key:
                yield Said(
                    ("answers",), f"no choice for the step {key}", hint=f"One of {', '.join(step.body.choices)}."
                )
            elif choice is not None and (key in answers.choices or "/" not in key):
                yield from _choice(
                    ("answers", "choices", key if key in answers.choices else DEFAULT), key, step.body, choice
                )
            for name, play in scenario.plays.items():
                if key in play.choices:
                    yield from _choice(("plays", name, "choices", key), key, step.body, play.choices[key])
        if isinstance(step.body, ManualBody) and "/" not in key and _answer(answers.statements, key) is None:
            yield Said(("answers",), f"no statement for the step {key}")


def _choice(at: Path, key: str, body: AskBody, choice: str) -> Iterator[Said]:
    if choice not in body.choices and "$" not in "".join(body.choices):
        yield Said(at, f"the step {key} has no choice {choice}", hint=nearest(choice, body.choices))


def _answer(answers: Mapping[str, str], step: str) -> str | None:
    return answers.get(step, answers.get(DEFAULT))


def _played(scenario: Scenario, runbook: Runbook, children: Children) -> Iterator[Said]:
    """Every call of the runbook that is not skipped can be rehearsed."""
    told: set[tuple[str, str]] = set()
    for placed in Subject.of(runbook, children).calls():
        key, name = placed.step.id, placed.call.name
        if (
            key in scenario.answers.skips
            or (key, name) in told
            or simulated(placed.call.service, placed.call.operation)
        ):
            continue
        told.add((key, name))
        words = f"the step {key} of {runbook.name} calls {name}, which is not simulated"
        yield Said(("runbook",), words, "warning", f"Leave it out with a reason: answers: skips: {key}.")


def _rights(scenario: Scenario, runbook: Runbook) -> Iterator[Said]:
    """What the runbook itself asks of its caller, the operator's role allows on something; a child need not be run."""
    handle = scenario.world.operator.role
    role = scenario.world.roles[handle]
    known = names(scenario)
    arn = known[f"{handle}.arn"]
    documents = [_document(name, filled(policy, known)) for name, policy in role.policies.items()]
    asked = {action for one in least_privilege(runbook, {})["Statement"] for action in one["Action"]} - FREE
    policies = Policies(identity=tuple(documents))
    who = Principal(scenario.world.account, arn)
    lacking = sorted(action for action in asked if not evaluate(Request(who, action, ""), policies).allowed)
    if lacking:
        words = f"{role.name} lacks what {runbook.name} asks of whoever runs it: {', '.join(lacking)}"
        yield Said(("world", "roles", handle, "policies"), words, "warning", f"irtui runbooks policy {runbook.name}")


def _document(name: str, policy: object) -> Document:
    return read_document(name, policy if isinstance(policy, Mapping) else str(policy))
