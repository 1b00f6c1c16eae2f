"""The banner: always on top of every screen. Drawn again only when its text changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from irtui.tui.present.banner import banner
from irtui.tui.widgets.paint import painted

if TYPE_CHECKING:
    from datetime import datetime

    from irtui.model.incident import IncidentState


class Banner(Static):
    DEFAULT_CSS = """
    Banner { dock: top; height: 1; width: 1fr; background: $panel; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._shown: object = None

    def show(self, state: IncidentState | None, mode: str, now: datetime, *, paused: bool = False) -> None:
        line = banner(state, mode, now, self.size.width or self.app.size.width, paused=paused)
        if line != self._shown:
            self._shown = line
            self.update(painted(line))
