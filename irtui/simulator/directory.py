"""IAM of one account as somebody sees it: live, or frozen as it was before a change that has yet to arrive.

A frozen directory is a copy of what decides (keys, policies, trust, groups, boundaries, tags); what is read
by API calls never comes from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from moto.iam.models import Group, ManagedPolicy, Role, User, iam_backends

from irtui.simulator.root import Root, root_of

PARTITION = "aws"
OF_AWS = ":iam::aws:policy/"
"""What the ARN of an AWS managed policy holds; those never change."""
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Directory:
    account: str
    users: Mapping[str, User]
    """By name."""
    roles: Mapping[str, Role]
    """By unique id."""
    groups: Mapping[str, Group]
    policies: Mapping[str, ManagedPolicy]
    """Managed policies by ARN, those of AWS as far as they are loaded."""
    root: Root | None
    tags: Mapping[str, list[tuple[str, str]]] | None = None
    """Tags by the user's or role's unique id. None: as they are now."""


View = Callable[[str], Directory]
"""Account → its directory, as enforcement reads it at one moment."""


def live(account: str) -> Directory:
    """What moto remembers, as it is."""
    iam = iam_backends[account][PARTITION]
    return Directory(account, iam.users, iam.roles, iam.groups, iam.managed_policies, root_of(account))


def frozen(account: str) -> Directory:
    """A copy that no later change reaches."""
    now = live(account)
    return Directory(
        account,
        {name: _copy(user, access_keys=_keys(user)) for name, user in now.users.items()},
        {key: _copy(role) for key, role in now.roles.items()},
        {name: _copy(group, users=list(group.users)) for name, group in now.groups.items()},
        {arn: policy if OF_AWS in arn else _bare(policy, versions=list(policy.versions))
         for arn, policy in now.policies.items()},
        replace(now.root, access_keys=_keys(now.root)) if now.root else None,
        {user.id: tags_of(user) for user in now.users.values()}
        | {role.id: tags_of(role) for role in now.roles.values()},
    )  # fmt: skip


def tags_of(entity: User | Role | Root) -> list[tuple[str, str]]:
    raw = entity.tags or []
    items = raw.values() if isinstance(raw, dict) else raw
    return [(str(tag["Key"]), str(tag["Value"])) for tag in items]


def _keys(holder: User | Root) -> list[Any]:
    return [_bare(key) for key in holder.access_keys]


def _copy(entity: Thing, **changed: Any) -> Thing:
    held: Any = entity
    return _bare(entity, policies=dict(held.policies), managed_policies=dict(held.managed_policies), **changed)


def _bare(thing: Thing, **changed: Any) -> Thing:
    """A shallow copy past moto's own constructors, which keep count of every instance."""
    made = object.__new__(type(thing))
    made.__dict__ |= thing.__dict__ | changed
    return made
