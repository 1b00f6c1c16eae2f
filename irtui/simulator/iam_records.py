"""What IAM keeps that moto has no place for, by unique ids, which no rename changes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Login:
    """A user's password, as far as it matters to anybody but the user."""

    created: datetime
    changed: datetime
    reset_required: bool
    used: tuple[str, ...] = ()
    """Earlier passwords, newest first, for the policy that forbids their reuse."""


@dataclass(frozen=True, slots=True)
class CredentialReport:
    """A report that was ordered; its content is that of the moment of `ordered`."""

    ordered: datetime
    ready: datetime
    content: str


@dataclass(slots=True)
class IamRecords:
    logins: dict[str, Login] = field(default_factory=dict)
    """By the user's unique id."""
    reports: dict[str, CredentialReport] = field(default_factory=dict)
    """By account; the newest that is ready or under way."""
    service_credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By their id; each carries its UserName and its user's UserId."""
    codes: dict[str, int] = field(default_factory=dict)
    """Serial number of an MFA device → the last time step whose code was taken: no code works twice."""
