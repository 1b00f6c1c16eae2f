"""The desk: continue an incident, pick a runbook, or play a game day.

j k move · enter opens · / searches · q leaves irtui.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from irtui.tui.present.desk import DeskRow, Shelf, desk_rows, detail_lines
from irtui.tui.present.lines import EMPTY, say
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.rows import Rows


class DeskScreen(FullScreen):
    HELP = "Incidents to continue, runbooks and game days. Nothing is asked of AWS before you open one."
    AUTO_FOCUS = "#entries"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="desk.open", tooltip="Open what is highlighted"),
        Binding("slash", "search", "search", id="desk.search", key_display="/", tooltip="Search all entries"),
        Binding("escape", "clear", "clear", show=False, id="desk.clear", tooltip="End the search"),
        Binding("tab", "app.focus_next", "pane", show=False, id="desk.pane", tooltip="Next pane"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shelf: Shelf | None = None
        self._rows: tuple[DeskRow, ...] = ()

    def body(self) -> ComposeResult:
        with Horizontal(id="desk"):
            with Vertical(id="choice"):
                yield Input(id="search", placeholder="search")
                yield Rows(id="entries")
            yield Pane(id="detail", lines=(say("Reading runbooks and incidents …", "dim"),))

    def on_mount(self) -> None:
        self.query_one("#choice").border_title = "Desk"
        self.query_one("#search").display = False

    def show(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._fill(self.query_one("#search", Input).value)

    def _fill(self, words: str) -> None:
        if self._shelf is None:
            return
        self._rows = desk_rows(self._shelf, words)
        rows = self.query_one("#entries", Rows)
        rows.show([(str(place) if row.entry else "", row.line) for place, row in enumerate(self._rows)])
        if rows.key:
            rows.highlighted = None
            rows.action_first()
        else:
            nothing = "Nothing matches." if words else "No runbook was found."
            self.query_one("#detail", Pane).show((say(nothing, "dim"),))

    @on(Rows.OptionHighlighted, "#entries")
    def _highlighted(self) -> None:
        key = self.query_one("#entries", Rows).key
        if key and int(key) < len(self._rows):
            pane = self.query_one("#detail", Pane)
            pane.show((*detail_lines(self._rows[int(key)].entry), EMPTY))
            pane.scroll_home(animate=False)

    @on(Rows.OptionSelected, "#entries")
    def action_open(self) -> None:
        key = self.query_one("#entries", Rows).key
        entry = self._rows[int(key)].entry if key else None
        if entry is not None:
            self.irtui.open_entry(entry)

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def action_clear(self) -> None:
        search = self.query_one("#search", Input)
        search.value = ""
        search.display = False
        self.query_one("#entries").focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.query_one("#entries").focus()
