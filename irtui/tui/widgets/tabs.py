"""A strip of tab names. The screen owns what a tab shows; this only says which one it is."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Static

from irtui.tui.present.lines import Span
from irtui.tui.widgets.paint import painted


class TabStrip(Static):
    DEFAULT_CSS = """
    TabStrip { height: 1; width: 1fr; text-wrap: nowrap; }
    """

    @dataclass
    class Chosen(Message):
        """A tab was clicked or moved to."""

        index: int

    def __init__(self, names: tuple[str, ...], *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._names = names
        self.index = 0

    def on_mount(self) -> None:
        self.choose(0)

    def choose(self, index: int) -> None:
        self.index = index % len(self._names)
        spans: list[Span] = []
        for position, name in enumerate(self._names):
            # Brackets as well as colour: the chosen tab is told without colours too.
            spans.append(
                (f"[{name}]" if position == self.index else f" {name} ", "key" if position == self.index else "dim")
            )
            spans.append((" ", ""))
        self.update(painted(tuple(spans)))
        self.post_message(self.Chosen(self.index))

    def on_click(self, event: events.Click) -> None:
        start = 0
        for position, name in enumerate(self._names):
            if start <= event.x < start + len(name) + 2:
                self.choose(position)
            start += len(name) + 3
