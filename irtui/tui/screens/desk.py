"""The desk: continue an incident, pick a runbook, or play a game day.

j k move · enter opens · / searches · r receives · v asks CloudTrail · q leaves irtui. The lists are mounted when
they have been read, so that the first frame is light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, OptionList, Static

from irtui.tui.present.lines import EMPTY, say
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import safe

if TYPE_CHECKING:
    from irtui.tui.present.desk import DeskRow, Shelf
    from irtui.tui.widgets.pane import Pane
    from irtui.tui.widgets.rows import Rows


class DeskScreen(FullScreen):
    HELP = "Incidents to continue, runbooks and game days. Nothing is asked of AWS before you open one."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="desk.open", tooltip="Open what is highlighted"),
        Binding("slash", "search", "search", id="desk.search", key_display="/", tooltip="Search all entries"),
        Binding(
            "r", "receive", "receive", id="desk.receive", tooltip="Take an incident from another machine: its file"
        ),
        Binding("v", "trail", "CloudTrail", id="desk.trail", tooltip="Validate, search, cover CloudTrail; reads only"),
        Binding("escape", "clear", "clear", show=False, id="desk.clear", tooltip="End the search"),
        Binding("tab", "app.focus_next", "pane", show=False, id="desk.pane", tooltip="Next pane"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shelf: Shelf | None = None
        self._rows: tuple[DeskRow, ...] = ()

    def body(self) -> ComposeResult:
        with Horizontal(id="desk"), Vertical(id="choice"):
            yield Static(safe(" Reading runbooks and incidents …", "dim"), id="reading", markup=False)

    def on_mount(self) -> None:
        self.query_one("#choice").border_title = "Desk"

    async def show(self, shelf: Shelf) -> None:
        from irtui.tui.widgets.pane import Pane
        from irtui.tui.widgets.rows import Rows

        if self._shelf is None:
            await self.query_one("#reading").remove()
            await self.query_one("#choice").mount(Input(id="search", placeholder="search"), Rows(id="entries"))
            await self.query_one("#desk").mount(Pane(id="detail"))
            self.query_one("#search").display = False
            self.query_one("#entries").focus()
        self._shelf = shelf
        self._fill(self.query_one("#search", Input).value)

    def _fill(self, words: str) -> None:
        from irtui.tui.present.desk import desk_rows

        if self._shelf is None:
            return
        self._rows = desk_rows(self._shelf, words)
        rows = self._entries()
        rows.show([(str(place) if row.entry else "", row.line) for place, row in enumerate(self._rows)])
        if rows.key:
            rows.highlighted = None
            rows.action_first()
        else:
            nothing = "Nothing matches." if words else "No runbook was found."
            self._detail().show((say(nothing, "dim"),))

    def _entries(self) -> Rows:
        return cast("Rows", self.query_one("#entries"))

    def _detail(self) -> Pane:
        return cast("Pane", self.query_one("#detail"))

    @on(OptionList.OptionHighlighted, "#entries")
    def _highlighted(self) -> None:
        from irtui.tui.present.desk import detail_lines

        key = self._entries().key
        if key and int(key) < len(self._rows):
            pane = self._detail()
            pane.show((*detail_lines(self._rows[int(key)].entry), EMPTY))
            pane.scroll_home(animate=False)

    @on(OptionList.OptionSelected, "#entries")
    def action_open(self) -> None:
        if self._shelf is None:
            return
        key = self._entries().key
        entry = self._rows[int(key)].entry if key else None
        if entry is not None:
            self.irtui.open_entry(entry)

    def action_trail(self) -> None:
        if self._shelf is not None:
            self.irtui.show_forensics()

    def action_receive(self) -> None:
        from irtui.tui.screens.ask import TextDialog

        if self._shelf is None:
            return
        lines = [
            say("The file that somebody handed over to you. Its sha256 is shown to compare, its journal is verified;"),
            say("then you sign on with a key and an AWS identity of your own."),
        ]
        self.app.push_screen(
            TextDialog("Receive an incident", lines), lambda file: self.irtui.receive(file) if file else None
        )

    def action_search(self) -> None:
        if self._shelf is None:
            return
        search = self.query_one("#search", Input)
        search.display = True
        search.focus()

    def action_clear(self) -> None:
        if self._shelf is None:
            return
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

    def leave(self) -> bool:
        self.app.exit(0)
        return True
