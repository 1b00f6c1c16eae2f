"""The root user of an account: the one identity that IAM's own state does not hold.

Kept beside moto's state and, like it, one per process. The root user needs no policy; what binds it is said
in `irtui.policy` (SCPs of a member account, resource policies). What its owner does in the console is `console`.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from moto.iam.models import AccessKey

_ROOTS: dict[str, "Root"] = {}


@dataclass(frozen=True, slots=True)
class Device:
    """An MFA device of the root user's: virtual (`:mfa/` in its serial number), or a passkey (`:u2f/`)."""

    serial: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 signing certificate of the root user's."""

    id: str
    since: datetime
    body: str = "-----BEGIN CERTIFICATE-----\n(simulated)\n-----END CERTIFICATE-----"


@dataclass(slots=True)
class Root:
    account_id: str
    create_date: datetime
    access_keys: list[AccessKey] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    password: bool = True
    password_last_used: datetime | None = None
    name: ClassVar[str] = "root"
    policies: ClassVar[dict[str, str]] = {}
    managed_policies: ClassVar[dict[str, object]] = {}
    permissions_boundary: ClassVar[None] = None
    tags: ClassVar[list[dict[str, str]]] = []

    @property
    def id(self) -> str:
        return self.account_id

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:root"

    @property
    def mfa(self) -> bool:
        return bool(self.devices)

    def create_access_key(self) -> AccessKey:
        """A new key, held from now on; the limit is the caller's to keep."""
        key = AccessKey(None, "AKIA", self.account_id)  # type: ignore[abstract]
        self.access_keys.append(key)
        return key

    def register(self, name: str, now: datetime) -> Device:
        """A new device, as the console registers it; a virtual one, if its name has no slash."""
        device = Device(f"arn:aws:iam::{self.account_id}:{name if '/' in name else f'mfa/{name}'}", now)
        self.devices.append(device)
        return device

    def certify(self, now: datetime) -> Certificate:
        certificate = Certificate(hashlib.sha256(f"{self.account_id} {now}".encode()).hexdigest()[:32].upper(), now)
        self.certificates.append(certificate)
        return certificate


def root_of(account: str) -> Root:
    """The account's root user, who is there from the account's beginning."""
    if account not in _ROOTS:
        _ROOTS[account] = Root(account, datetime.now(UTC))
    return _ROOTS[account]


def roots() -> tuple[Root, ...]:
    return tuple(_ROOTS.values())
