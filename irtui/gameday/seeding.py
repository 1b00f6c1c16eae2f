"""Builds a scenario's world: everything is made by ordinary API calls at its own time, so that history exists.

Only the very first user is put in directly. The world's clock is moved from one moment to the next.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.actors import Player
from irtui.gameday.client import Answered, Credential, LoopbackClient
from irtui.gameday.handles import filled, names
from irtui.gameday.scenario import Move, Role, Scenario, User, WorldPlan
from irtui.simulator import state
from irtui.simulator.world import SimulatedWorld

_FOUNDER = "account-setup"
_SETUP = {"source_ip": "198.51.100.4", "user_agent": "aws-cli/2.31.0 md/command#iac"}
_DESK = {"source_ip": "198.51.100.40", "user_agent": "aws-cli/2.31.0 md/command#sts.assume-role"}
_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

Deed = tuple[timedelta, Callable[[], None]]
"""When, relative to the beginning, and what."""


@dataclass(slots=True)
class Seeder:
    world: SimulatedWorld
    scenario: Scenario
    client: LoopbackClient
    known: dict[str, str]
    keys: dict[str, Credential]
    """Handle → access key, once made."""
    founder: Credential | None = None

    def build(self, begins: datetime) -> dict[str, Player]:
        """Plays everything up to `begins`; the clock then stands there. Raises RunbookError for what AWS refuses."""
        plan = self.scenario.world
        players = {name: Player(name, actor, self.client, self.known) for name, actor in self.scenario.actors.items()}
        deeds = [*self._world(plan), *self._moves(players)]
        deeds.sort(key=lambda deed: deed[0])  # stable: what has one time happens in the order of the file
        self.world.clock.set(begins + min((when for when, _ in deeds), default=timedelta()) - timedelta(days=1))
        self._found(plan.account)
        for when, deed in deeds:
            self.world.clock.set(begins + when)
            deed()
        self.world.clock.set(begins)
        for player in players.values():
            player.holds |= {handle: self.keys[handle] for handle in player.actor.keys}
        return players

    def operator(self) -> tuple[Credential, str]:
        """A fresh session of the operator's role, and its ARN."""
        seat = self.scenario.world.operator
        params = {
            "RoleArn": self.known[f"{seat.role}.arn"], "RoleSessionName": filled(seat.session_name, self.known),
            "DurationSeconds": int(self.scenario.world.roles[seat.role].longest_session.total_seconds()),
        }  # fmt: skip
        answered = self._sent(self.keys[seat.key], "sts.AssumeRole", params, _DESK)
        return Credential.from_reply(answered.data), str(answered.data["AssumedRoleUser"]["Arn"])

    def _found(self, account: str) -> None:
        """The account's first user: somebody has to make the others."""
        backend = state.iam(account)
        user = backend.create_user("us-east-1", _FOUNDER)
        user.put_policy("setup", json.dumps(_ALL))
        key = backend.create_access_key(_FOUNDER, "AKIA")
        self.founder = Credential(key.access_key_id, key.secret_access_key)

    def _world(self, plan: WorldPlan) -> Iterator[Deed]:
        for group in plan.groups.values():
            yield group.since, self._setup("iam.CreateGroup", {"GroupName": group.name})
            yield from self._policies(group.since, "Group", group.name, group.policies)
        for bucket in plan.buckets.values():
            yield bucket.since, self._setup("s3.CreateBucket", {"Bucket": bucket.name})
            for item in bucket.objects:
                put = {"Bucket": bucket.name, "Key": item, "Body": b"(contents)"}
                yield bucket.since, self._setup("s3.PutObject", put)
        for user in plan.users.values():
            yield from self._user(user, plan)
        for role in plan.roles.values():
            yield from self._role(role)

    def _user(self, user: User, plan: WorldPlan) -> Iterator[Deed]:
        tags = [{"Key": key, "Value": value} for key, value in user.tags.items()]
        yield user.since, self._setup("iam.CreateUser", {"UserName": user.name, "Tags": tags})
        for handle in user.groups:
            member = {"UserName": user.name, "GroupName": plan.groups[handle].name}
            yield user.since, self._setup("iam.AddUserToGroup", member)
        yield from self._policies(user.since, "User", user.name, user.policies)
        if user.ssh_key:
            key = {"UserName": user.name, "SSHPublicKeyBody": user.ssh_key}
            yield user.since, self._setup("iam.UploadSSHPublicKey", key)
        for handle, since in user.keys.items():
            yield since, self._key_maker(handle, user.name)

    def _key_maker(self, handle: str, user: str) -> Callable[[], None]:
        def make() -> None:
            answered = self._sent(self.founder, "iam.CreateAccessKey", {"UserName": user}, _SETUP)
            self.keys[handle] = Credential.from_reply(answered.data)
            self.known[f"{handle}.id"] = self.keys[handle].access_key_id

        return make

    def _role(self, role: Role) -> Iterator[Deed]:
        made = {
            "RoleName": role.name, "AssumeRolePolicyDocument": json.dumps(filled(role.trust, self.known)),
            "MaxSessionDuration": int(role.longest_session.total_seconds()),
        }  # fmt: skip
        yield role.since, self._setup("iam.CreateRole", made)
        yield from self._policies(role.since, "Role", role.name, role.policies)

    def _policies(self, since: timedelta, kind: str, name: str, policies: Mapping[str, Any]) -> Iterator[Deed]:
        for policy, document in policies.items():
            text = json.dumps(filled(document, self.known))
            params = {f"{kind}Name": name, "PolicyName": policy, "PolicyDocument": text}
            yield since, self._setup(f"iam.Put{kind}Policy", params)

    def _moves(self, players: Mapping[str, Player]) -> Iterator[Deed]:
        for player in players.values():
            for move in player.actor.moves:
                yield move.at, self._mover(player, move)

    def _mover(self, player: Player, move: Move) -> Callable[[], None]:
        def make() -> None:
            player.holds |= {handle: self.keys[handle] for handle in player.actor.keys}
            answered = player.make(move)
            if move.gains and not answered.ok:
                words = f"{player.name}: {move.call} at {move.at} was refused: {answered.code} {answered.message}"
                raise RunbookError(words)

        return make

    def _setup(self, call: str, params: Mapping[str, Any]) -> Callable[[], None]:
        def make() -> None:
            self._sent(self.founder, call, params, _SETUP)

        return make

    def _sent(self, who: Credential | None, call: str, params: Mapping[str, Any], seen: Mapping[str, str]) -> Answered:
        assert who is not None
        answered = self.client.call(who, call, params, **seen)
        if not answered.ok:
            raise RunbookError(f"the world could not be built: {call}: {answered.code} {answered.message}")
        return answered


def seeder(world: SimulatedWorld, scenario: Scenario, client: LoopbackClient) -> Seeder:
    return Seeder(world, scenario, client, names(scenario.world), {})
