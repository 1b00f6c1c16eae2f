"""Inputs of an action as values of their type. Every function raises RunbookError for what is not one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.actions.interface import InputField
from irtui.errors import RunbookError, UsageError
from irtui.runbook.format import seconds
from irtui.trail.search.query import Query, checked

QUERY: Mapping[str, InputField] = {
    "access_key_id": InputField("access_key_id", required=False, help="Who called: AKIA… or ASIA…; or a list."),
    "principal": InputField("string", required=False, help="ARN, name or unique id of a user or role."),
    "sessions": InputField("list", required=False, help="Role session names, or ARNs of assumed roles."),
    "event_names": InputField("list", required=False, help="CreateUser, or iam.CreateUser."),
    "source_ips": InputField("list", required=False, help="Addresses or networks."),
    "resources": InputField("list", required=False, help="ARNs, names or ids of what was acted on."),
    "error_codes": InputField("list", required=False, help="What AWS answered; * is any refusal."),
    "since": InputField("string", required=False, help="A time, or how long ago: 24h, 90d."),
    "until": InputField("string", required=False, help="Not included."),
}
"""Inputs of an action that searches."""


def span(inputs: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """`since` and `until`; without `until` it is now."""
    since, until = moment(inputs, "since", now), moment(inputs, "until", now) or now
    if since is None:
        raise RunbookError("The input since is empty")
    if since >= until:
        raise RunbookError("The input since is not before until")
    return since, until


def moment(inputs: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    """A time in UTC, or a duration before now (`24h`, `90d`). None: it was not given."""
    value = inputs.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        with suppress(ValueError):
            return now - timedelta(seconds=seconds(value))
        with suppress(ValueError):
            value = datetime.fromisoformat(value.strip())
    if not isinstance(value, datetime):
        raise RunbookError(f"The input {name} is no time", advice="Write 2026-03-01T08:00:00Z, or how long ago: 24h.")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(inputs: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A text or a list of texts, none of them empty; () when it was not given."""
    value = inputs.get(name)
    found = [] if value is None or value == "" else [value] if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) and item.strip() for item in found):
        raise RunbookError(f"The input {name} must be a list of texts, none of them empty")
    return tuple(dict.fromkeys(item.strip() for item in found))


def account(inputs: Mapping[str, Any], name: str) -> str:
    """Twelve digits; empty when it was not given, and then it is the caller's own."""
    value = inputs.get(name)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not (len(value) == 12 and value.isascii() and value.isdigit()):
        raise RunbookError(f"The input {name} is no account", advice="An account number has twelve digits.")
    return value


def flag(inputs: Mapping[str, Any], name: str) -> bool:
    """True or false, also as text; false when it was not given."""
    value = inputs.get(name)
    if value in (None, "", False, "false"):
        return False
    if value in (True, "true"):
        return True
    raise RunbookError(f"The input {name} is neither true nor false")


def query_of(inputs: Mapping[str, Any], now: datetime) -> Query:
    """What QUERY names."""
    with usable():
        return checked(
            Query(
                access_keys=words(inputs, "access_key_id"),
                principals=words(inputs, "principal"),
                sessions=words(inputs, "sessions"),
                event_names=words(inputs, "event_names"),
                source_ips=words(inputs, "source_ips"),
                resources=words(inputs, "resources"),
                error_codes=words(inputs, "error_codes"),
                since=moment(inputs, "since", now),
                until=moment(inputs, "until", now),
            )
        )


@contextmanager
def usable() -> Iterator[None]:
    """What the operator of a command line could not ask, a runbook cannot either."""
    try:
        yield
    except UsageError as error:
        raise RunbookError(error.message, advice=error.advice) from None
