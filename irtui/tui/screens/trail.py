"""What CloudTrail can show, whether its files can be believed, and the events that were found, one tab each.

left right or 1 2 3 change the tab · / filters · enter shows a row whole · y copies it · esc goes back.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from irtui.report.forensics import ACTIONS, kept_in
from irtui.tui.present.lines import Line, say
from irtui.tui.present.trail import TABS, View, found, nothing
from irtui.tui.present.trail_coverage import CoverageView
from irtui.tui.present.trail_events import EventsView
from irtui.tui.present.trail_findings import FindingsView
from irtui.tui.screens.ask import NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.screens.evidence import EvidenceTree, grow
from irtui.tui.widgets.long_rows import LongRows
from irtui.tui.widgets.paint import painted_lines, safe
from irtui.tui.widgets.tabs import TabStrip

VIEWS: tuple[Callable[..., View], ...] = (CoverageView, FindingsView, EventsView)


class TrailScreen(FullScreen):
    HELP = "What a bar or a list does not show is not proven to be absent. ? in a bar is unknown, never covered."
    CSS_PATH = "trail.tcss"
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "whole", "details", key_display="enter", id="trail.whole", tooltip="The row with all it says"),
        Binding("slash", "filter", "filter", key_display="/", id="trail.filter", tooltip="Only rows with these words"),
        Binding("left,h", "turn(-1)", "tab before", show=False, id="trail.tab_before", tooltip="Tab before"),
        Binding("right", "turn(1)", "next tab", key_display="→", id="trail.tab_next", tooltip="Next tab"),
        Binding("1", "tab(0)", "tabs", key_display="1 2 3", id="trail.tab1", tooltip="What CloudTrail can show"),
        Binding("2", "tab(1)", "validation", show=False, id="trail.tab2", tooltip="Whether the files can be believed"),
        Binding("3", "tab(2)", "events", show=False, id="trail.tab3", tooltip="The events that were found"),
        Binding("y", "copy", "copy", show=False, id="trail.copy", tooltip="Copy the row"),
        Binding("escape,q,v", "back", "back", key_display="esc", id="trail.back", tooltip="Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[int, View] = {}
        self._troubles: dict[int, str] = {}
        self._kept: Mapping[str, str] = {}
        """Hashes of what was read last."""
        self._tab = 0
        self._among: list[int] = []
        """The rows that the filter leaves."""
        self._words = ""

    def body(self) -> ComposeResult:
        yield TabStrip(TABS, id="tabs")
        yield Static(id="head", markup=False)
        with Vertical(id="found"):
            yield Input(id="filter", placeholder="filter: words that a row must hold")
            yield LongRows(id="rows")
        yield Static(id="told", markup=False)

    def on_mount(self) -> None:
        self.query_one("#filter").display = False
        self.sitting_changed()
        kept = [tab for tab, action in enumerate(ACTIONS) if action in self._kept]
        if kept and 0 not in kept:
            self.query_one("#tabs", TabStrip).choose(kept[0])
        self._show()

    def on_resize(self) -> None:
        super().on_resize()
        self.call_after_refresh(self._draw)

    def sitting_changed(self) -> None:
        """Reads what is newer, off the screen's thread."""
        self.refresh_banner()
        sitting = self.irtui.sitting
        if sitting is None:
            return
        kept = kept_in(sitting.records)
        for tab, action in enumerate(ACTIONS):
            if action in kept and kept[action] != self._kept.get(action):
                self._read(tab, kept[action], sitting.visit)
        self._kept = kept

    def _read(self, tab: int, digest: str, visit: Any) -> None:
        plain = self.irtui.ascii_only
        self.irtui.bridge.aside(
            lambda: VIEWS[tab](_mapping(visit.evidence(digest)), ascii_only=plain),
            lambda view, error: self.irtui.from_thread(self.take, tab, view, error),
        )

    def take(self, tab: int, view: View | None, error: BaseException | None = None) -> None:
        """A report was read, or could not be."""
        self._views.pop(tab, None)
        self._troubles.pop(tab, None)
        if view is not None:
            self._views[tab] = view
        else:
            self._troubles[tab] = str(error)
        if tab == self._tab and self.is_mounted:
            self._show()

    # What is shown.

    @on(TabStrip.Chosen)
    def _chosen(self, event: TabStrip.Chosen) -> None:
        self._tab = event.index
        self._show()

    def _show(self) -> None:
        """The tab anew, from its first row."""
        view = self._views.get(self._tab)
        self._words = self.query_one("#filter", Input).value
        self._among = found(view, self._words, range(len(view))) if view is not None else []
        self._draw()

    def _draw(self) -> None:
        """What is chosen stays so: only the width may be another one."""
        view, rows, box = self._views.get(self._tab), self.query_one("#rows", LongRows), self.query_one("#found")
        width = max(20, self.size.width - 3)
        head = self.query_one("#head", Static)
        if view is None:
            reading = ACTIONS[self._tab] in self._kept and self._tab not in self._troubles
            trouble = self._troubles.get(self._tab)
            words = (say(f" It cannot be read: {trouble}", "bad"),) if trouble else self.nothing()
            head.update(painted_lines((say(" reading …", "dim"),) if reading else words))
            box.border_title = ""
            rows.show(0, lambda index: ())
        else:
            head.update(painted_lines(view.head(width)))
            count = f"{len(self._among)} of {len(view)}" if self._words.strip() else str(len(view))
            box.border_title = safe(f"{view.title} · {count} rows")
            among, shown = self._among, view
            rows.show(len(among), lambda index: shown.line(among[index], width), rows.index)
        self._tell()

    def nothing(self) -> tuple[Line, ...]:
        """Said where there is no report."""
        return nothing(TABS[self._tab])

    def _row(self) -> tuple[View, int] | None:
        view, index = self._views.get(self._tab), self.query_one("#rows", LongRows).index
        return (view, self._among[index]) if view is not None and index < len(self._among) else None

    @on(LongRows.Moved)
    def _tell(self) -> None:
        row = self._row()
        self.query_one("#told", Static).update(painted_lines(row[0].told(row[1]) if row else ()))

    # Keys.

    @on(LongRows.Chosen)
    def action_whole(self) -> None:
        if (row := self._row()) is None:
            return
        view, index = row
        if (value := view.tree(index)) is not None:
            self.app.push_screen(EventScreen(value))
        else:
            self.app.push_screen(NoticeDialog(view.title, view.whole(index)))

    def action_turn(self, by: int) -> None:
        self.action_tab(self._tab + by)

    def action_tab(self, index: int) -> None:
        self.query_one("#rows", LongRows).index = 0
        strip = self.query_one("#tabs", TabStrip)
        strip.choose(index)
        self._tab = strip.index  # at once: what is pressed next is meant for it

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        """Another letter at the end looks only through what was left."""
        view = self._views.get(self._tab)
        if view is None:
            return
        grown = event.value.startswith(self._words)
        self._among = found(view, event.value, self._among if grown else range(len(view)))
        self._words = event.value
        self._draw()

    @on(Input.Submitted, "#filter")
    def _done(self) -> None:
        self.query_one("#rows").focus()

    def action_copy(self) -> None:
        if row := self._row():
            self.irtui.copy("\n".join("".join(text for text, _ in line) for line in row[0].whole(row[1])))

    def action_back(self) -> None:
        field = self.query_one("#filter", Input)
        if field.display:
            field.value, field.display = "", False
            self.query_one("#rows").focus()
        else:
            self.dismiss()


class EventScreen(FullScreen):
    """An event with all its members."""

    HELP = "The event as CloudTrail recorded it, secrets masked."
    CSS_PATH = "trail.tcss"
    AUTO_FOCUS = "#tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="event.copy", tooltip="Copy the line"),
        Binding("escape,q", "back", "back", key_display="esc", id="event.back", tooltip="Back"),
    ]

    def __init__(self, value: Any) -> None:
        super().__init__()
        self._value = value

    def body(self) -> ComposeResult:
        with Vertical(id="event"):
            yield EvidenceTree(safe("event").plain, id="tree")

    def on_mount(self) -> None:
        self.refresh_banner()
        tree = self.query_one("#tree", EvidenceTree)
        tree.show_root = False
        tree.root.expand()
        grow(tree.root, self._value)
        self.query_one("#event").border_title = safe(f"Event {self._value.get('id', '')}")

    def action_copy(self) -> None:
        node = self.query_one("#tree", EvidenceTree).cursor_node
        if node is not None:
            self.irtui.copy(str(node.label))

    def action_back(self) -> None:
        self.dismiss()


def _mapping(content: bytes) -> Mapping[str, Any]:
    """Raises ValueError for what is no report."""
    value = json.loads(content)
    if not isinstance(value, Mapping):
        raise ValueError("it is no report")
    return value
