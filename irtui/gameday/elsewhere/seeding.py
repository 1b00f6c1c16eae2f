"""Builds a scenario on an emulator: everything by its API and at once, for its time is its own.

Rules: `vacant` is asked before anything is made. What the emulator cannot make is left out and said; without the
operator's own way in there is no rehearsal.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.actors import Player
from irtui.gameday.client import Answered, Credential
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.seeding import Seeder
from irtui.simulator.world import Done

KEY = Credential("test", "test")
"""What emulators take as their administrator's key."""
_LONGEST = 200
RESET = "reset the emulator, or start it anew"
SEEN = {"source_ip": "198.51.100.4", "user_agent": "irtui-rehearsal"}


@dataclass(slots=True)
class ElsewhereSeeder(Seeder):
    takes: float = 0.0
    """Seconds that a change takes there to be in force."""
    seen: dict[str, str] = field(default_factory=dict)
    """Principal → its unique id when it was last seen: an emulator that fails has not deleted anybody."""
    missing: list[str] = field(default_factory=list)
    """What could not be made, in the emulator's words."""

    def build(self, begins: datetime) -> dict[str, Player]:
        """As the scenario's moments are ordered, one right after the other."""
        plan, now = self.scenario.world, self.world.clock.now
        self.founders[plan.account] = KEY
        actors = self.scenario.actors.items()
        players = {name: Player(name, actor, self.client, self.known, now) for name, actor in actors}
        changed: list[Done] = []
        self.world.listeners.append(changed.append)
        deeds = [(when, deed, False) for when, deed in self._world(plan)]
        deeds += [(when, deed, True) for when, deed in self._moves(players)]
        for _, deed, by_actor in sorted(deeds, key=lambda deed: deed[0]):
            if by_actor and changed:
                self._settle(changed)
            try:
                deed()
            except RunbookError as error:
                words = " ".join(error.message.removeprefix("the world could not be built: ").split())
                self.missing.append(words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…")
        if plan.operator.key not in self.keys:
            raise RunbookError(f"the operator's key could not be made: {'; '.join(self.missing)}; {RESET}")
        self._settle(changed)
        self.world.listeners.remove(changed.append)
        try:
            self.operator()
        except RunbookError as error:
            raise RunbookError(f"the operator cannot sign in: {error.message}; {RESET}") from None
        for player in players.values():
            self._equip(player)
        return players

    def vacant(self) -> None:
        """Raises RunbookError where something of the scenario is left over."""
        if left := list(self._leftovers()):
            more = f" and {len(left) - 3} more" if len(left) > 3 else ""
            raise RunbookError(f"left over there: {', '.join(left[:3])}{more}; {RESET}")

    def asked(self, call: str, params: Mapping[str, Any]) -> Answered:
        """As the emulator's administrator."""
        return self.client.call(KEY, call, params, **SEEN)

    def unique_id(self, name: str) -> str:
        """Of the user or role of that name; empty when the emulator says that there is none."""
        for kind in ("User", "Role"):
            try:
                answered = self.asked(f"iam.Get{kind}", {f"{kind}Name": name})
            except OSError:
                return self.seen.get(name, "")
            if answered.ok:
                self.seen[name] = str(answered.data[kind][f"{kind}Id"])
                return self.seen[name]
            if answered.code != "NoSuchEntity":
                return self.seen.get(name, "")
        return ""

    def _settle(self, changed: list[Done]) -> None:
        """Waits until what was made so far is in force."""
        threading.Event().wait(self.takes)
        changed.clear()

    def _leftovers(self) -> Iterator[str]:
        """What the scenario would make and is there."""
        plan = self.scenario.world
        things = [("iam.GetGroup", "GroupName", "group", group.name) for group in plan.groups.values()]
        things += [("iam.GetUser", "UserName", "user", user.name) for user in plan.users.values()]
        things += [("iam.GetRole", "RoleName", "role", role.name) for role in plan.roles.values()]
        things += [("s3.HeadBucket", "Bucket", "bucket", bucket.name) for bucket in plan.buckets.values()]
        for call, member, kind, name in things:
            if self.asked(call, {member: name}).ok:
                yield f"{kind} {name}"


def beyond(scenario: Scenario) -> tuple[str, ...]:
    """What of this scenario only irtui's own simulator can seed."""
    parts = {
        "accounts": scenario.accounts, "organization": scenario.organization, "root": scenario.root,
        "stagehand": scenario.stagehand,
    }  # fmt: skip
    return tuple(name for name, part in parts.items() if part)
