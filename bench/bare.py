"""A bare Textual app: the least that draws a frame and answers a key. What irtui's first frame is compared with."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header


class Bare(App[None]):
    BINDINGS: ClassVar = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Header()
        table: DataTable[str] = DataTable()
        table.add_columns("a", "b")
        yield table
        yield Footer()

    def on_ready(self) -> None:
        self.title = "ready-and-bare"


if __name__ == "__main__":
    Bare().run()
