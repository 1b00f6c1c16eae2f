"""`${handle.attribute}` → what that is called in this world. IAM's own `${aws:…}` variables are left alone."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from irtui.errors import RunbookError

if TYPE_CHECKING:  # the format asks here which names are known
    from irtui.gameday.scenario.format import Scenario

TOKEN = "mail.token"
"""Known once somebody was invited by mail to a topic: the token of the last invitation."""
_REFERENCE = re.compile(r"\$\{([a-z_][a-z0-9_]*(?:\.[a-z]+)?)\}")


def names(scenario: "Scenario") -> dict[str, str]:
    """What is known before anything is made; key ids come when the keys do."""
    plan = scenario.world
    known = {"account": plan.account, "region": plan.region}
    held = [plan.buckets, *(other.buckets for other in scenario.accounts.values())]
    for handle, bucket in (each for buckets in held for each in buckets.items()):
        known |= {f"{handle}.name": bucket.name, f"{handle}.arn": f"arn:aws:s3:::{bucket.name}"}
    for handle, other in scenario.accounts.items():
        known |= {handle: other.account, f"{handle}.account": other.account}
        known |= _arns(other.account, user=other.users, role=other.roles)
    return known | _arns(plan.account, group=plan.groups, user=plan.users, role=plan.roles)


def references(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every reference in `value`, with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from references(key, (*at, key))
            yield from references(item, (*at, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from references(item, (*at, index))
    elif isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            yield at, match.group(1)


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """`value` with every reference replaced. Raises RunbookError for one that names nothing."""
    if isinstance(value, Mapping):
        return {filled(key, known): filled(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, known) for item in value]
    if not isinstance(value, str):
        return value

    def named(match: re.Match[str]) -> str:
        if match.group(1) not in known:
            raise RunbookError(f"${{{match.group(1)}}} names nothing in this world")
        return known[match.group(1)]

    return _REFERENCE.sub(named, value)


def _arns(account: str, **kinds: Mapping[str, Any]) -> dict[str, str]:
    known: dict[str, str] = {}
    for kind, things in kinds.items():
        for handle, thing in things.items():
            known |= {f"{handle}.name": thing.name, f"{handle}.arn": f"arn:aws:iam::{account}:{kind}/{thing.name}"}
    return known
