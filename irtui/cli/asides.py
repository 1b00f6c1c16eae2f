"""What the plain face can be asked for beside the walk, as lines: the journal's end, the family tree, the room."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from irtui.cli import family, present
from irtui.errors import IrtuiError
from irtui.text import inert

if TYPE_CHECKING:
    from irtui.desk.visit import Visit

LAST = 12
"""Records of the journal that are shown."""


class Asides:
    """Of one visit; before there is one, nothing."""

    def __init__(self, visit: "Visit | None" = None) -> None:
        self._visit = visit

    def journal(self) -> Iterator[str]:
        for record in self._visit.records()[-LAST:] if self._visit else ():
            yield f"  {record.t[11:19]}Z  #{record.seq:<4} {record.type:<10} {present.value_text(record.body, 90)}"

    def family(self) -> Iterator[str]:
        try:
            tree = self._visit.family() if self._visit else None
        except IrtuiError as error:
            yield f"  {inert(error.title)}: {inert(error.message)}"
            return
        yield from family.tree(tree) if tree is not None else [f"  {family.NOTHING}"]

    def said(self) -> Iterator[str]:
        """Injects and hints, as the journal has them."""
        notes = [record for record in (self._visit.records() if self._visit else ()) if record.type == "note"]
        said = [note for note in notes if note.body.get("kind") in ("inject", "hint")]
        for note in said:
            step = f"hint {inert(note.body.get('of', ''))} " if note.body["kind"] == "hint" else ""
            yield f"  {note.t[11:19]}Z  {step}{inert(note.body['text'], 4096)}"
        if not said:
            yield "  Nothing yet."
