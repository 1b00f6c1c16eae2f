"""A scenario: a world, somebody who attacks it, what counts as won, and the answers of the scripted operator.

Moments are relative to the beginning: `-3h`, `-20m`, `-90d`; `10m` is after it. Scalars are text until a field types
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from irtui.gameday.plays import Play
from irtui.gameday.scenario.cast import Actor, Deed, Inject
from irtui.gameday.scenario.files import FOLDER
from irtui.gameday.scenario.plan import (
    Background,
    Between,
    CheckpointPlan,
    Organization,
    OtherAccount,
    Root,
    WorldPlan,
)
from irtui.gameday.scenario.values import Count, Name, Share, Strict
from irtui.gameday.spans import Span


@dataclass(frozen=True)
class WeatherPlan(Strict):
    """Something that goes wrong on the way, while it lasts. See `simulator.weather`."""

    effect: Literal[
        "delay", "throttle", "error", "error_after", "drop", "drop_after", "deny", "outage", "expire"
    ]  # fmt: skip
    service: str = ""
    """Empty: every service."""
    operation: str = ""
    region: str = ""
    """Only in this Region; an outage without one is the world's own."""
    actor: str = ""
    """`operator` or an actor: only they are struck; empty: everybody."""
    from_: Annotated[Span, Field(alias="from")] = timedelta()
    until: Span | None = None
    share: Share = 1.0
    """Of the requests that match, by the seed."""
    times: Count | None = None
    """How many requests it strikes at most."""
    seconds: Span = timedelta()
    """How long a delay is."""


@dataclass(frozen=True)
class ObjectivePlan(Strict):
    id: str
    text: str
    kind: str
    """What is judged: see the guide, `docs/authoring.md`."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """By kind."""


@dataclass(frozen=True)
class ScriptedAnswers(Strict):
    """What the scripted operator says. The key `default` answers for every other step."""

    choices: Mapping[str, str] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    """Steps left out, with the reason given."""


@dataclass(frozen=True)
class Scenario(Strict):
    scenario: str
    title: str
    runbook: str
    story: str
    world: WorldPlan
    actors: Mapping[Name, Actor]
    objectives: tuple[ObjectivePlan, ...]
    answers: ScriptedAnswers
    base: str = ""
    """The scenario over which this one is laid: maps merge, everything else replaces."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Inputs of the runbook; their `${…}` are known once the world stands: see `World.inputs`."""
    propagation: Between | None = None
    """How long a change of IAM takes to be in force everywhere; absent: the simulator's own 2 to 6 s."""
    delivery: Between | None = None
    """How long CloudTrail takes to show an event; absent: the simulator's own 60 s to 5 m."""
    background: Background | None = None
    weather: tuple[WeatherPlan, ...] = ()
    accounts: Mapping[Name, OtherAccount] = field(default_factory=dict)
    organization: Organization | None = None
    root: Root | None = None
    checkpoint: CheckpointPlan | None = None
    stagehand: Mapping[str, tuple[Deed, ...]] = field(default_factory=dict)
    """Manual step → what is done in the console of this world when the operator says that it was done."""
    injects: tuple[Inject, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step → what is said when the operator asks, in order."""
    brief: str = ""
    """For the facilitator only."""
    plays: Mapping[str, Play] = field(default_factory=dict)
    """Ways to play it that must lose."""
    path: str = ""
    source: str = ""
    """The file's text: what the world's process is given."""
    bases: Mapping[str, str] = field(default_factory=dict)
    """Name → text of every scenario under this one."""

    @property
    def name(self) -> str:
        return self.scenario

    @property
    def shipped(self) -> bool:
        """It came with irtui."""
        return Path(self.path).parent == FOLDER

    @property
    def adversary(self) -> Actor:
        """The first of them."""
        return next(iter(self.adversaries.values()))

    @property
    def adversaries(self) -> Mapping[str, Actor]:
        return {name: actor for name, actor in self.actors.items() if actor.role == "adversary"}

    @property
    def workloads(self) -> Mapping[str, Actor]:
        return {name: actor for name, actor in self.actors.items() if actor.role == "workload"}

    @property
    def key_handles(self) -> tuple[str, ...]:
        """Of every access key that the world is built with."""
        users = [*self.world.users.values(), *(u for other in self.accounts.values() for u in other.users.values())]
        roots = [root for root in (self.root, *(each.root for each in self.accounts.values())) if root is not None]
        return (*(key for user in users for key in user.keys), *(key for root in roots for key in root.keys))
