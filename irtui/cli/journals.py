"""A journal, or a line of one, as it is named on a command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from irtui.cli.opening import home
from irtui.errors import UsageError
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.journal.anchor import Anchor


def named(incident: str) -> Path:
    """A folder, a journal file or a bundle, by path or by the incident's id. Raises UsageError."""
    if not incident.strip():
        raise UsageError("No incident is named.", advice="`irtui incidents list` shows them.")
    path = Path(incident)
    return path if path.exists() else home().incident(incident)


def folder_of(incident: str) -> Path:
    """An incident's folder, by its own path, its journal's or its id. Raises UsageError for any other file: what stands
    beside that may be another journal."""
    from irtui.journal.handle import JOURNAL

    path = named(incident)
    if path.is_dir():
        return path
    if path.name == JOURNAL:
        return path.parent
    raise UsageError(
        f"{inert(path, 200)} is no incident's folder.",
        advice=f"Name the folder, or the {JOURNAL} in it. A bundle is unpacked first; `irtui audit verify` takes both.",
    )


def pasted_anchor(text: str) -> "Anchor":
    """Raises UsageError."""
    from irtui.journal.anchor import parse_anchor

    try:
        return parse_anchor(text)
    except ValueError as flaw:
        raise UsageError(f"{inert(text, 120)!r} is no anchor: {flaw}.") from None
