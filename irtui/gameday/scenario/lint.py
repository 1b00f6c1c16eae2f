"""What can be said of a scenario without building its world: does it fit its runbook, can it be won, does it teach.

Beyond what refuses it when it is read (see `flaws`). Problems have the places of the file they come from.
"""

from collections.abc import Iterator, Mapping

from irtui.aws.shapes import ANY, known, misfits, typed
from irtui.errors import Problem
from irtui.gameday.handles import references
from irtui.gameday.scenario.cast import Conduct
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.parse import placed
from irtui.model.runbook import AskBody, ManualBody, Runbook
from irtui.runbook.load import Path, Places
from irtui.text import inert

RULE = "scenario"
Said = tuple[Path, str, str]
"""Place, words, level."""


def lint(scenario: Scenario, runbook: Runbook | None = None) -> tuple[Problem, ...]:
    """Every problem, in the order of the file. Without the runbook nothing is said of steps, inputs and answers."""
    places = placed(scenario)
    said = [*_calls(scenario), *_teaches(scenario), *_objectives(scenario)]
    if runbook is not None:
        said += [*_steps(scenario, runbook), *_inputs(scenario, runbook), *_answers(scenario, runbook)]
    return tuple(
        sorted((_problem(places, *each) for each in said), key=lambda p: (p.path, p.line, p.column, p.message))
    )


def _calls(scenario: Scenario) -> Iterator[Said]:
    """Every call of an actor is an operation of AWS, with parameters that it takes."""
    for name, actor in scenario.actors.items():
        at: Path = ("actors", name)
        conducts: list[tuple[Path, Conduct]] = []
        conducts += [((*at, "moves", index), conduct) for index, conduct in enumerate(actor.moves)]
        conducts += [((*at, "uses", index), conduct) for index, conduct in enumerate(actor.uses)]
        for index, reaction in enumerate(actor.reactions):
            here: Path = (*at, "reactions", index, "do")
            conducts += [((*here, step), conduct) for step, conduct in enumerate(reaction.do)]
        for place, conduct in conducts:
            service, _, operation = conduct.call.partition(".")
            if not known(service, operation):
                yield (*place, "call"), f"AWS has no operation {conduct.call}", "error"
                continue
            params = {key: ANY if any(references(value)) else value for key, value in conduct.params.items()}
            for misfit in misfits(service, operation, typed(service, operation, params)):
                yield (*place, "params", *misfit.at), f"{conduct.call}: {misfit.message}", "error"


def _teaches(scenario: Scenario) -> Iterator[Said]:
    for name, actor in scenario.actors.items():
        if not actor.uses:
            yield ("actors", name), f"{name} uses nothing, so nobody can see what it still may", "error"
        if actor.role == "adversary" and not actor.moves:
            yield ("actors", name), f"{name} left no trace before the operator came in", "warning"
    if not scenario.workloads:
        yield ("actors",), "nobody works legitimately: harm to bystanders goes unseen", "warning"
    for index, inject in enumerate(scenario.injects):
        if not inject.from_:
            yield ("injects", index), f"nobody says {inject.id}", "warning"
        if not inject.text.strip():
            yield ("injects", index, "text"), f"{inject.id} has no text", "error"
    for step, hints in scenario.hints.items():
        if not hints or not all(hint.strip() for hint in hints):
            yield ("hints", step), f"there is no hint for {step}", "error"


def _objectives(scenario: Scenario) -> Iterator[Said]:
    if not scenario.objectives:
        yield ("objectives",), "nothing is to be won", "error"
    judged = {objective.params.get("actor") for objective in scenario.objectives}
    for name in scenario.adversaries:
        if name not in judged:
            yield ("actors", name), f"no objective looks at {name}: whatever it still may, it is won", "warning"


def _steps(scenario: Scenario, runbook: Runbook) -> Iterator[Said]:
    """Steps of child runbooks are named after the step that runs them: only their first part is looked at."""
    steps = {step.id for step in runbook.steps}
    answers = scenario.answers
    named: list[tuple[Path, str]] = [(("hints", step), step) for step in scenario.hints]
    named += [(("stagehand", step), step) for step in scenario.stagehand]
    for kind, said in (
        ("choices", answers.choices), ("statements", answers.statements),
        ("reasons", answers.reasons), ("skips", answers.skips),
    ):  # fmt: skip
        named += [(("answers", kind, step), step) for step in said]
    for name, play in scenario.plays.items():
        named += [(("plays", name, "only", index), step) for index, step in enumerate(play.only)]
        named += [(("plays", name, "without", index), step) for index, step in enumerate(play.without)]
    for at, step in named:
        if step != "default" and step.split("/")[0].split("[")[0] not in steps:
            yield at, f"{runbook.name} has no step {step}", "error"


def _inputs(scenario: Scenario, runbook: Runbook) -> Iterator[Said]:
    asked = {spec.name: spec for spec in runbook.inputs}
    for name in scenario.inputs:
        if name not in asked:
            yield ("inputs", name), f"{runbook.name} asks for no {name}", "error"
    for name, spec in asked.items():
        if name not in scenario.inputs and not spec.optional and spec.default is None:
            yield ("inputs",), f"{runbook.name} asks for {name}, and nobody reports it", "error"


def _answers(scenario: Scenario, runbook: Runbook) -> Iterator[Said]:
    """The scripted operator has something to say wherever it is asked."""
    answers = scenario.answers
    for step in runbook.steps:
        if step.id in answers.skips:
            continue
        if isinstance(step.body, AskBody):
            choice = _answer(answers.choices, step.id)
            if choice is None:
                yield ("answers",), f"no choice for the step {step.id}", "error"
            elif choice not in step.body.choices and "$" not in "".join(step.body.choices):
                yield ("answers", "choices", step.id), f"the step {step.id} has no choice {choice}", "error"
        if isinstance(step.body, ManualBody) and _answer(answers.statements, step.id) is None:
            yield ("answers",), f"no statement for the step {step.id}", "error"


def _answer(answers: Mapping[str, str], step: str) -> str | None:
    return answers.get(step, answers.get("default"))


def _problem(places: Places, at: Path, words: str, level: str) -> Problem:
    mark = places.value(at)
    return Problem(mark.path or places.path, mark.line, mark.column, inert(words, 400), rule=RULE, level=level)
