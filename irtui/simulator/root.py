"""The root user of an account: the one identity that IAM's own state does not hold.

Kept beside moto's state and, like it, one per process. The root user needs no policy; what binds it is said
in `irtui.policy` (SCPs of a member account, resource policies).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from moto.iam.models import AccessKey

_ROOTS: dict[str, "Root"] = {}


@dataclass(slots=True)
class Root:
    account_id: str
    create_date: datetime
    access_keys: list[AccessKey] = field(default_factory=list)
    mfa: bool = False
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

    def create_access_key(self) -> AccessKey:
        """A new key, held from now on; the limit is the caller's to keep."""
        key = AccessKey(None, "AKIA", self.account_id)  # type: ignore[abstract]
        self.access_keys.append(key)
        return key


def root_of(account: str) -> Root:
    """The account's root user, who is there from the account's beginning."""
    if account not in _ROOTS:
        _ROOTS[account] = Root(account, datetime.now(UTC))
    return _ROOTS[account]


def roots() -> tuple[Root, ...]:
    return tuple(_ROOTS.values())
