"""What the trail screen shows of one report: lines above the list, a row for each thing, and what a row says whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from irtui.text import inert
from irtui.tui.present.lines import Line, say

NOTHING = {
    "coverage": "No coverage report yet: a step of the runbook asks what CloudTrail can show.",
    "validation": "No validation yet: a step of the runbook checks the trail's files.",
    "events": "No search yet: a step of the runbook searches CloudTrail's events.",
}
TABS = tuple(NOTHING)


class View(Protocol):
    """One report. Rows are made when they are asked for."""

    title: str

    def __len__(self) -> int: ...
    def head(self, width: int) -> tuple[Line, ...]: ...
    def line(self, index: int, width: int) -> Line: ...
    def hay(self, index: int) -> str:
        """What a filter looks in, in small letters."""
        ...

    def told(self, index: int) -> tuple[Line, ...]:
        """In short, below the list."""
        ...

    def whole(self, index: int) -> tuple[Line, ...]: ...
    def tree(self, index: int) -> Any:
        """What is shown as a tree instead of as lines; None for lines."""
        ...


def found(view: View, words: str, among: Sequence[int]) -> list[int]:
    """The rows in which every word occurs, of those in `among`."""
    wanted = words.lower().split()
    return [index for index in among if all(word in view.hay(index) for word in wanted)]


def maps(value: Any) -> tuple[Mapping[str, Any], ...]:
    given = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(one for one in given if isinstance(one, Mapping))


def strings(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def field(data: Any, name: str, most: int = 256) -> str:
    """A member on one line, cut; empty where it is missing."""
    value = data.get(name) if isinstance(data, Mapping) else None
    return "" if value is None or value == "" else inert(inert(value, 4096), most)


def number(data: Any, name: str) -> int:
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def minute(moment: str) -> str:
    """`11-23 02:31Z`; what is no time stays as it is."""
    plain = len(moment) >= 16 and moment[4:5] == "-" and moment[10:11] == "T"
    return f"{moment[5:10]} {moment[11:16]}Z" if plain else moment[:24]


def nothing(tab: str) -> tuple[Line, ...]:
    return (say(f" {NOTHING[tab]}", "warn"),)
