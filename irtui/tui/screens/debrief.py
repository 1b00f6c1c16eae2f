"""The debrief of a closed rehearsal, whole. j k scroll, y copies it as Markdown, esc goes back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from irtui.gameday.score import Score
from irtui.report.debrief import debrief
from irtui.tui.present.gameday import debrief_lines
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.pane import Pane


class DebriefScreen(FullScreen):
    HELP = "Every sentence stands on the journal and on what happened in the world; nothing is estimated."
    CSS_PATH = "debrief.tcss"
    AUTO_FOCUS = "#debrief"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy", id="debrief.copy", tooltip="Copy it as Markdown"),
        Binding("escape,q,d", "back", "back", key_display="esc", id="debrief.back", tooltip="Back"),
    ]

    def __init__(self, score: Score) -> None:
        super().__init__()
        self._text = debrief(score)

    def body(self) -> ComposeResult:
        yield Pane(id="debrief", lines=debrief_lines(self._text))

    def on_mount(self) -> None:
        self.refresh_banner()
        self.query_one("#debrief").border_title = "Debrief"

    def action_copy(self) -> None:
        self.irtui.copy(self._text)

    def action_back(self) -> None:
        self.dismiss()
