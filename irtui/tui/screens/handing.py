"""Two forms before an incident changes hands: sign off, or take it from a process that has it.

enter goes to the next field, and does nothing where the id is typed; the button works when all is there. esc goes back.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from irtui.desk.handed import Parting, named_key, new_file
from irtui.engine.operator import too_short
from irtui.errors import UsageError
from irtui.tui.messages import Broke
from irtui.tui.present.lines import Line
from irtui.tui.screens.base import Dialog
from irtui.tui.widgets.paint import safe
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.typed import TypedInput

_LONGEST = 1000


class _Form(Dialog):
    """What to read, fields, the incident's id typed key by key, a button that does it."""

    CSS_PATH: ClassVar[list[str]] = ["ask.tcss", "handing.tcss"]  # type: ignore[assignment]
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g", "dismiss(None)", "back", id="handing.back", tooltip="Back; nothing has happened"),
        Binding("pageup,ctrl+u", "scroll(-1)", "up", show=False, id="handing.up", tooltip="A page up"),
        Binding("pagedown,ctrl+d", "scroll(1)", "down", show=False, id="handing.down", tooltip="A page down"),
    ]
    FIELDS: ClassVar[tuple[tuple[str, str, str], ...]]
    """Id, label and what may stand there."""
    VERB: ClassVar[str]

    def __init__(self, title: str, incident: str, lines: Iterable[Line]) -> None:
        super().__init__()
        self._title, self._incident, self._lines = title, incident, tuple(lines)

    def body(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(safe(self._title, "name"), classes="title", markup=False)
            yield Pane(id="words", lines=self._lines)
            for name, label, hint in self.FIELDS:
                with Horizontal(classes="field"):
                    yield Static(safe(label, "dim"), classes="label", markup=False)
                    yield Input(id=name, compact=True, placeholder=hint, max_length=_LONGEST)
            with Horizontal(classes="field"):
                yield Static(safe(f"type {self._incident}", "head"), classes="label", markup=False)
                yield TypedInput(id="typed", compact=True)
            yield Static(id="why", markup=False)
            with Horizontal(classes="answer"):
                yield Button(safe("Cancel"), id="cancel", compact=True)
                yield Button(safe(self.VERB), id="act", compact=True)

    def on_mount(self) -> None:
        self._checked()

    def said(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    def missing(self) -> str:
        """What is not there yet, in words. Reads no disk."""
        return f"type exactly: {self._incident}" if self.said("typed") != self._incident else ""

    def done(self) -> None:
        raise NotImplementedError

    @on(Input.Changed)
    def _checked(self) -> None:
        why = self.missing()
        self.query_one("#act", Button).disabled = bool(why)
        self.tell(why or "ready: tab to the button, then enter", "warn" if why else "good")

    def tell(self, words: str, role: str) -> None:
        self.query_one("#why", Static).update(safe(words, role))

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    @on(TypedInput.Refused)
    def _refused(self) -> None:
        self.tell("a paste is refused here: type it", "bad")

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#act")
    def _pressed(self) -> None:
        if not self.missing():
            self.done()

    def action_scroll(self, direction: int) -> None:
        pane = self.query_one("#words", Pane)
        pane.scroll_relative(y=direction * max(1, pane.size.height - 1), animate=False)


class HandOverScreen(_Form):
    """Gives a `Parting`, or None."""

    HELP = "Say to whom, and what they must know. Only an empty file name keeps it on this machine. esc does nothing."
    FIELDS = (
        ("to", "to whom", "a name"),
        ("reason", "they must know", "for the journal and for them"),
        ("key", "their key", "optional: no other may go on (irtui keys show)"),
        ("file", "file", "optional: to another machine, the file to make"),
    )
    VERB = "Hand over"

    def missing(self) -> str:
        if not self.said("to"):
            return "to whom? a name is needed"
        if too_short(self.said("reason")):
            return "what must they know? at least four characters"
        try:
            named_key(self.said("key"))
        except UsageError as flaw:
            return flaw.message
        return super().missing()

    def done(self) -> None:
        """Looks at the file off the screen's thread; a name that will not do is told, and nothing has happened."""
        to, reason, key, file = (self.said(name) for name, _, _ in self.FIELDS)
        self.query_one("#act", Button).disabled = True
        self.irtui.bridge.aside(
            lambda: Parting(to, reason, named_key(key), new_file(file)),
            lambda parting, error: self.irtui.from_thread(self._looked, parting, error),
        )

    def _looked(self, parting: Parting | None, error: BaseException | None) -> None:
        if self not in self.app.screen_stack:  # esc was quicker
            return
        if isinstance(error, UsageError):
            self._checked()
            self.tell(error.message, "bad")
        elif error is not None:
            self.app.post_message(Broke(error, "handing over"))
        else:
            self.dismiss(parting)


class TakeOverScreen(_Form):
    """Gives the reason, or None."""

    HELP = (
        "Only for a process that hangs, or whose operator is away: it can write no more after that. esc does nothing."
    )
    FIELDS = (("reason", "your reason", "it stands in the journal"),)
    VERB = "Take over"

    def missing(self) -> str:
        if too_short(self.said("reason")):
            return "a reason is needed (at least four characters)"
        return super().missing()

    def done(self) -> None:
        self.dismiss(self.said("reason"))
