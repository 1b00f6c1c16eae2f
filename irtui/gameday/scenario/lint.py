"""What can be said of a scenario without building its world: does it fit its runbook, can it be won, does it teach.

Beyond what refuses it when it is read (see `flaws`). Problems have the places of the file they come from.
"""

from collections.abc import Iterator, Mapping

from irtui.errors import Problem
from irtui.gameday.handles import references
from irtui.gameday.scenario.conducts import calls, recorded, watched
from irtui.gameday.scenario.fits import misfit
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.parse import placed
from irtui.gameday.scenario.said import Said
from irtui.model.runbook import Runbook
from irtui.runbook.load import Path, Places
from irtui.text import inert

RULE = "scenario"


def lint(
    scenario: Scenario, runbook: Runbook | None = None, children: Mapping[str, Runbook] | None = None
) -> tuple[Problem, ...]:
    """Every problem, in the order of the file. Without the runbook nothing is said of what must fit it."""
    places = placed(scenario)
    said = [*calls(scenario), *watched(scenario), *recorded(scenario), *_teaches(scenario), *_told(scenario)]
    if runbook is not None:
        said += misfit(scenario, runbook, children or {})
    return tuple(sorted((_problem(places, each) for each in said), key=lambda p: (p.path, p.line, p.column, p.message)))


def _teaches(scenario: Scenario) -> Iterator[Said]:
    for name, actor in scenario.actors.items():
        if not actor.uses:
            yield Said(("actors", name), f"{name} uses nothing, so nobody can see what it still may")
        if actor.role == "adversary" and not actor.moves:
            yield Said(("actors", name), f"{name} left no trace before the operator came in", "warning")
    if not scenario.workloads:
        yield Said(("actors",), "nobody works legitimately: harm to bystanders goes unseen", "warning")
    if not scenario.objectives:
        yield Said(("objectives",), "nothing is to be won")
    judged = {objective.params.get("actor") for objective in scenario.objectives}
    for name in scenario.adversaries:
        if name not in judged:
            yield Said(("actors", name), f"no objective looks at {name}: whatever it still may, it is won", "warning")
    if not scenario.plays:
        words = "no play is declared that must lose, so nobody has seen that it teaches anything"
        yield Said((), words, "warning", "plays: {nothing: {for: 24h}, naive: {only: […]}}; `runbooks test --plays`.")


def _told(scenario: Scenario) -> Iterator[Said]:
    """What people are told has words in it, and none that should have been filled in."""
    for index, inject in enumerate(scenario.injects):
        if not inject.from_:
            yield Said(("injects", index), f"nobody says {inject.id}", "warning")
        if not inject.text.strip():
            yield Said(("injects", index, "text"), f"{inject.id} has no text")
    for step, hints in scenario.hints.items():
        if not hints or not all(hint.strip() for hint in hints):
            yield Said(("hints", step), f"there is no hint for {step}")
    spoken: list[tuple[Path, str]] = [
        ((key,), getattr(scenario, key)) for key in ("title", "story", "brief")
    ]  # fmt: skip
    spoken += [(("objectives", index, "text"), objective.text) for index, objective in enumerate(scenario.objectives)]
    spoken += [(("hints", step, n), hint) for step, hints in scenario.hints.items() for n, hint in enumerate(hints)]
    for at, text in spoken:
        for _, reference in references(text):
            yield Said(at, f"${{{reference}}} is not filled in here, and shown as it is", hint="Write the name itself.")


def _problem(places: Places, said: Said) -> Problem:
    mark = places.value(said.at)
    words, hint = inert(said.words, 400), inert(said.hint, 400)
    return Problem(mark.path or places.path, mark.line, mark.column, words, hint, RULE, said.level)
