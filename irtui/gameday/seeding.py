"""Builds a scenario's world: everything is made by ordinary API calls at its own time, so that history exists.

Only the very first user of each account is put in directly, and what no API can make: the root user's keys, and the
history of ordinary days. The world's clock is moved from one moment to the next.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.actors import Player
from irtui.gameday.client import Answered, Credential, LoopbackClient
from irtui.gameday.handles import filled, names
from irtui.gameday.scenario.cast import Move
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.plan import Bucket, EncryptionKey, Role, Root, User, WorldPlan
from irtui.simulator import background, state
from irtui.simulator.gaps.iam import totp
from irtui.simulator.root import Root as RootUser
from irtui.simulator.world import SimulatedWorld

_FOUNDER = "account-setup"
_SETUP = {"source_ip": "198.51.100.4", "user_agent": "aws-cli/2.31.0 md/command#iac"}
_DESK = {"source_ip": "198.51.100.40", "user_agent": "aws-cli/2.31.0 md/command#sts.assume-role"}
_ROOT_SINCE = timedelta(days=-600)
_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

Deed = tuple[timedelta, Callable[[], None]]
"""When, relative to the beginning, and what."""


@dataclass(slots=True)
class Seeder:
    world: SimulatedWorld
    scenario: Scenario
    client: LoopbackClient
    known: dict[str, str]
    keys: dict[str, Credential] = field(default_factory=dict)
    """Handle → access key, once made."""
    founders: dict[str, Credential] = field(default_factory=dict)
    """Account → key of its first user."""

    def build(self, begins: datetime) -> dict[str, Player]:
        """Plays everything up to `begins`; the clock then stands there. Raises RunbookError for what AWS refuses."""
        plan, now = self.scenario.world, self.world.clock.now
        actors = self.scenario.actors.items()
        players = {name: Player(name, actor, self.client, self.known, now) for name, actor in actors}
        deeds = [*self._world(plan), *self._others(), *self._organization(), *self._moves(players)]
        deeds.sort(key=lambda deed: deed[0])  # stable: what has one time happens in the order of the file
        self.world.clock.set(begins + min((when for when, _ in deeds), default=timedelta()) - timedelta(days=1))
        for account in (plan.account, *(other.account for other in self.scenario.accounts.values())):
            self._found(account)
        for when, deed in deeds:
            self.world.clock.set(begins + when)
            deed()
        self.world.clock.set(begins)
        if (ordinary := self.scenario.background) is not None:
            background.write(
                self.world, list(self._regulars(begins)), days=ordinary.days, events=ordinary.events,
                seed=self.world.seed,
            )  # fmt: skip
        for player in players.values():
            self._equip(player)
        return players

    def operator(self) -> tuple[Credential, str, datetime]:
        """A fresh session of the operator's role, its ARN, and when it ends."""
        seat = self.scenario.world.operator
        params = {
            "RoleArn": self.known[f"{seat.role}.arn"], "RoleSessionName": filled(seat.session_name, self.known),
            "DurationSeconds": int(self.scenario.world.roles[seat.role].longest_session.total_seconds()),
        }  # fmt: skip
        data = self._sent(self.keys[seat.key], "sts.AssumeRole", params, _DESK).data
        return Credential.from_reply(data), str(data["AssumedRoleUser"]["Arn"]), data["Credentials"]["Expiration"]

    def _regulars(self, begins: datetime) -> Iterator[background.Regular]:
        """Every user of the world with a key. Legitimate actors work night and day; the others are people, and so is
        who holds the leaked key: of a key with tens of thousands of events CloudTrail cannot be asked them all.
        """
        working = {key: actor for actor in self.scenario.workloads.values() for key in actor.keys}
        for user in self.scenario.world.users.values():
            found = state.user_by_name(self.scenario.world.account, user.name)
            if found is None:
                continue
            for handle, since in user.keys.items():
                actor = working.get(handle)
                regular = background.Regular(
                    user.name, found.arn, found.id, self.keys[handle].access_key_id,
                    habit="workload" if actor else "person", since=begins + since,
                )  # fmt: skip
                if actor is not None:
                    regular = replace(regular, source_ip=actor.source_ip, user_agent=actor.user_agent)
                yield regular

    def _found(self, account: str) -> None:
        """The account's first user: somebody has to make the others."""
        backend = state.iam(account)
        user = backend.create_user("us-east-1", _FOUNDER)
        user.put_policy("setup", json.dumps(_ALL))
        key = backend.create_access_key(_FOUNDER, "AKIA")
        self.founders[account] = Credential(key.access_key_id, key.secret_access_key)

    def _world(self, plan: WorldPlan) -> Iterator[Deed]:
        here = plan.account
        for group in plan.groups.values():
            yield group.since, self._setup(here, "iam.CreateGroup", {"GroupName": group.name})
            yield from self._policies(here, group.since, "Group", group.name, group.policies)
        for bucket in plan.buckets.values():
            yield from self._bucket(here, bucket)
        for handle, key in plan.encryption_keys.items():
            yield key.since, self._encryption_key(here, handle, key)
        for user in plan.users.values():
            yield from self._user(here, user)
        for role in plan.roles.values():
            yield from self._role(here, role)

    def _bucket(self, account: str, bucket: Bucket) -> Iterator[Deed]:
        lock = {"ObjectLockEnabledForBucket": True} if bucket.lock else {}
        yield bucket.since, self._setup(account, "s3.CreateBucket", {"Bucket": bucket.name, **lock})
        if bucket.policy:
            policy = {"Bucket": bucket.name, "Policy": json.dumps(filled(bucket.policy, self.known))}
            yield bucket.since, self._setup(account, "s3.PutBucketPolicy", policy)
        for item in bucket.objects:
            put = {"Bucket": bucket.name, "Key": item, "Body": b"(contents)"}
            yield bucket.since, self._setup(account, "s3.PutObject", put)

    def _encryption_key(self, account: str, handle: str, key: EncryptionKey) -> Callable[[], None]:
        def make() -> None:
            params = {"Policy": json.dumps(filled(key.policy, self.known))} if key.policy else {}
            told = self._sent(self.founders[account], "kms.CreateKey", params, _SETUP).data["KeyMetadata"]
            self.known |= {f"{handle}.id": str(told["KeyId"]), f"{handle}.arn": str(told["Arn"])}

        return make

    def _others(self) -> Iterator[Deed]:
        for other in self.scenario.accounts.values():
            for user in other.users.values():
                yield from self._user(other.account, user)
            for role in other.roles.values():
                yield from self._role(other.account, role)
            for bucket in other.buckets.values():
                yield from self._bucket(other.account, bucket)
            yield from self._root(other.account, other.root)
        yield from self._root(self.scenario.world.account, self.scenario.root)

    def _root(self, account: str, plan: Root | None) -> Iterator[Deed]:
        """Of its devices and certificates nobody asks when they came."""
        if plan is None:
            return
        for handle, since in plan.keys.items():
            yield since, self._root_key_maker(account, handle)
        root = self.world.root(account)
        for name in plan.devices:
            yield _ROOT_SINCE, partial(self._root_has, root, name)
        for _ in range(plan.certificates):
            yield _ROOT_SINCE, partial(self._root_has, root, "")

    def _organization(self) -> Iterator[Deed]:
        if self.scenario.organization is not None:
            from irtui.gameday.organizing import organizing  # moto's organizations are loaded where they are wanted

            def send(account: str, call: str, params: Mapping[str, Any]) -> Answered:
                return self._sent(self.founders[account], call, params, _SETUP)

            yield from organizing(self.scenario, self.known, send)

    def _user(self, account: str, user: User) -> Iterator[Deed]:
        tags = [{"Key": key, "Value": value} for key, value in user.tags.items()]
        yield user.since, self._setup(account, "iam.CreateUser", {"UserName": user.name, "Tags": tags})
        for handle in user.groups:
            member = {"UserName": user.name, "GroupName": self.scenario.world.groups[handle].name}
            yield user.since, self._setup(account, "iam.AddUserToGroup", member)
        yield from self._policies(account, user.since, "User", user.name, user.policies)
        if user.ssh_key:
            key = {"UserName": user.name, "SSHPublicKeyBody": user.ssh_key}
            yield user.since, self._setup(account, "iam.UploadSSHPublicKey", key)
        if user.mfa:
            yield user.since, self._device_maker(account, user.name)
        for handle, since in user.keys.items():
            yield since, self._key_maker(account, handle, user.name)

    def _device_maker(self, account: str, user: str) -> Callable[[], None]:
        def make() -> None:
            founder = self.founders[account]
            self._sent(founder, "iam.CreateVirtualMFADevice", {"VirtualMFADeviceName": user}, _SETUP)
            serial = f"arn:aws:iam::{account}:mfa/{user}"
            seed = state.iam(account).virtual_mfa_devices[serial].base32_string_seed
            now = totp.step_at(self.world.clock.now())
            codes = {f"AuthenticationCode{n}": totp.code(seed, now - 2 + n) for n in (1, 2)}
            self._sent(founder, "iam.EnableMFADevice", {"UserName": user, "SerialNumber": serial, **codes}, _SETUP)

        return make

    def _key_maker(self, account: str, handle: str, user: str) -> Callable[[], None]:
        def make() -> None:
            answered = self._sent(self.founders[account], "iam.CreateAccessKey", {"UserName": user}, _SETUP)
            self._keep(handle, Credential.from_reply(answered.data))

        return make

    def _root_has(self, root: RootUser, device: str) -> None:
        """A device of that name, or a signing certificate."""
        now = self.world.clock.now()
        _ = root.register(device, now) if device else root.certify(now)

    def _root_key_maker(self, account: str, handle: str) -> Callable[[], None]:
        def make() -> None:
            key = self.world.root(account).create_access_key()
            self._keep(handle, Credential(key.access_key_id, key.secret_access_key))

        return make

    def _keep(self, handle: str, key: Credential) -> None:
        self.keys[handle] = key
        self.known[f"{handle}.id"] = key.access_key_id

    def _role(self, account: str, role: Role) -> Iterator[Deed]:
        made = {
            "RoleName": role.name, "AssumeRolePolicyDocument": json.dumps(filled(role.trust, self.known)),
            "MaxSessionDuration": int(role.longest_session.total_seconds()),
        }  # fmt: skip
        yield role.since, self._setup(account, "iam.CreateRole", made)
        yield from self._policies(account, role.since, "Role", role.name, role.policies)

    def _policies(
        self, account: str, since: timedelta, kind: str, name: str, policies: Mapping[str, Any]
    ) -> Iterator[Deed]:
        for policy, document in policies.items():
            text = json.dumps(filled(document, self.known))
            params = {f"{kind}Name": name, "PolicyName": policy, "PolicyDocument": text}
            yield since, self._setup(account, f"iam.Put{kind}Policy", params)

    def _moves(self, players: Mapping[str, Player]) -> Iterator[Deed]:
        for player in players.values():
            for move in player.actor.moves:
                if move.at < timedelta():
                    yield move.at, self._mover(player, move)

    def _mover(self, player: Player, move: Move) -> Callable[[], None]:
        def make() -> None:
            self._equip(player)
            answered = player.make(move)
            if answered is None:
                raise RunbookError(f"{player.name}: {move.call} at {move.at} names what is not there yet")
            if move.gains and not answered.ok:
                words = f"{player.name}: {move.call} at {move.at} was refused: {answered.code} {answered.message}"
                raise RunbookError(words)

        return make

    def _equip(self, player: Player) -> None:
        """It holds those of its keys that are made by now."""
        for handle in player.actor.keys:
            if handle in self.keys and handle not in player.holds:
                player.hold(handle, self.keys[handle])

    def _setup(self, account: str, call: str, params: Mapping[str, Any]) -> Callable[[], None]:
        def make() -> None:
            self._sent(self.founders[account], call, params, _SETUP)

        return make

    def _sent(self, who: Credential, call: str, params: Mapping[str, Any], seen: Mapping[str, str]) -> Answered:
        answered = self.client.call(who, call, params, **seen)
        if not answered.ok:
            raise RunbookError(f"the world could not be built: {call}: {answered.code} {answered.message}")
        return answered


def seeder(world: SimulatedWorld, scenario: Scenario, client: LoopbackClient) -> Seeder:
    return Seeder(world, scenario, client, names(scenario))
