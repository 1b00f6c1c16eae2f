"""`${handle.attribute}` → what that is called in this world. IAM's own `${aws:…}` variables are left alone."""

import re
from collections.abc import Mapping
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.scenario import WorldPlan

_REFERENCE = re.compile(r"\$\{([a-z_][a-z0-9_]*(?:\.[a-z]+)?)\}")


def names(plan: WorldPlan) -> dict[str, str]:
    """What is known before anything is made; key ids come when the keys do."""
    prefix = f"arn:aws:iam::{plan.account}:"
    known = {"account": plan.account, "region": plan.region}
    for kind, things in (("group", plan.groups), ("user", plan.users), ("role", plan.roles)):
        for handle, thing in things.items():
            known |= {f"{handle}.name": thing.name, f"{handle}.arn": f"{prefix}{kind}/{thing.name}"}
    for handle, bucket in plan.buckets.items():
        known |= {f"{handle}.name": bucket.name, f"{handle}.arn": f"arn:aws:s3:::{bucket.name}"}
    return known


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
