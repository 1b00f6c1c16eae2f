"""The simulated worlds of rehearsals that were left: which run, and an end to them.

Rules: a world lives in its process's memory alone (about 130 MB), so a rehearsal whose world has ended cannot go on. It
ends when its rehearsal is closed, when somebody ends it here, or by itself WORLD_IDLE after the last request. A world
in whose incident somebody sits is never ended here.
"""

import json
import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from irtui.desk.home import Home
from irtui.desk.nouns import IncidentEntry
from irtui.errors import Denied, UsageError
from irtui.gameday.world import World
from irtui.journal.handle import writer

WORLD_IDLE = 4 * 3600
"""Seconds without a request after which a left rehearsal's world ends."""

LOOKS = 50
"""How often it is looked, a tenth of a second apart, whether a world that was told to end has ended."""


@dataclass(frozen=True, slots=True)
class LeftWorld:
    incident: str
    pid: int
    attended: bool
    """Somebody sits in it, or, where there is no journal yet, may be at its briefing."""


def folder_of(home: Home, incident: str) -> Path:
    return home.state / "worlds" / incident


def runs(home: Home, incident: str) -> bool:
    """Whether the process of its world is there."""
    return _pid(folder_of(home, incident)) is not None


def told(home: Home, entry: IncidentEntry) -> IncidentEntry:
    """The entry; of a rehearsal that was left with the word whether its world still runs."""
    left = entry.mode == "rehearsal" and entry.status == "open" and not entry.writer
    return replace(entry, why=f"its world {'runs' if runs(home, entry.id) else 'has ended'}") if left else entry


def running(home: Home) -> tuple[LeftWorld, ...]:
    """Every world of this home whose process is there, by incident."""
    found = []
    for folder in sorted((home.state / "worlds").glob("*")):
        if (pid := _pid(folder)) is not None:
            journal = home.incidents / folder.name
            found.append(LeftWorld(folder.name, pid, not journal.is_dir() or bool(writer(journal))))
    return tuple(found)


def end(home: Home, names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Ends the worlds of these incidents, or of all in which nobody sits; the ids of those that were ended.

    Raises UsageError for one that has no world, Denied for one in which somebody sits.
    """
    there = {world.incident: world for world in running(home)}
    for name in names:
        if name not in there:
            raise UsageError(f"{name} has no simulated world that runs.", advice="`irtui doctor` names those that do.")
        if holder := writer(home.incidents / name):
            raise Denied(f"{name} is held by {holder}.", advice="Leave it there first.")
    ended = names or tuple(world.incident for world in there.values() if not world.attended)
    for name in ended:
        World.connect(folder_of(home, name)).stop()
    waiting = threading.Event()
    for _ in range(LOOKS):
        if not any(runs(home, name) for name in ended):
            break
        waiting.wait(0.1)
    return ended


def _pid(folder: Path) -> int | None:
    """Of the world's process, as far as it is there; None: it has ended."""
    try:
        pid = int(json.loads((folder / "world.json").read_text())["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid
