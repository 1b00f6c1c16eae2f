"""What two inventories of a simulated account say has changed. Light: whoever asks need not load the simulator."""

from collections.abc import Mapping

DELIVERED = "AWSLogs/"
"""A trail writes its files while the operator works: a new one is nobody's change, of the others it counts whether they
are hidden."""


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """What is not as it was, by path: `path: before → after`."""
    return tuple(
        f"{path}: {before.get(path, 'nothing')} → {after.get(path, 'nothing')}"
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path) and (path in before or DELIVERED not in path)
    )
