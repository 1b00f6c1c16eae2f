"""Everything a simulated world remembers besides moto's state. One per process: moto is global."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.moto_api._internal import mock_random

from irtui.simulator.answers import number_requests
from irtui.simulator.callers import Caller
from irtui.simulator.clock import WorldClock
from irtui.simulator.delivery import Delivery
from irtui.simulator.directory import View
from irtui.simulator.history import History
from irtui.simulator.iam_records import IamRecords
from irtui.simulator.lookups import LookupRate
from irtui.simulator.monitoring_records import MonitoringRecords
from irtui.simulator.propagation import Propagation
from irtui.simulator.resolve import Operation
from irtui.simulator.root import Root, root_of
from irtui.simulator.sessions import Sessions
from irtui.simulator.weather import Weather


@dataclass(frozen=True, slots=True)
class Done:
    """A request that changed something, successfully."""

    service: str
    operation: str
    params: Mapping[str, Any]
    access_key_id: str
    arn: str
    """Who did it, as GetCallerIdentity says it."""
    at: datetime


@dataclass(slots=True)
class SimulatedWorld:
    account: str
    region: str
    token: str
    """Bearer token of the control endpoints, and of clients that may set their source address."""
    seed: int
    clock: WorldClock = field(default_factory=WorldClock)
    weather: Weather = field(default_factory=Weather)
    sessions: Sessions = field(init=False)
    events: History = field(default_factory=History)
    """CloudTrail events in the order in which they happened."""
    delivery: Delivery = field(init=False)
    """When events are seen, and what the trails write."""
    monitoring: MonitoringRecords = field(default_factory=MonitoringRecords)
    """Log groups, alarms and topics."""
    lookups: LookupRate = field(default_factory=LookupRate)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """What reached the simulator, whatever became of it: {service, operation, key, user_agent, at, status}."""
    iam: IamRecords = field(default_factory=IamRecords)
    """What IAM keeps that moto does not."""
    contacts: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """(account, SECURITY | OPERATIONS | BILLING) → the alternate contact that somebody gave."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while one request is judged, done and recorded: moto is not thread-safe."""
    propagation: Propagation = field(init=False)
    """When changes of IAM are enforced; at once until it is set."""
    rules: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """EventBridge's rules: (account, Region, name) → rule."""
    listeners: list[Callable[[Done], None]] = field(default_factory=list)
    """Told of every change after it was made, in the thread that answers it, without the lock."""

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.seed)
        self.propagation = Propagation(self.seed)
        self.delivery = Delivery(self.seed, self.events, self.region)
        mock_random.seed(self.seed)
        number_requests(self.seed)

    def root(self, account: str = "") -> Root:
        """The root user of an account, by default of the world's own."""
        return root_of(account or self.account)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorized request, as a gap is given it."""

    world: SimulatedWorld
    operation: Operation
    caller: Caller
    region: str

    @property
    def view(self) -> View:
        """IAM as it is enforced at this moment; `state` without it is what is there."""
        return self.world.propagation.view(self.world.clock.now())

    @property
    def params(self) -> Mapping[str, Any]:
        return self.operation.params


Gap = Callable[[Asked], Mapping[str, Any]]
"""Answers one operation that moto lacks or answers wrongly: the reply by member name, or a Refusal."""
