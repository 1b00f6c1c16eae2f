"""Where irtui keeps things on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from irtui.errors import UsageError

APP = "irtui"


@dataclass(frozen=True, slots=True)
class Home:
    data: Path
    """Incidents and trust."""
    config: Path
    """Settings and a team's runbooks."""
    state: Path
    """Logs."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Home":
        """The platform's own folders; `IRTUI_HOME` puts all of them in one place."""
        home = environ.get("IRTUI_HOME")
        if home:
            root = Path(home).expanduser().absolute()
            return cls(root / "data", root / "config", root / "state")
        return cls(
            platformdirs.user_data_path(APP, appauthor=False),
            platformdirs.user_config_path(APP, appauthor=False),
            platformdirs.user_state_path(APP, appauthor=False),
        )

    @property
    def incidents(self) -> Path:
        return self.data / "incidents"

    @property
    def settings(self) -> Path:
        return self.config / "config.toml"

    @property
    def trust(self) -> Path:
        return self.data / "trust.json"

    @property
    def log(self) -> Path:
        return self.state / "log" / "irtui.log"

    @property
    def tests(self) -> Path:
        """Journals of the rehearsals that failed when a runbook was last tested."""
        return self.state / "tests"

    def incident(self, name: str) -> Path:
        """The folder of one incident, by its id or an unambiguous beginning of it. Raises UsageError."""
        found = sorted(
            folder for folder in self.incidents.glob("*") if folder.is_dir() and folder.name.startswith(name.upper())
        )
        exact = [folder for folder in found if folder.name == name.upper()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            raise UsageError(f"There is no incident {name!r}.", advice="`irtui incidents list` shows them.")
        names = ", ".join(folder.name for folder in found[:5])
        raise UsageError(f"{name!r} is the beginning of several incidents: {names}.", advice="Write more of it.")
