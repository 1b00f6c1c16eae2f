"""What a planned call changes, as the lines of a diff, and values as lines: for whoever must say yes or no.

Rules: one member that is watched is shown as its value alone. What was there before an undone call is said as it was
seen: its value, nothing, or unknown. Secrets are masked; the faces make foreign text inert.
"""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from irtui.canonical import plain
from irtui.model.effect import Effect
from irtui.model.outcome import Observed
from irtui.model.plan import PlannedCall
from irtui.redact import masked

NOTHING = "nothing there"
AROUND = 3
"""Lines that stay the same and are shown before and after one that does not."""

Changed = tuple[str, str]
"""`-`, `+` or a space, and the line."""


def difference(planned: PlannedCall) -> tuple[Changed, ...]:
    """`-` what is there now, `+` what is expected afterwards."""
    found = difflib.ndiff(before_lines(planned.before), after_lines(planned))
    return tuple((line[0], line[2:]) for line in found if line[0] != "?")


def shortened(changed: tuple[Changed, ...]) -> tuple[Changed, ...]:
    """Without what stays the same and stands far from what does not; how much that is, is said."""
    near = {at + step for at, (mark, _) in enumerate(changed) if mark != " " for step in range(-AROUND, AROUND + 1)}
    found: list[Changed] = []
    left = 0
    for at, line in enumerate((*changed, ("", ""))):
        if at < len(changed) and at not in near and near:
            left += 1
            continue
        if left:
            found.append((" ", f"… {left} the same"))
        left = 0
        found += [line] if at < len(changed) else []
    return tuple(found)


def before_lines(observed: Observed | None) -> list[str]:
    if observed is None:
        return ["not read: nothing shows what is there now"]
    if observed.state == "present":
        return outline(_bare(observed.value))
    return [NOTHING] if observed.state == "absent" else [f"unknown: {observed.why or 'could not be read'}"]


def after_lines(planned: PlannedCall) -> list[str]:
    after = planned.after
    if isinstance(after, Mapping) and after.keys() == Observed("").as_data().keys():
        return before_lines(Observed.from_data(after))
    if after is not None:
        before = planned.before.value if planned.before else None
        alike = isinstance(after, Mapping) and isinstance(before, Mapping) and after.keys() == before.keys()
        return outline(_bare(after) if alike else after)
    return [NOTHING] if planned.effect is Effect.DESTROY else ["not foretold"]


def _bare(value: Any) -> Any:
    """One watched field is shown as its value alone: the check names the field."""
    if isinstance(value, Mapping) and len(value) == 1:
        (value,) = value.values()
        if isinstance(value, list | tuple) and len(value) == 1:
            (value,) = value
    return value


def compact(value: Any) -> str:
    """A value on one line: a string as it is, else JSON."""
    value = plain(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def outline(value: Any, indent: str = "") -> list[str]:
    """A value as indented `name: value` lines, shorter than JSON; for reading and comparing, not for parsing."""
    value = masked(plain(value))
    if isinstance(value, dict) and value:
        lines = []
        for name, item in sorted(value.items()):
            nested = isinstance(item, dict | list) and bool(item)
            lines += (
                [f"{indent}{name}:", *outline(item, indent + "  ")] if nested else [f"{indent}{name}: {compact(item)}"]
            )
        return lines
    if isinstance(value, list) and value:
        lines = []
        for item in value:
            first, *rest = outline(item, indent + "  ")
            lines += [f"{indent}- {first.lstrip()}", *rest]
        return lines
    return [f"{indent}{compact(value)}"]
