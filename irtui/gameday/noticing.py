"""What somebody in a world notices: the conditions of reactions and injects, judged from answers, changes and state.

Rules: an answer counts from the beginning on; a principal is gone when it was there and is not, or is another one
under the same name; only a change that somebody else made is seen.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from irtui.gameday.actors import Player
from irtui.gameday.handles import filled
from irtui.gameday.refusals import DENIED, UNKNOWN_KEY
from irtui.gameday.scenario.cast import ANY, OPERATOR, Seen, When
from irtui.gameday.scenario.format import Scenario
from irtui.simulator import state
from irtui.simulator.world import Done, SimulatedWorld


class Noticing:
    """`remember` is called at the beginning, and `notices` at any time after it."""

    def __init__(
        self,
        world: SimulatedWorld,
        scenario: Scenario,
        players: Mapping[str, Player],
        unique_id: Callable[[str], str] | None = None,
    ) -> None:
        """`unique_id`: of the user or role of that name, empty when there is none; by default the simulator knows."""
        self._world, self._players = world, players
        self._unique_id = unique_id or self._simulated_id
        self._names = {handle: user.name for handle, user in scenario.world.users.items()}
        self._names |= {handle: role.name for handle, role in scenario.world.roles.items()}
        whens = [reaction.when for player in players.values() for reaction in player.actor.reactions]
        whens += [inject.when for inject in scenario.injects if inject.when is not None]
        self._wanted = {when.gone for when in whens if when.gone}
        self._there: dict[str, str] = {}
        """Principal → its unique id, as far as it was ever there."""
        self.remember()

    def remember(self) -> None:
        """Looks who is there."""
        for wanted in self._wanted:
            if wanted not in self._there and (found := self._id(wanted)):
                self._there[wanted] = found

    def notices(self, when: When, player: Player, heard: Iterable[Done]) -> bool:
        """Whether it has come to this, for that player."""
        if when.denied:
            return _answered(player, when.denied, DENIED)
        if when.failed:
            return _answered(player, when.failed, UNKNOWN_KEY)
        if when.gone:
            return when.gone in self._there and self._id(when.gone) != self._there[when.gone]
        return when.seen is not None and any(self._matches(when.seen, done, player) for done in heard)

    def _matches(self, seen: Seen, done: Done, player: Player) -> bool:
        by = next((name for name, each in self._players.items() if each.owns(done.access_key_id)), OPERATOR)
        wanted = filled(seen.params, player.known)
        return (
            fnmatchcase(f"{done.service}.{done.operation}", seen.call)
            and seen.by in ("", by)
            and all(str(done.params.get(key)) == str(value) for key, value in wanted.items())
            and (not seen.contains or seen.contains in _text(done.params))
        )

    def _id(self, principal: str) -> str:
        """Unique id of the user or role of that handle or name, as it is now; empty when there is none."""
        return self._unique_id(self._names.get(principal, principal))

    def _simulated_id(self, name: str) -> str:
        account = self._world.account
        with self._world.lock:
            user = state.user_by_name(account, name)
            role = next((role for role in state.iam(account).get_roles() if role.name == name), None)
        return str(user.id if user is not None else role.id if role is not None else "")


def _answered(player: Player, credential: str, codes: frozenset[str]) -> bool:
    names = player.answers if credential == ANY else (credential,)
    return any(player.answers.get(name) in codes for name in names)


def _text(params: Mapping[str, Any]) -> str:
    return json.dumps(params, default=str, ensure_ascii=False)
