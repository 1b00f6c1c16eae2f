"""What a rehearsal's operator asked of the world that it does not do exactly as AWS does. In the world's process."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from irtui.simulator import fidelity


def limits(requests: Iterable[Mapping[str, Any]], keys: Collection[str]) -> list[dict[str, str]]:
    """One row per operation that was sent with one of these keys, in the order of the first time."""
    asked = dict.fromkeys((str(r["service"]), str(r["operation"])) for r in requests if r["key"] in keys)
    labels = {(service, name): fidelity.of(service, name) for service, name in asked}
    return [
        {"operation": f"{service}.{name}", "label": found.label, "why": found.why}
        for (service, name), found in labels.items()
        if found.label != "exact"
    ]
