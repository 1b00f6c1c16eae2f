"""What a verb needs from outside: who asked, where irtui keeps things, and a desk. Heavy imports wait until they
are needed.
"""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irtui.errors import UsageError

if TYPE_CHECKING:
    from irtui.desk.desk import Desk
    from irtui.desk.home import Home
    from irtui.desk.nouns import Request


@dataclass(frozen=True, slots=True)
class Opening:
    """What the TUI shows first: the desk, or one request or incident."""

    desk: "DeskToCome"
    request: "Request | None" = None
    incident: str | None = None
    """Incident to go on with; empty: the newest that is open; None: none."""
    profile: str = ""
    key: str = ""
    ascii_only: bool = False


Screen = Callable[[Opening], int]
"""Opens the TUI, blocks until it is left, and returns the exit code. Raises the error that ended it."""


@dataclass(frozen=True, slots=True)
class Session:
    """One command line."""

    json: bool
    removed: tuple[str, ...]
    """Names of variables that were taken out of the environment because they could steer a run."""
    screen: Screen


def no_screen(opening: Opening) -> int:
    raise UsageError("This build has no TUI.", advice="Use --plain.")


def home(environ: Mapping[str, str] = os.environ) -> "Home":
    from irtui.desk.home import Home

    return Home.from_environ(environ)


def open_desk(runbooks: tuple[str, ...] = (), scenarios: tuple[str, ...] = ()) -> "Desk":
    """The desk with this machine's settings. Raises SettingsError."""
    return DeskToCome(runbooks, scenarios).made()


class DeskToCome:
    """A desk whose parts are loaded when something of it is first asked, on the thread that asks: the TUI's own.

    Settings are read at once, so that what is wrong with them is said before a screen is drawn. Library warnings go
    to the log from here on. Raises SettingsError.
    """

    def __init__(self, runbooks: tuple[str, ...] = (), scenarios: tuple[str, ...] = ()) -> None:
        from irtui.cli.logs import log_to
        from irtui.settings.load import load_settings

        self.home = home()
        log_to(self.home.log)
        self.settings = load_settings(self.home.settings)
        self._folders = tuple(Path(folder) for folder in runbooks)
        self._scenarios = tuple(Path(folder) for folder in scenarios)
        self._desk: Desk | None = None
        self._lock = threading.Lock()

    def made(self) -> "Desk":
        with self._lock:
            if self._desk is None:
                from irtui.desk.desk import Desk

                self._desk = Desk(self.home, self.settings, os.environ, self._folders, scenario_folders=self._scenarios)
            return self._desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made(), name)
