"""What a verb needs from outside: who asked, where irtui keeps things, and a desk. Heavy imports wait until they
are needed.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from irtui.errors import UsageError

if TYPE_CHECKING:
    from irtui.desk.desk import Desk
    from irtui.desk.home import Home
    from irtui.desk.nouns import Request


@dataclass(frozen=True, slots=True)
class Opening:
    """What the TUI shows first: the desk, or one request or incident."""

    desk: "Desk"
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


def open_desk(runbooks: tuple[str, ...] = ()) -> "Desk":
    """The desk with this machine's settings. Library warnings go to the log from here on. Raises SettingsError."""
    from irtui.cli.logs import log_to
    from irtui.desk.desk import Desk
    from irtui.settings.load import load_settings

    place = home()
    log_to(place.log)
    return Desk(place, load_settings(place.settings), os.environ, tuple(Path(folder) for folder in runbooks))
