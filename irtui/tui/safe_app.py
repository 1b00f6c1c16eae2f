"""Textual's App with its dangerous edges off.

Rules: text never acts, whatever it says; no steering character leaves; a crash prints type and place, never locals;
what is told in a corner or copied is inert. Two of the overrides are private to Textual: tests cover them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.filter import Monochrome

from irtui.text import inert, inert_lines
from irtui.tui.widgets.paint import AsciiFilter, ColourlessFilter, SteeringFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from textual import events
    from textual.dom import DOMNode
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel


class SafeApp(App[int]):
    """`log` is where tracebacks go."""

    def __init__(self, log: Path | None, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.ascii_only = ascii_only
        self.bug = ""
        """What a crash is called on the terminal; empty: none."""
        self._log_path = log

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own for NO_COLOR paints shades of grey, and the terminal's default colours black on black."""
        filters = [each for each in super().get_line_filters() if not isinstance(each, Monochrome)]
        filters += [ColourlessFilter()] if self.no_color else []
        filters += [AsciiFilter()] if self.ascii_only else []
        return [*filters, SteeringFilter()]

    async def _broker_event(self, event_name: str, event: events.Event, default_namespace: DOMNode) -> bool:
        """A click on text never is an action, whatever the text says."""
        return False

    def _fatal_error(self) -> None:
        """Without locals, which Textual would print: they may hold secrets."""
        from irtui.tui.crash import log_bug

        error = sys.exc_info()[1] or RuntimeError("unknown")
        self.bug = log_bug(error, self._log_path)
        self._close_messages_no_wait()

    def toast(self, title: str, text: str, severity: SeverityLevel = "information") -> None:
        self.notify(inert_lines(text), title=inert(title), severity=severity, markup=False, timeout=6)

    def copy(self, text: str) -> None:
        self.copy_to_clipboard(inert_lines(text))
        self.toast("Copied", "If your terminal allows it (OSC 52).")

    def from_thread(self, act: Callable[..., None], *arguments: Any) -> None:
        """Runs `act` on the screen's thread, without waiting for it; nothing happens when the app has gone."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: self.call_later(act, *arguments))

    def action_redraw(self) -> None:
        self.refresh(repaint=True, layout=True)
        if self._driver is not None:
            self._driver.write("\x1b[2J")
        self.screen.refresh(repaint=True, layout=True)
