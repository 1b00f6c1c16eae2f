"""What stands in a scenario's world: accounts, their principals, keys and buckets, and how quickly AWS is of one mind.

Every thing is named once, under a handle; everything else says `${handle.attribute}` (name, arn, id, account).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from irtui.gameday.scenario.values import Account, Count, Flag, Name, Strict, TimeOfDay
from irtui.gameday.spans import Span

HERE = "world"
"""How an organization names the world's own account."""


@dataclass(frozen=True)
class Group(Strict):
    name: str
    since: Span = timedelta(days=-720)
    policies: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class User(Strict):
    name: str
    since: Span = timedelta(days=-400)
    groups: tuple[str, ...] = ()
    """Handles of groups."""
    policies: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    ssh_key: str = ""
    mfa: Flag = False
    """It has a virtual MFA device."""
    keys: Mapping[Name, Span] = field(default_factory=dict)
    """Handle of each access key → when it was made."""


@dataclass(frozen=True)
class Role(Strict):
    name: str
    trust: Any
    since: Span = timedelta(days=-400)
    policies: Mapping[str, Any] = field(default_factory=dict)
    longest_session: Span = timedelta(hours=1)


@dataclass(frozen=True)
class Bucket(Strict):
    name: str
    since: Span = timedelta(days=-600)
    objects: tuple[str, ...] = ()
    lock: Flag = False
    """It has Object Lock, and so versions."""
    policy: Any = None


@dataclass(frozen=True)
class EncryptionKey(Strict):
    """A KMS key. `${handle.arn}` and `${handle.id}` are known once it is made: to actors and inputs only."""

    since: Span = timedelta(days=-500)
    policy: Any = None
    """Absent: KMS's own default, by which IAM decides."""


@dataclass(frozen=True)
class OperatorSeat(Strict):
    key: str
    """Handle of the access key with which the responder signs in."""
    role: str
    """Handle of the role the responder works in."""
    session_name: str


@dataclass(frozen=True)
class WorldPlan(Strict):
    account: Account
    operator: OperatorSeat
    region: str = "us-east-1"
    begins: TimeOfDay = "02:14"
    """Time of day, UTC, at which the operator comes in."""
    groups: Mapping[Name, Group] = field(default_factory=dict)
    users: Mapping[Name, User] = field(default_factory=dict)
    roles: Mapping[Name, Role] = field(default_factory=dict)
    buckets: Mapping[Name, Bucket] = field(default_factory=dict)
    encryption_keys: Mapping[Name, EncryptionKey] = field(default_factory=dict)


@dataclass(frozen=True)
class Root(Strict):
    """The root user of an account."""

    keys: Mapping[Name, Span] = field(default_factory=dict)
    """Handle of each access key → when it was made."""
    devices: tuple[str, ...] = ()
    """Names of its MFA devices: `owner-phone` is a virtual one, `u2f/owner-key` a passkey."""
    certificates: Count = 0
    """How many signing certificates it has."""


@dataclass(frozen=True)
class OtherAccount(Strict):
    """An account beside the world's own: a neighbour, the organization's, the attacker's."""

    account: Account
    users: Mapping[Name, User] = field(default_factory=dict)
    roles: Mapping[Name, Role] = field(default_factory=dict)
    buckets: Mapping[Name, Bucket] = field(default_factory=dict)
    root: Root | None = None


@dataclass(frozen=True)
class CheckpointPlan(Strict):
    """Where this game day's signed checkpoints go; what a team's settings say of a real incident."""

    bucket: str
    """Handle of a bucket of another account."""
    days: Count = 365
    automatic: Flag = False


@dataclass(frozen=True)
class ServiceControlPolicy(Strict):
    name: str
    document: Any
    on: str
    """`root`, or an account of the organization."""
    since: Span = timedelta(days=-700)


@dataclass(frozen=True)
class Organization(Strict):
    management: str
    """Handle of the management account; `world` for the world's own."""
    members: tuple[str, ...] = ()
    """Handles of the other accounts in it; the world's own is always in it."""
    scps: tuple[ServiceControlPolicy, ...] = ()
    trusts: tuple[str, ...] = ()
    """Service principals of AWS that have trusted access."""
    features: tuple[Literal["RootCredentialsManagement", "RootSessions"], ...] = ()
    """Of centralized root access; they need trusted access of iam.amazonaws.com."""
    delegates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Handle of a member account → service principals that it administers."""


@dataclass(frozen=True)
class Between(Strict):
    """A delay, drawn anew by the seed each time."""

    least: Span
    most: Span


@dataclass(frozen=True)
class Background(Strict):
    """What else happened in the account: history of ordinary days, written before anybody comes in."""

    days: Count
    events: Count
