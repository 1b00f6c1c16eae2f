"""A rehearsal played by a machine, in which the adversary tries everything it holds each time the incident changes."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.engine.operator import Command, Confirmation, Confirmed, Message, Operator, Progress, Question, Task
from irtui.gameday.played import player
from irtui.gameday.plays import Play
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from irtui.model.incident import IncidentState
from irtui.settings.load import Settings

MEANT = ("cut_off", "recorded")
"""Kinds of objectives that the word stands for: nobody gets in any more, and what was stopped records again."""


@dataclass
class Watching:
    """An operator that looks over another one's shoulder. The adversary's tries are real calls in the world."""

    inner: Operator
    world: World
    meant: frozenset[str]
    """Objectives that are met whenever it is called contained. Without any, nothing may be called so."""
    last_way_in: datetime | None = None
    """When something the adversary holds last worked."""
    shown: datetime | None = None
    """When the tool first showed `contained`."""
    lies: list[str] = field(default_factory=list)
    """Moments at which the tool showed `contained` and something still worked."""
    _records: int = 0

    def update(self, state: IncidentState) -> None:
        self.inner.update(state)
        if state.records != self._records:
            self._records = state.records
            self._look(state)

    def _look(self, state: IncidentState) -> None:
        contained = state.contained == "contained"
        if not contained and not any(call.took_effect for step in state.steps for call in step.calls):
            return
        judged = [each for each in self.world.judge() if each.id in self.meant]
        now = self.world.now()
        if not judged or not all(each.met for each in judged):
            self.last_way_in, self.shown = now, None
            why = "; ".join(each.detail for each in judged if not each.met) or "there was nothing to contain"
            self.lies += [f"{now}: {why}"] if contained else []
        elif contained and self.shown is None:
            self.shown = now

    def progress(self, progress: Progress) -> None:
        self.inner.progress(progress)

    def tell(self, message: Message) -> None:
        self.inner.tell(message)

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        return self.inner.next(state, timeout)

    def confirm(self, request: Confirmation) -> Confirmed | None:
        return self.inner.confirm(request)

    def decide(self, question: Question) -> str | None:
        return self.inner.decide(question)

    def attest(self, task: Task) -> str | None:
        return self.inner.attest(task)

    def secret(self, prompt: str) -> str | None:
        return self.inner.secret(prompt)


@dataclass(frozen=True)
class Run:
    closed: bool
    contained: str
    cut_off: bool
    """At the end, by everything the adversary holds."""
    watched: Watching
    state: IncidentState
    met: dict[str, bool]
    """Objective → whether it was met at the end."""


def run(home: Path, name: str, seed: int, play: str | Play = "") -> Run:
    """One rehearsal from its briefing to the last thing the machine does; `play`: another way than the answers'."""
    folders = Home.from_environ({"IRTUI_HOME": str(home)})
    desk = Desk(folders, Settings(), {})
    scenario = load_scenario(name)
    if isinstance(play, Play):
        scenario, play = replace(scenario, plays={"other": play}), "other"
    meant = frozenset(each.id for each in scenario.objectives if each.kind in MEANT)
    briefing = desk.brief(Request("rehearsal", scenario=name, seed=seed, hurry=True), lambda prompt: None)
    inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:], "throw-away"))
    try:
        world = World.connect(folders.state / "worlds" / visit.id)
        watching = Watching(player(scenario, play)(visit.clock), world, meant)
        state = visit.walk(watching)
        met = {each.id: each.met for each in world.judge()}
        cut_off = all(met[each.id] for each in scenario.objectives if each.kind == "cut_off")
        return Run(state.closed, state.contained, cut_off, watching, state, met)
    finally:
        visit.end()
