"""What happens around the incident in a rehearsal: what the room says, hints, a pause, the score."""

from collections.abc import Iterable

from irtui.engine.operator import Message
from irtui.tui.present.journal import Recorded
from irtui.tui.present.lines import EMPTY, Line, reflowed, say

_SAID = {"inject": "", "hint": "hint "}


def from_the_room(message: Message) -> bool:
    """An inject or a hint: it must be read, and put away by hand."""
    return bool(_SAID.keys() & message.details.keys())


def room_lines(message: Message) -> tuple[Line, ...]:
    return (*reflowed(message.text), EMPTY, say("m shows it again.", "dim"))


def said_lines(records: Iterable[Recorded]) -> tuple[Line, ...]:
    """Injects and hints with their time, as the journal has them."""
    lines: list[Line] = []
    for record in records:
        kind = str(record.body.get("kind", "")) if record.type == "note" else ""
        if kind in _SAID:
            step = f"{record.body.get('of', '')} " if kind == "hint" else ""
            lines += [
                ((f"{record.t[11:19]}Z ", "dim"), (f"{_SAID[kind]}{step}", "head"), (str(record.body["text"]), "")),
                EMPTY,
            ]
    return tuple(lines) or (say("Nothing yet. i asks for a hint.", "dim"),)


def debrief_lines(markdown: str) -> tuple[Line, ...]:
    """The debrief for reading: headings stand out, a table's rows are lines; the words stay as they were written."""
    return tuple(_debriefed(line) for line in markdown.strip().split("\n") if not line.startswith("| ---"))


def _debriefed(line: str) -> Line:
    if line.startswith("#"):
        return say(line.lstrip("# "), "head")
    if line.startswith("| "):
        first, *others = line.strip("| ").split(" | ")
        return ((first, "name"), *((f" | {cell}", "") for cell in others))
    return say(line)


def paused(records: Iterable[Recorded]) -> bool:
    """The rehearsal's world stands still."""
    kinds = [record.body.get("kind") for record in records if record.type == "note"]
    moves = [kind for kind in kinds if kind in ("pause", "resume")]
    return bool(moves) and moves[-1] == "pause"
