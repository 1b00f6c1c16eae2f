"""What CloudWatch Logs, CloudWatch and SNS keep, by account and Region. moto keeps the same; none of it does anything.

Rules: of a log group the metric filters count and what CloudTrail delivers there; nobody can read its events. A
datapoint remembers the events that it came of, so that one can tell why an alarm went off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PENDING = "PendingConfirmation"
"""What SNS shows in place of the ARN of a subscription that nobody has confirmed."""


@dataclass(slots=True)
class LogGroup:
    name: str
    created: datetime
    retention: int | None = None
    stored: int = 0
    """Bytes."""
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By name: as they were put."""


@dataclass(frozen=True, slots=True)
class Point:
    value: float
    event: str
    """eventID of what it came of."""


@dataclass(slots=True)
class Alarm:
    arn: str
    settings: dict[str, Any]
    """As they were put, with AWS's defaults."""
    configured: datetime
    state: str = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    updated: datetime | None = None

    @property
    def name(self) -> str:
        return str(self.settings["AlarmName"])


@dataclass(slots=True)
class Subscription:
    arn: str
    protocol: str
    endpoint: str
    token: str
    made: datetime
    confirmed: bool = False


@dataclass(slots=True)
class Topic:
    arn: str
    owner: str
    subscriptions: list[Subscription] = field(default_factory=list)
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mailbox outside AWS gets."""

    at: datetime
    to: str
    subject: str
    text: str
    token: str = ""
    """With which the subscription is confirmed; empty for a notification."""
    events: tuple[str, ...] = ()
    """eventIDs that made the alarm go off; none when it was set by hand."""


@dataclass(slots=True)
class Place:
    """One account in one Region."""

    groups: dict[str, LogGroup] = field(default_factory=dict)
    points: dict[tuple[str, str], dict[int, list[Point]]] = field(default_factory=dict)
    """(namespace, metric) → minute since the epoch → what was published in it."""
    alarms: dict[str, Alarm] = field(default_factory=dict)
    history: list[Mapping[str, Any]] = field(default_factory=list)
    """Oldest first; kept when the alarm is deleted."""
    topics: dict[str, Topic] = field(default_factory=dict)
    """By ARN."""


@dataclass(slots=True)
class MonitoringRecords:
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    """Oldest first."""
    last: datetime | None = None
    """Until when everything has happened that time alone makes happen."""
    delivered: dict[str, tuple[datetime | None, str]] = field(default_factory=dict)
    """ARN of a trail → when it last delivered to its log group, and the error of the last attempt."""

    def place(self, account: str, region: str) -> Place:
        return self.places.setdefault((account, region), Place())

    def topic(self, arn: str) -> Topic | None:
        parts = arn.split(":")
        return self.place(parts[4], parts[3]).topics.get(arn) if len(parts) == 6 else None

    def group(self, arn: str) -> LogGroup | None:
        """Of `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`, with or without its end."""
        parts = arn.split(":")
        if len(parts) < 7 or parts[5] != "log-group":
            return None
        return self.place(parts[4], parts[3]).groups.get(parts[6])
