"""A list of painted rows with vim's keys beside the arrows. Headings cannot be chosen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from irtui.tui.present.lines import Line
from irtui.tui.widgets.paint import painted


class Rows(OptionList):
    HELP = "A list. j k or the arrows move, g G jump to its ends, enter opens the row."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select",
            "open",
            key_display="enter",
            id="list.open",
            tooltip="Open the row; it never runs a change",
        ),
        Binding("j", "cursor_down", "down", show=False, id="list.down", tooltip="Next row"),
        Binding("k", "cursor_up", "up", show=False, id="list.up", tooltip="Row before"),
        Binding("g", "first", "first", show=False, id="list.first", tooltip="First row"),
        Binding("G", "last", "last", show=False, id="list.last", tooltip="Last row"),
        Binding("ctrl+d", "page_down", "page down", show=False, id="list.page_down", tooltip="A page down"),
        Binding("ctrl+u", "page_up", "page up", show=False, id="list.page_up", tooltip="A page up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[tuple[str, Line], ...] = ()

    def show(self, rows: Sequence[tuple[str, Line]]) -> None:
        """Rows of (key, line); an empty key is a heading. What is highlighted stays so where its key remains."""
        new = tuple(rows)
        if [key for key, _ in new] == [key for key, _ in self._rows]:
            for index, (old, row) in enumerate(zip(self._rows, new, strict=True)):
                if old != row:
                    self.replace_option_prompt_at_index(index, painted(row[1]))
            self._rows = new
            return
        key = self.key
        self._rows = new
        self.set_options([Option(painted(line), disabled=not name) for name, line in new])
        if not self.choose(key):
            self.action_first()

    @property
    def key(self) -> str:
        """Of the highlighted row; empty when there is none."""
        index = self.highlighted
        return self._rows[index][0] if index is not None and index < len(self._rows) else ""

    def choose(self, key: str) -> bool:
        """Highlights the row with that key; False when there is none."""
        for index, (name, _) in enumerate(self._rows):
            if name and name == key:
                self.highlighted = index
                return True
        return False
