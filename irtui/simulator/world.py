"""Everything a simulated world remembers besides moto's state. One per process: moto is global."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.moto_api._internal import mock_random

from irtui.simulator.callers import Caller
from irtui.simulator.clock import WorldClock
from irtui.simulator.resolve import Operation
from irtui.simulator.sessions import Sessions
from irtui.simulator.weather import Weather


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
    events: list[dict[str, Any]] = field(default_factory=list)
    """CloudTrail events in the order in which they happened."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """What reached the simulator, whatever became of it: {service, operation, key, user_agent, at, status}."""
    service_credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    """IAM's service-specific credentials by id; each carries its UserName."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while one request is judged, done and recorded: moto is not thread-safe."""

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.seed)
        mock_random.seed(self.seed)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorized request, as a gap is given it."""

    world: SimulatedWorld
    operation: Operation
    caller: Caller
    region: str

    @property
    def params(self) -> Mapping[str, Any]:
        return self.operation.params


Gap = Callable[[Asked], Mapping[str, Any]]
"""Answers one operation that moto lacks or answers wrongly: the reply by member name, or a Refusal."""
