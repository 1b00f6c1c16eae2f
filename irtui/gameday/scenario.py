"""A scenario: a world, somebody who attacks it, what counts as won, and the answers of the scripted operator.

Rules: every principal, key and bucket is named once, in `world`; everything else says `${handle.attribute}`
(name, arn, id), so renaming one changes nothing. Moments are relative to the beginning: `-3h`, `-20m`, `-90d`.
Scalars are text until a field types them. Everything wrong with a file is said at once, with its place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from irtui.errors import Problem, RunbookError, UsageError
from irtui.runbook.load import read_yaml

FOLDER = Path(__file__).parent / "scenarios"
_SPAN = re.compile(r"-?(?:\d+[dhms])+")
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def span(text: Any) -> timedelta:
    """`2h30m` or `-90d`. Raises ValueError."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not _SPAN.fullmatch(text):
        raise ValueError("not a span of time like -2h30m or 90d")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", text))
    return timedelta(seconds=-seconds if text.startswith("-") else seconds)


Span = Annotated[timedelta, BeforeValidator(span)]


class _Strict:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Group(_Strict):
    name: str
    since: Span = timedelta(days=-720)
    policies: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class User(_Strict):
    name: str
    since: Span = timedelta(days=-400)
    groups: tuple[str, ...] = ()
    """Handles of groups."""
    policies: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    ssh_key: str = ""
    keys: Mapping[str, Span] = field(default_factory=dict)
    """Handle of each access key → when it was made."""


@dataclass(frozen=True)
class Role(_Strict):
    name: str
    trust: Any
    since: Span = timedelta(days=-400)
    policies: Mapping[str, Any] = field(default_factory=dict)
    longest_session: Span = timedelta(hours=1)


@dataclass(frozen=True)
class Bucket(_Strict):
    name: str
    since: Span = timedelta(days=-600)
    objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class OperatorSeat(_Strict):
    key: str
    """Handle of the access key with which the responder signs in."""
    role: str
    """Handle of the role the responder works in."""
    session_name: str


@dataclass(frozen=True)
class WorldPlan(_Strict):
    account: str
    operator: OperatorSeat
    region: str = "us-east-1"
    begins: str = "02:14"
    """Time of day, UTC, at which the operator comes in."""
    groups: Mapping[str, Group] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    buckets: Mapping[str, Bucket] = field(default_factory=dict)


@dataclass(frozen=True)
class Move(_Strict):
    """One call of an actor before the operator comes in."""

    at: Span
    by: str
    """Name of the actor's credential: a key's handle, or what an earlier move gained."""
    call: str
    """`sts.AssumeRole`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    gains: str = ""
    """The reply's credentials are kept under this name."""


@dataclass(frozen=True)
class Use(_Strict):
    """What a credential is good for: called again and again, and by the judge."""

    by: str
    call: str
    params: Mapping[str, Any] = field(default_factory=dict)
    gains: str = ""
    """A fresh credential under this name, in place of the one before."""


@dataclass(frozen=True)
class Actor(_Strict):
    source_ip: str
    user_agent: str
    keys: tuple[str, ...]
    """Handles of the access keys it holds at first."""
    uses: tuple[Use, ...]
    every: Span = timedelta(minutes=10)
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class ObjectivePlan(_Strict):
    id: str
    text: str
    kind: str
    """One of `objectives.KINDS`."""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ScriptedAnswers(_Strict):
    """What the scripted operator says. The key `default` answers for every other step."""

    choices: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    """Steps left out, with the reason given."""


@dataclass(frozen=True)
class Scenario(_Strict):
    scenario: str
    title: str
    runbook: str
    story: str
    world: WorldPlan
    actors: Mapping[str, Actor]
    objectives: tuple[ObjectivePlan, ...]
    answers: ScriptedAnswers
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Inputs of the runbook; their `${…}` are known once the world stands: see `World.inputs`."""
    source: str = ""
    """The file's text: what the world's process is given."""

    @property
    def name(self) -> str:
        return self.scenario

    @property
    def adversary(self) -> Actor:
        return self.actors["adversary"]


def scenario_names() -> tuple[str, ...]:
    """Of the scenarios that came with irtui."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A shipped scenario by name, or any by path. Raises RunbookError or UsageError."""
    path = Path(name_or_path)
    if str(name_or_path) in scenario_names():
        path = FOLDER / f"{name_or_path}.yaml"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        advice = f"There are: {', '.join(scenario_names())}."
        raise UsageError(f"no scenario {str(name_or_path)!r}", advice=advice) from error
    return parse_scenario(text, str(path))


def parse_scenario(text: str, path: str) -> Scenario:
    """Raises RunbookError with every problem found."""
    document = read_yaml(text, path)
    try:
        scenario = TypeAdapter(Scenario).validate_python({**document.value, "source": text})
    except TypeError:
        raise RunbookError("a scenario is a map", (Problem(path, 1, 1, "a scenario is a map"),)) from None
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False, include_input=False):
            place = tuple(item["loc"])
            mark = document.places.value(place)
            words = f"{'.'.join(map(str, place))}: {item['msg']}"
            problems.append(Problem(path, mark.line, mark.column, words, rule="scenario"))
        raise RunbookError(f"{path} is not a scenario", tuple(problems)) from None
    if flaws := tuple(Problem(path, 1, 1, words, rule="scenario") for words in _flaws(scenario)):
        raise RunbookError(f"{path} is not a scenario that can be played", flaws)
    return scenario


def _flaws(scenario: Scenario) -> list[str]:
    """What no single field shows."""
    found = []
    if "adversary" not in scenario.actors:
        found.append("there is no actor named adversary")
    keys = {handle for user in scenario.world.users.values() for handle in user.keys}
    for name, actor in scenario.actors.items():
        held = set(actor.keys)
        found += [f"actor {name}: no access key {key} in the world" for key in actor.keys if key not in keys]
        for move in sorted(actor.moves, key=lambda move: move.at):
            if move.by not in held:
                found.append(
                    f"actor {name}: {move.call} at {move.at} is made by {move.by}, which it does not hold then"
                )
            held |= {move.gains} if move.gains else set()
        used = {use.by for use in actor.uses}
        found += [f"actor {name}: {held_name} has no use, so nobody can see it cut off" for held_name in held - used]
        found += [f"actor {name}: it uses {used_name}, which it never holds" for used_name in used - held]
    if scenario.world.operator.key not in keys:
        found.append(f"operator: no access key {scenario.world.operator.key} in the world")
    if scenario.world.operator.role not in scenario.world.roles:
        found.append(f"operator: no role {scenario.world.operator.role} in the world")
    return found
