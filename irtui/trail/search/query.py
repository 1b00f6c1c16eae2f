"""What is searched for, and whether an event is that.

Rules: values of one field are alternatives, fields must all agree. An event whose time cannot be read is not left out
for its time. `literals` names bytes that every matching record must hold; they may rule a record out, never in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from irtui.errors import UsageError

if TYPE_CHECKING:  # a process that reads logs is to stand soon; few queries ask for addresses
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

ANY = "*"
"""As an error code: every refused or failed call."""
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")
_LEAST = 4
"""Shorter runs of plain characters are in every file and rule out nothing."""


@dataclass(frozen=True, slots=True)
class Query:
    access_keys: tuple[str, ...] = ()
    """Ids of the keys and sessions that called (AKIA…, ASIA…)."""
    sessions: tuple[str, ...] = ()
    """Role session names, or ARNs of assumed roles."""
    resources: tuple[str, ...] = ()
    """ARNs, names or ids of what was acted on: in `resources`, or a value anywhere in parameters and answer."""
    principals: tuple[str, ...] = ()
    """ARNs, names or unique ids of users and roles; a role's sessions are the role's."""
    source_ips: tuple[str, ...] = ()
    """Addresses, networks (203.0.113.0/24) or the name of an AWS service that called."""
    event_names: tuple[str, ...] = ()
    """`CreateUser`, or with its service `iam.CreateUser`."""
    error_codes: tuple[str, ...] = ()
    """`*` is any."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""

    def as_data(self) -> dict[str, Any]:
        """What was asked, as JSON holds it; `from_data` reads it back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime) else list(value)
            for name, value in values.items()
            if value
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Query":
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else datetime.fromisoformat(value)
            for name, value in data.items()
        }
        return cls(**values)


def checked(query: Query) -> Query:
    """The query as it is. Raises UsageError for one that can find nothing, or that asks nothing."""
    if not query.as_data():
        raise UsageError("Nothing was asked.", advice="Name at least one: --access-key, --since, --event-name …")
    if query.since and query.until and query.since >= query.until:
        raise UsageError("--since is not before --until.")
    for field in fields(query):
        if field.name not in ("since", "until") and not all(value.strip() for value in getattr(query, field.name)):
            raise UsageError(f"One of the {field.name.replace('_', ' ')} is empty.")
    for value in query.source_ips:
        if "/" in value and network_of(value) is None:
            raise UsageError(f"{value} is not a network.", advice="Write it as 203.0.113.0/24, without host bits.")
    return query


def literals(query: Query) -> tuple[tuple[bytes, ...], ...]:
    """Groups of bytes: a record that matches holds at least one of each group, unless it escapes letters."""
    groups = []
    for field in fields(query):
        if field.name in ("since", "until") or not (values := getattr(query, field.name)):
            continue
        found = [_literal(field.name, value) for value in values]
        if all(found):
            groups.append(tuple(dict.fromkeys(word for word in found if word)))
    return tuple(groups)


def _literal(field: str, value: str) -> bytes:
    if field == "source_ips" and network_of(value) is not None:
        return value.encode() if (address := _address(value)) is not None and address.version == 4 else b""
    if field == "error_codes" and value == ANY:
        return b"errorCode"
    if field == "event_names":
        value = value.rpartition(".")[2]
    longest = max(_PLAIN.findall(value), key=len, default="")
    return longest.encode() if len(longest) >= _LEAST else b""


def matches(query: Query, event: Mapping[str, Any]) -> bool:
    """Whether all that was asked is so. Members of a wrong shape are like members that are absent."""
    who = mapping(event, "userIdentity")
    return (
        (not query.access_keys or string(who, "accessKeyId") in query.access_keys)
        and (not query.event_names or any(_named(event, name) for name in query.event_names))
        and (not query.error_codes or _failed(string(event, "errorCode"), query.error_codes))
        and (not query.source_ips or _came_from(string(event, "sourceIPAddress"), query.source_ips))
        and (not query.principals or not set(query.principals).isdisjoint(_principals(who)))
        and (not query.sessions or not set(query.sessions).isdisjoint(_sessions(who)))
        and (not query.resources or not set(query.resources).isdisjoint(_resources(event)))
        and (not (query.since or query.until) or _timely(event_time(event), query))
    )


ASKED_OF = {
    "access_keys": "userIdentity", "principals": "userIdentity", "sessions": "userIdentity",
    "event_names": "eventName", "error_codes": "errorCode", "source_ips": "sourceIPAddress",
}  # fmt: skip
"""Field of the query → member of the event that decides it."""


def event_time(event: Mapping[str, Any]) -> datetime | None:
    """When it happened; None when that cannot be read."""
    try:
        found = datetime.fromisoformat(string(event, "eventTime"))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def made(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the keys and sessions that this call handed out."""
    answer = mapping(event, "responseElements")
    found = (string(mapping(answer, name), "accessKeyId") for name in ("credentials", "accessKey"))
    return () if event.get("errorCode") else tuple(key for key in found if key)


def string(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def mapping(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, (dict, Mapping)) else {}  # a dict is told at once, a Mapping is not


def _timely(at: datetime | None, query: Query) -> bool:
    return at is None or ((not query.since or query.since <= at) and (not query.until or at < query.until))


def _named(event: Mapping[str, Any], wanted: str) -> bool:
    service, _, name = wanted.rpartition(".")
    source = string(event, "eventSource")
    return string(event, "eventName") == name and (not service or source.partition(".")[0] == service)


def _failed(code: str, wanted: tuple[str, ...]) -> bool:
    return bool(code) and (code in wanted or ANY in wanted)


def _principals(who: Mapping[str, Any]) -> Iterator[str]:
    issuer = mapping(mapping(who, "sessionContext"), "sessionIssuer")
    for one in (who, issuer):
        for member in ("arn", "userName", "principalId"):
            if found := string(one, member):
                yield found
                yield found.partition(":")[0] if member == "principalId" else found


def _sessions(who: Mapping[str, Any]) -> Iterator[str]:
    arn, unique = string(who, "arn"), string(who, "principalId")
    if ":assumed-role/" in arn or ":federated-user/" in arn:
        yield arn
        yield arn.rsplit("/", 1)[-1]
    if ":" in unique:
        yield unique
        yield unique.split(":", 1)[1]


def _resources(event: Mapping[str, Any]) -> Iterator[str]:
    waiting = [event.get("resources"), event.get("requestParameters"), event.get("responseElements")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
            if value.startswith("arn:"):
                yield re.split("[:/]", value)[-1]
        elif isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _came_from(text: str, wanted: tuple[str, ...]) -> bool:
    if text in wanted:
        return bool(text)
    address = _address(text)
    return address is not None and any(
        network is not None and address.version == network.version and address in network
        for network in map(network_of, wanted)
    )


def _address(text: str) -> "IPv4Address | IPv6Address | None":
    from ipaddress import ip_address

    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def network_of(text: str) -> "IPv4Network | IPv6Network | None":
    from ipaddress import ip_network

    address = _address(text)
    try:
        return ip_network(address if address is not None else text)
    except ValueError:
        return None
