"""Which keys the scenario format has at a place, and which of them an author may have meant."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from pydantic.fields import FieldInfo

from irtui.runbook.load import Path

MOST_SAID = 24
"""Names that a hint lists at most."""


def meant(root: type, at: Path, ours: Collection[str] = ()) -> str:
    """A hint for the key at the end of the path: the nearest known one, else all that there are but `ours`."""
    held: Any = root
    for part in at[:-1]:
        # what is no key of its own is an item's number or a name that the author chose
        held = keys_of(held).get(part) or held
    return nearest(str(at[-1]), [key for key in keys_of(held) if key not in ours])


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: the nearest that is, else the known ones."""
    there = sorted(set(known))
    near = difflib.get_close_matches(name, there, 1, 0.6)
    if near:
        return f"Did you mean {near[0]}?"
    more = f" and {len(there) - MOST_SAID} more" if len(there) > MOST_SAID else ""
    return f"Known: {', '.join(there[:MOST_SAID])}{more}." if there else "There is none."


def keys_of(held: type) -> Mapping[Any, Any]:
    """Key, as it is written → the part of the format that is under it; None where nothing is."""
    hints = get_type_hints(held, include_extras=True)
    found = {}
    for each in fields(held):
        said = [one.alias for one in getattr(hints[each.name], "__metadata__", ()) if isinstance(one, FieldInfo)]
        found[next((name for name in said if name), each.name)] = _part(hints[each.name])
    return found


def _part(annotation: Any) -> Any:
    """The part inside `tuple[X, ...]`, `Mapping[str, X]`, `X | None`, `Annotated[X, …]`."""
    if isinstance(annotation, type) and is_dataclass(annotation):
        return annotation
    return next((part for argument in get_args(annotation) if (part := _part(argument)) is not None), None)
