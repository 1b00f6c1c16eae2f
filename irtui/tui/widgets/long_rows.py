"""A list of very many rows: a row is made when it is drawn, so that a hundred thousand open as quickly as ten."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from irtui.tui.present.lines import Line
from irtui.tui.widgets.paint import painted


class LongRows(ScrollView, can_focus=True):
    HELP = "A list. j k or the arrows move, g G jump to its ends, enter opens the row."
    COMPONENT_CLASSES: ClassVar[set[str]] = {"long-rows--chosen"}
    DEFAULT_CSS = """
    LongRows { overflow-x: hidden; overflow-y: auto; }
    LongRows > .long-rows--chosen { background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground; }
    LongRows:focus > .long-rows--chosen { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    LongRows:nocolor > .long-rows--chosen { text-style: bold reverse; }
    """  # noqa: E501
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="long.down", tooltip="Next row"),
        Binding("k,up", "move(-1)", "up", show=False, id="long.up", tooltip="Row before"),
        Binding("g,home", "to(0)", "first", show=False, id="long.first", tooltip="First row"),
        Binding("G,end", "to(-1)", "last", show=False, id="long.last", tooltip="Last row"),
        Binding("ctrl+d,pagedown", "page(1)", "page down", show=False, id="long.page_down", tooltip="A page down"),
        Binding("ctrl+u,pageup", "page(-1)", "page up", show=False, id="long.page_up", tooltip="A page up"),
    ]

    @dataclass
    class Moved(Message):
        """Another row is highlighted."""

        index: int

    @dataclass
    class Chosen(Message):
        """A row was clicked a second time."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._count = 0
        self._line: Callable[[int], Line] = lambda index: ()
        self.index = 0

    def show(self, count: int, line: Callable[[int], Line], index: int = 0) -> None:
        """`line` makes row number so and so, of `count`; it is asked only for what is seen."""
        self._count, self._line = count, line
        self.virtual_size = Size(self.size.width, count)
        self.action_to(max(0, min(index, count - 1)))
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, self._count)

    def render_line(self, y: int) -> Strip:
        index, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if index >= self._count or width < 1:
            return Strip.blank(width, self.rich_style)
        chosen = ("long-rows--chosen",) if index == self.index else ()
        style = self.get_visual_style(*chosen)
        visual = painted(self._line(index)).truncate(width, ellipsis=True)
        strips = Visual.to_strips(self, visual, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width, self.rich_style)

    def action_move(self, by: int) -> None:
        self.action_to(max(0, min(self.index + by, self._count - 1)))

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 1))

    def action_to(self, index: int) -> None:
        self.index = max(0, index if index >= 0 else self._count + index)
        self.scroll_to_region(Region(0, self.index, 1, 1), animate=False, force=True)
        self.refresh()
        self.post_message(self.Moved(self.index))

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.scroll_offset.y
        if index < self._count and index == self.index:
            self.post_message(self.Chosen(index))
        elif index < self._count:
            self.action_to(index)
