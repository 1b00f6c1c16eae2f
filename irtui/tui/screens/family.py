"""The family tree of the stolen key: what it opened, and whether each of that is closed.

f filters by state · enter shows a node whole · l looks again · esc goes back.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from irtui.report.family import STATES, rows, text
from irtui.tui.present.family import NOTHING, family_rows, head_lines, node_lines, told_lines
from irtui.tui.present.lines import say
from irtui.tui.screens.ask import NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import painted_lines
from irtui.tui.widgets.rows import Rows


class FamilyScreen(FullScreen):
    HELP = "Below each node stands what it opened. Contained is proven; anything else may still be a way in."
    CSS_PATH = "family.tcss"
    AUTO_FOCUS = "#nodes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "node", "details", key_display="enter", id="family.node", tooltip="The node with all it says"),
        Binding("l", "look", "look again", id="family.look", tooltip="Read CloudTrail and IAM again now"),
        Binding("f,slash", "filter", "filter", id="family.filter", tooltip="Only one state, the next one each time"),
        Binding("escape,q,t", "back", "back", key_display="esc", id="family.back", tooltip="Back"),
    ]

    def __init__(self, look: Callable[[], None] | None) -> None:
        """`look` asks the engine for a new tree; None: no step of this runbook reads one."""
        super().__init__()
        self._look = look
        self._wanted = ""

    def body(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with Vertical(id="family"):
            yield Rows(id="nodes")
        yield Static(id="told", markup=False)

    def on_mount(self) -> None:
        self.query_one("#family").border_title = "Family tree"
        self.sitting_changed()

    def sitting_changed(self) -> None:
        self.refresh_banner()
        family = self.irtui.sitting.family if self.irtui.sitting else None
        head, nodes = self.query_one("#head", Static), self.query_one("#nodes", Rows)
        if family is None:
            head.update(painted_lines((say(f" {NOTHING}", "warn"),)))
            nodes.show(())
        else:
            ascii_only = self.irtui.ascii_only
            head.update(painted_lines(head_lines(family, self._wanted, ascii_only=ascii_only)))
            shown = family_rows(family, self._wanted, ascii_only=ascii_only)
            nodes.show([(row.key, row.line) for row in shown])
        self._tell()

    @on(Rows.OptionHighlighted, "#nodes")
    def _tell(self) -> None:
        sitting, key = self.irtui.sitting, self.query_one("#nodes", Rows).key
        told = self.query_one("#told", Static)
        found = self._node(key)
        day = text(sitting.family, "now")[:10] if sitting and sitting.family else ""
        told.update(painted_lines(told_lines(found, day) if found is not None else ()))

    def _node(self, key: str) -> dict[str, object] | None:
        family = self.irtui.sitting.family if self.irtui.sitting else None
        for row in rows(family) if family is not None and key else ():
            if text(row.node, "id") == key:
                return dict(row.node)
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._look is not None if action == "look" else True

    @on(Rows.OptionSelected, "#nodes")
    def action_node(self) -> None:
        node = self._node(self.query_one("#nodes", Rows).key)
        if node is not None:
            self.app.push_screen(NoticeDialog("One of the family", node_lines(node)))

    def action_look(self) -> None:
        if self._look is not None:
            self._look()

    def action_filter(self) -> None:
        around = ("", *STATES)
        self._wanted = around[(around.index(self._wanted) + 1) % len(around)]
        self.sitting_changed()

    def action_back(self) -> None:
        self.dismiss()
