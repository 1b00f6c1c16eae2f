"""One thing that lint says of a scenario."""

from typing import NamedTuple

from irtui.runbook.load import Path


class Said(NamedTuple):
    at: Path
    words: str
    level: str = "error"
    """`error`: it cannot be played or won; `warning`: it can, and teaches less than it should."""
    hint: str = ""
