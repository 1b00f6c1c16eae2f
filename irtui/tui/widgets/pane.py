"""Text that scrolls: instruction, plan, result. Keys move it; nothing in it can be clicked into action."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from irtui.tui.present.lines import Line
from irtui.tui.widgets.paint import painted_lines


class Pane(VerticalScroll):
    HELP = "Text. j k or the arrows scroll, g G jump to its ends."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "down", show=False, id="pane.down", tooltip="Scroll down"),
        Binding("k", "scroll_up", "up", show=False, id="pane.up", tooltip="Scroll up"),
        Binding("g", "scroll_home", "top", show=False, id="pane.top", tooltip="To the top"),
        Binding("G", "scroll_end", "end", show=False, id="pane.end", tooltip="To the end"),
    ]
    DEFAULT_CSS = """
    Pane > Static { height: auto; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None, lines: Iterable[Line] = ()) -> None:
        super().__init__(id=id)
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        yield Static(painted_lines(self._lines), markup=False)

    def show(self, lines: Iterable[Line]) -> bool:
        """True when the text has changed."""
        new = tuple(lines)
        if new == self._lines:
            return False
        self._lines = new
        if self.is_mounted:
            self.query_one(Static).update(painted_lines(new))
        return True
