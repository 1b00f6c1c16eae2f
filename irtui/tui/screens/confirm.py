"""The confirmation: exactly these calls, or nothing.

Cancel has the focus. The target is typed; a paste is refused; enter in a field does nothing. The button works
only when the engine's own rule (`Confirmation.accepts`) is satisfied. esc cancels.
"""

from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from irtui.engine.operator import Confirmation, Confirmed
from irtui.tui.present.plan import Fidelity, changes_words, confirmation_lines
from irtui.tui.screens.base import Dialog
from irtui.tui.widgets.paint import painted, safe
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.typed import TypedInput


class ConfirmScreen(Dialog):
    """Gives a `Confirmed`, or None."""

    HELP = "Read the calls, what is there before and after, and the guards. esc runs nothing."
    CSS_PATH: ClassVar[list[str | PurePath]] = ["ask.tcss", "confirm.tcss"]
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g", "dismiss(None)", "cancel", id="confirm.cancel", tooltip="Run nothing"),
        Binding("pageup,ctrl+u", "scroll(-1)", "up", show=False, id="confirm.up", tooltip="Plan: a page up"),
        Binding("pagedown,ctrl+d", "scroll(1)", "down", show=False, id="confirm.down", tooltip="Plan: a page down"),
    ]

    def __init__(self, request: Confirmation, fidelity: Fidelity) -> None:
        super().__init__()
        self.request = request
        self._fidelity = fidelity

    def body(self) -> ComposeResult:
        request = self.request
        with Vertical(classes="box"):
            yield Static(safe(request.title, "name"), classes="title", markup=False)
            yield Pane(id="plan", lines=confirmation_lines(request, self._fidelity))
            for reason in request.reason_for:
                yield Static(painted((("ASK   ", "warn"), (reason, ""))), markup=False)
            if request.reason_for:
                with Horizontal(classes="field"):
                    yield Static(safe("your reason  ", "dim"), classes="label", markup=False)
                    yield Input(id="reason", compact=True)
            if request.typed:
                yield Static(safe(request.prompt or f"Type {request.typed} to go on", "head"), markup=False)
                with Horizontal(classes="field"):
                    yield Static(safe("typed  ", "dim"), classes="label", markup=False)
                    yield TypedInput(id="typed", compact=True)
            elif request.prompt:
                yield Static(safe(request.prompt, "head"), markup=False)
            with Horizontal(classes="answer"):
                yield Static(id="why", markup=False)
                yield Button(safe("Cancel"), id="cancel", compact=True)
                yield Button(safe(changes_words(request)), id="run", compact=True)

    def on_mount(self) -> None:
        self._checked()

    def _answer(self) -> Confirmed:
        typed, reason = self.query("#typed"), self.query("#reason")
        return Confirmed(
            typed.first(Input).value if typed else "",
            reason.first(Input).value.strip() if reason else "",
        )

    @on(Input.Changed)
    def _checked(self) -> None:
        answer = self._answer()
        why = self.request.accepts(answer.typed, answer.reason)
        self.query_one("#run", Button).disabled = bool(why)
        self.query_one("#why", Static).update(
            safe(why or "ready: tab to the button, then enter", "warn" if why else "good")
        )

    @on(TypedInput.Refused)
    def _refused(self) -> None:
        self.query_one("#why", Static).update(safe("a paste is refused here: type it", "bad"))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#run")
    def _confirmed(self) -> None:
        answer = self._answer()
        if not self.request.accepts(answer.typed, answer.reason):
            self.dismiss(answer)

    def action_scroll(self, direction: int) -> None:
        pane = self.query_one("#plan", Pane)
        pane.scroll_relative(y=direction * max(1, pane.size.height - 1), animate=False)
