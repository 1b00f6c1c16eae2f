"""Text → Scenario. Everything wrong with it is said at once, with its place, also where it comes from its base."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from irtui.errors import Problem, RunbookError
from irtui.gameday.scenario.criteria import TAKES, taken
from irtui.gameday.scenario.files import shipped
from irtui.gameday.scenario.flaws import flaws
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.keys import meant, nearest
from irtui.model.runbook import Mark
from irtui.runbook.load import Document, Path, Places, read_yaml
from irtui.text import inert

Bases = Callable[[str], str]
"""Text of a scenario by name. Raises UsageError."""

OURS = ("path", "source", "bases")
_WORDS = {"missing": "this key is missing", "unexpected_keyword_argument": "there is no such key here"}
DEEPEST = 4
"""Scenarios over one another."""


def parse_scenario(text: str, path: str, bases: Bases = shipped) -> Scenario:
    """Raises RunbookError with every problem found."""
    document, texts = _laid_over(text, path, bases)
    made = _validated(document, path)
    made = replace(made, path=path, source=text, bases=texts)
    actors = {
        name: replace(actor, role=actor.role or ("adversary" if name == "adversary" else "workload"))
        for name, actor in made.actors.items()
    }
    scenario = replace(made, actors=actors)
    problems = []
    for at, words in flaws(scenario, document.value):
        mark = document.places.value(at)
        problems.append(Problem(mark.path or path, mark.line, mark.column, inert(words, 400), rule="scenario"))
    if problems:
        raise RunbookError(f"{path} is not a scenario that can be played", _sorted(problems))
    return scenario


def placed(scenario: Scenario) -> Places:
    """Where everything in a scenario stands, in its own file or in a base's."""
    return _laid_over(scenario.source, scenario.path, scenario.bases.__getitem__)[0].places


def _laid_over(text: str, path: str, bases: Bases) -> tuple[Document, Mapping[str, str]]:
    """The document over its bases, and the text of each base by name."""
    document, texts = read_yaml(text, path), dict[str, str]()
    if not isinstance(document.value, dict):
        raise RunbookError("a scenario is a map", (Problem(path, 1, 1, "a scenario is a map"),))
    under = document
    while isinstance(name := under.value.get("base"), str):
        mark = under.places.value(("base",))
        if name in texts or len(texts) == DEEPEST:
            problem = Problem(mark.path, mark.line, mark.column, f"{inert(name, 80)}: bases go in a circle or too deep")
            raise RunbookError(f"{path} is not a scenario", (problem,))
        texts[name] = bases(name)
        under = read_yaml(texts[name], name)
        if not isinstance(under.value, dict):
            raise RunbookError(f"{name} is not a scenario", (Problem(name, 1, 1, "a scenario is a map"),))
        document = _merged(under, document)
    return document, texts


def _merged(under: Document, over: Document) -> Document:
    """Maps merge, everything else replaces. Each place is that of the file it comes from."""
    replaced: list[Path] = []

    def merge(below: Any, above: Any, at: Path) -> Any:
        if not (isinstance(below, dict) and isinstance(above, dict)):
            replaced.append(at)
            return above
        both = {key: merge(value, above[key], (*at, key)) if key in above else value for key, value in below.items()}
        return both | {key: value for key, value in above.items() if key not in below}

    value = merge(under.value, over.value, ())

    def laid(below: Mapping[Path, Mark], above: Mapping[Path, Mark]) -> dict[Path, Mark]:
        kept = {at: mark for at, mark in below.items() if not any(at[: len(gone)] == gone for gone in replaced)}
        return {**kept, **above}

    places = Places(
        over.places.path, laid(under.places.values, over.places.values), laid(under.places.keys, over.places.keys)
    )
    return Document(value, places)


def _validated(document: Document, path: str) -> Scenario:
    value = document.value
    ours = [key for key in OURS if key in value]
    problems = [_problem(document.places, (key,), "there is no such key here", on_key=True) for key in ours]
    try:
        made = _format().validate_python({key: item for key, item in value.items() if key not in ours})
    except ValidationError as error:
        problems += [_worded(document.places, item) for item in error.errors(include_url=False)]
    else:
        problems += _misasked(document.places, made)
    if problems:
        raise RunbookError(f"{path} is not a scenario", _sorted(problems))
    return made


def _misasked(places: Places, scenario: Scenario) -> Iterator[Problem]:
    """Objectives of no kind, and parameters that theirs does not take."""
    for index, objective in enumerate(scenario.objectives):
        at: Path = ("objectives", index)
        if objective.kind not in TAKES:
            words = f"unknown objective kind {objective.kind}"
            yield _problem(places, (*at, "kind"), words, nearest(objective.kind, TAKES))
            continue
        try:
            taken(objective.kind, objective.params)
        except ValidationError as error:
            for item in error.errors(include_url=False):
                yield _worded(places, item, (*at, "params"), TAKES[objective.kind])


def _worded(places: Places, item: Any, under: Path = (), part: type = Scenario) -> Problem:
    """Of one of pydantic's errors; `under` is where in the file the part stands that it read."""
    at: Path = (*under, *item["loc"])
    if at and at[-1] == "[key]":  # pydantic's place for a map's key
        return _problem(places, at[:-1], "small letters, digits and _; a letter first", on_key=True)
    words = _WORDS.get(item["type"]) or str(item["msg"]).removeprefix("Value error, ")
    unknown = item["type"] == "unexpected_keyword_argument"
    return _problem(places, at, words, meant(part, item["loc"], OURS) if unknown else "", on_key=unknown)


def _problem(places: Places, at: Path, words: str, hint: str = "", *, on_key: bool = False) -> Problem:
    mark = places.key(at) if on_key else places.value(at)
    message = inert(f"{'.'.join(map(str, at))}: {words}", 400)
    return Problem(mark.path or places.path, mark.line, mark.column, message, inert(hint, 400), rule="scenario")


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.line, problem.column)))


@cache
def _format() -> TypeAdapter[Scenario]:
    return TypeAdapter(Scenario)
