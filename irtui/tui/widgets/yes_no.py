"""Yes or no in words, so that it is told without colours."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from irtui.tui.widgets.paint import safe


class YesNo(Static, can_focus=True):
    HELP = "Yes or no. space changes it, enter goes to the next line."
    DEFAULT_CSS = """
    YesNo { height: 1; width: 1fr; padding: 0 1; background: $panel; }
    YesNo:focus { background: $irtui-focus; color: $background; }
    YesNo:focus:nocolor { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "yes or no", id="yes_no.turn", tooltip="Yes or no"),
        Binding("enter", "app.focus_next", "next line", show=False, id="yes_no.next", tooltip="Next line"),
    ]

    @dataclass
    class Changed(Message):
        value: bool

    def __init__(self, value: bool, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.value = value

    def on_mount(self) -> None:
        self._show()

    def on_click(self, event: events.Click) -> None:
        self.action_turn()

    def action_turn(self) -> None:
        self.value = not self.value
        self._show()
        self.post_message(self.Changed(self.value))

    def _show(self) -> None:
        self.update(safe("[x] yes" if self.value else "[ ] no"))
