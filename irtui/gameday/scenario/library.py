"""Scenarios by name: those that came with irtui, then those in a team's own folders.

Rules: a shipped name is taken, another folder's file of that name is reached by its path only. A base is looked
for beside the file that names it as well.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from irtui.gameday.scenario.files import FOLDER, names, path_of, text_of
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.parse import parse_scenario


class Scenarios:
    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (FOLDER, *folders)

    def names(self) -> tuple[str, ...]:
        return names(self._folders)

    def find(self, name_or_path: str | Path) -> Scenario:
        """By name, or by path. Raises RunbookError or UsageError."""
        path = path_of(self._folders, str(name_or_path))
        beside = (*self._folders, path.parent)
        return parse_scenario(text_of(self._folders, str(name_or_path)), str(path), partial(text_of, beside))


def scenario_names() -> tuple[str, ...]:
    """Of the scenarios that came with irtui."""
    return Scenarios().names()


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A shipped scenario by name, or any by path. Raises RunbookError or UsageError."""
    return Scenarios().find(name_or_path)
