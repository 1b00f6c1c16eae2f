"""Everybody who acts in a running world, by its clock: turns, moves, reactions, and what the room is told.

Rules: each does everything at its own moment, whether time passes or is jumped over. A turn is: think about what
others did, use everything held, think about the answers. An alert actor takes a turn shortly after somebody else's
change. Called by one thread at a time, except `hear`.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from irtui.clock import rfc3339
from irtui.gameday.actors import Player
from irtui.gameday.agenda import Agenda
from irtui.gameday.handles import filled
from irtui.gameday.noticing import Noticing
from irtui.gameday.scenario.cast import Conduct, Inject
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.seeds import phase
from irtui.simulator.world import Done, SimulatedWorld

log = logging.getLogger("irtui.world")


class Troupe:
    def __init__(
        self,
        world: SimulatedWorld,
        scenario: Scenario,
        players: Mapping[str, Player],
        seed: int,
        unique_id: Callable[[str], str] | None = None,
    ) -> None:
        self._world, self._scenario, self.players, self._seed = world, scenario, players, seed
        self.agenda = Agenda()
        self._noticing = Noticing(world, scenario, players, unique_id)
        self._reacted: set[tuple[str, int]] = set()
        self._untold = [inject for inject in scenario.injects if inject.when is not None]
        self._heard: deque[Done] = deque()
        self._told: list[dict[str, Any]] = []

    def begin(self, begins: datetime) -> None:
        """The operator comes in: from now on everybody acts on the clock."""
        for name, player in self.players.items():
            player.begin()
            for move in player.actor.moves:
                if move.at >= timedelta():
                    self.agenda.put(begins + move.at, partial(self._do, player, move))
            self._next_turn(player, begins + phase(name, player.actor.every, self._seed))
        for inject in self._scenario.injects:
            if inject.at is not None:
                self.agenda.put(begins + inject.at, partial(self._tell, inject))
        self._world.listeners.append(self.hear)

    def until(self, end: datetime, *, moving: bool) -> None:
        """Everything that is due; with `moving`, the clock is put to each deed's moment."""
        while (due := self.agenda.take(end)) is not None:
            moment, deed = due
            if moving:
                self._world.clock.set(max(moment, self._world.clock.now()))
            deed()

    def look_around(self) -> None:
        """Everybody takes a turn now."""
        for player in self.players.values():
            self._turn(player)

    def hear(self, done: Done) -> None:
        """Somebody changed something. Called in the thread that answers the request."""
        for player in self.players.values():
            if player.owns(done.access_key_id):
                continue
            player.heard.append(done)
            if player.actor.alert is not None:
                self.agenda.put(done.at + player.actor.alert, partial(self._turn, player))
        if self._untold:
            self._heard.append(done)
            self.agenda.put(done.at, self._tell_what_happened)

    @contextmanager
    def judged(self) -> Iterator[None]:
        """What anybody does inside was asked for by the judge."""
        with ExitStack() as stack:
            for player in self.players.values():
                stack.enter_context(player.judged())
            yield

    def deeds(self) -> dict[str, Any]:
        """Who acts, with which keys, what they did since the beginning, and what they tried for the judge."""
        players = self.players.values()
        return {
            "actors": {player.name: {"role": player.actor.role, "credentials": player.held} for player in players},
            "deeds": _in_order(deed for player in players for deed in player.deeds),
            "tries": _in_order(deed for player in players for deed in player.tries),
        }

    def told(self) -> list[dict[str, Any]]:
        """The injects that came up and were not asked for yet."""
        told, self._told = self._told, []
        return told

    def _regular(self, player: Player, due: datetime) -> None:
        self._turn(player)
        self._next_turn(player, due + player.actor.every)

    def _next_turn(self, player: Player, due: datetime) -> None:
        self.agenda.put(due, partial(self._regular, player, due))

    def _turn(self, player: Player) -> None:
        again = {(player.name, n) for n, reaction in enumerate(player.actor.reactions) if not reaction.once}
        self._reacted -= again  # at most once a turn: its own calls may meet the same reason
        self._react(player)
        for held, _, use, answered in player.use():
            log.info("%s: %s as %s: %s", player.name, use.call, held, answered.code or "ok")
        self._react(player)

    def _do(self, player: Player, conduct: Conduct) -> None:
        answered = player.make(conduct)
        outcome = "not possible yet" if answered is None else answered.code or "ok"
        log.info("%s: %s as %s: %s", player.name, conduct.call, conduct.by, outcome)
        self._react(player)

    def _react(self, player: Player) -> None:
        """Reactions whose reason has come begin now; their calls are made at their own moments."""
        self._noticing.remember()
        heard = _taken(player.heard)
        now = self._world.clock.now()
        for index, reaction in enumerate(player.actor.reactions):
            if (player.name, index) in self._reacted or not self._noticing.notices(reaction.when, player, heard):
                continue
            self._reacted.add((player.name, index))
            log.info("%s: reacts to %s", player.name, " ".join(reaction.when.kinds))
            for followup in reaction.do:
                self.agenda.put(now + reaction.after + followup.at, partial(self._do, player, followup))
        self._tell_what_happened()

    def _tell_what_happened(self) -> None:
        heard = _taken(self._heard)
        for inject in tuple(self._untold):
            assert inject.when is not None
            who = [inject.when.actor] if inject.when.actor else list(self._scenario.adversaries)
            if any(self._noticing.notices(inject.when, self.players[name], heard) for name in who):
                self._untold.remove(inject)
                self._tell(inject)

    def _tell(self, inject: Inject) -> None:
        known = next(iter(self.players.values())).known
        self._told.append({
            "id": inject.id, "at": rfc3339(self._world.clock.now()), "from": inject.from_,
            "text": str(filled(inject.text, known)),
        })  # fmt: skip


def _in_order(deeds: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(deeds, key=lambda deed: str(deed["at"]))


def _taken(heard: deque[Done]) -> list[Done]:
    """All of them, while others may add more."""
    return [heard.popleft() for _ in range(len(heard))]
