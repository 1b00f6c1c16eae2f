"""A reply as branches: what a tree shows of it, and where a search finds something."""

from collections.abc import Mapping, Sequence
from typing import Any

from irtui.report.difference import compact

MOST = 2000
"""Branches of one level that are shown; a line says how many more there are."""


def branches(value: Any) -> list[tuple[str, Any]]:
    """(label, what is below it or None) for each member of a mapping or list."""
    if isinstance(value, Mapping):
        pairs = [(str(name), item) for name, item in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str):
        pairs = [(f"[{index}]", item) for index, item in enumerate(value)]
    else:
        return [(compact(value), None)]
    shown: list[tuple[str, Any]] = [_branch(name, item) for name, item in pairs[:MOST]]
    if len(pairs) > MOST:
        shown.append((f"… {len(pairs) - MOST} more; export the evidence to see them", None))
    return shown


def _branch(name: str, item: Any) -> tuple[str, Any]:
    if isinstance(item, Mapping | list) and item:
        return f"{name}  ({len(item)})", item
    return f"{name}  {compact(item)}", None


def found_after(labels: Sequence[str], words: str, here: int, direction: int) -> int | None:
    """Index of the next label that holds `words`, going round; None when none does."""
    wanted = words.strip().lower()
    if not wanted:
        return None
    for offset in range(1, len(labels) + 1):
        place = (here + direction * offset) % len(labels)
        if wanted in labels[place].lower():
            return place
    return None
