"""Everything that the simulated account holds, as one flat map of paths to texts: two of them say what has changed.

Rules: the state is walked as moto and the simulator keep it, whatever the service, so that nothing is forgotten. Left
out is only what AWS changes by itself, each kind with its reason, and the history of requests and events.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from irtui.canonical import canonical
from irtui.simulator.athena_records import PLACES, place, tick
from irtui.simulator.differences import DELIVERED
from irtui.simulator.organization import trusts
from irtui.simulator.root import roots
from irtui.simulator.world import SimulatedWorld

BY_ITSELF = {
    "last_used": "any request with a key is its last use, also one that was refused",
    "last_modified": "the moment of writing is another one each time the same is written",
    "update_date": "the moment of writing is another one each time the same is written",
    "latest_delivery_time": "a trail writes its logs every few minutes",
    "latest_delivery_attempt": "a trail writes its logs every few minutes",
    "started": "a trail keeps when it last began to log; that it logs is another member",
    "stopped": "a trail keeps when it last ceased to log; that it logs is another member",
    "executions": "Athena keeps every query that was run, and nobody can take a query back",
    "aws_managed_policies": "policies of AWS are loaded when somebody first names one",
    "LogGroup.stored": "a log group grows by what CloudTrail delivers to it",
    "Place.points": "a metric grows by what CloudTrail delivers",
    "Place.history": "CloudWatch keeps the history of an alarm, also of one that was deleted",
    "Alarm.state": "an alarm is in the state that its metric puts it in",
    "Alarm.reason": "an alarm is in the state that its metric puts it in",
    "Alarm.updated": "an alarm is in the state that its metric puts it in",
    "Alarm.configured": "the moment of writing is another one each time the same is written",
    "MonitoringRecords.mails": "a mail that was sent stays sent",
    "MonitoringRecords.last": "the simulator's own: until when it has looked at what time makes happen",
    "MonitoringRecords.delivered": "a trail writes its logs every few minutes",
    "tokens": "Athena remembers under which token a query was asked for",
}
"""Member, or class and member → why it is left out."""
MACHINERY = frozenset(
    {"token", "seed", "clock", "weather", "sessions", "events", "delivery", "lookups", "requests", "lock",
     "propagation", "listeners"}
)  # fmt: skip
"""What of a world is no state of the account: the stage it stands on, and its history."""
_RESULT = re.compile(r"(^|/)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(txt|csv)(\.metadata)?$")
"""Athena writes what came of each query into its bucket, also of the query that takes one back."""
_AWS_OWN = "arn:aws:iam::aws:policy"
"""Managed policies of AWS are loaded when somebody first names one."""
_DEEPEST = 24


def inventory(world: SimulatedWorld) -> dict[str, str]:
    """The caller holds the world's lock."""
    tick(world.clock.now())
    held: dict[str, Any] = {"root": {root.account_id: _plain(root, ()) for root in roots()}}
    held["world"] = {name: _plain(one, ()) for name, one in _members(world).items() if name not in MACHINERY}
    held["organization"] = {management: _plain(one, ()) for management, one in trusts().items()}
    place(world.account, world.region)  # every account has its first workgroup, also before anybody looks
    held["athena"] = {f"{account} {region}": _plain(one, ()) for (account, region), one in PLACES.items()}
    for name, backends in _backends():
        for account in list(backends):
            for region, backend in list(backends[account].items()):
                held[f"{name} {account} {region}"] = _plain(_members(backend), ())
    return dict(_flat("", held))


def _backends() -> Iterator[tuple[str, Any]]:
    for name, module in sorted(sys.modules.items()):
        if name.startswith("moto.") and name.endswith(".models"):
            for each in list(vars(module).values()):
                if isinstance(each, BackendDict):
                    yield name.split(".")[1], each


def _plain(value: Any, above: tuple[int, ...]) -> Any:
    """Maps, sorted lists and texts; None where there is nothing to compare."""
    if isinstance(value, str | bytes) and value[:1] in ("{", b"{"):  # a document: the same however it is written
        with suppress(ValueError):
            return _plain(json.loads(value), above)
    if value is None or isinstance(value, str | int | float | bytes | date):
        return str(value)
    if id(value) in above or len(above) > _DEEPEST or isinstance(value, BaseBackend | BackendDict):
        return None
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {
            str(key): _hidden(value[key]) if DELIVERED in str(key) else _plain(_versions(value, key), above)
            for key in list(value)
            if str(key) not in BY_ITSELF and not str(key).startswith(_AWS_OWN) and not _RESULT.search(str(key))
        }
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((_plain(item, above) for item in value), key=canonical)
    if type(value).__module__.startswith(("moto.", "irtui.")):
        return _plain(_members(value), above)
    return None  # a lock, a function, a clock


def _members(value: Any) -> dict[str, Any]:
    slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    of = type(value).__name__
    return {
        name: getattr(value, name)
        for name in [*getattr(value, "__dict__", ()), *slots]
        if hasattr(value, name) and f"{of}.{name}" not in BY_ITSELF
    }


def _versions(value: Mapping[Any, Any], key: Any) -> Any:
    """Of a bucket's key every version; else the value."""
    return value.getlist(key) if hasattr(value, "getlist") else value[key]


def _hidden(newest: Any) -> str:
    return "hidden" if type(newest).__name__ == "FakeDeleteMarker" else "there"


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{path}/{key}", item)
    elif isinstance(value, list):
        yield path, canonical(value).decode()
    elif value is not None:
        yield path, value
