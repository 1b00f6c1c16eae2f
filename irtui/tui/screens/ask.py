"""Small dialogs: a choice, a text, a notice, a yes that is not where enter falls by accident."""

from collections.abc import Iterable, Mapping

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from irtui.tui.present.lines import Line, say
from irtui.tui.screens.base import Dialog
from irtui.tui.widgets.paint import painted, safe
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.rows import Rows

_LONG = 12
"""Lines from which a notice takes the whole height."""
_BACK = Binding("escape,ctrl+g", "dismiss(None)", "back", id="dialog.back", tooltip="Answer nothing")


class ChoiceDialog(Dialog):
    """One of several. Nothing is highlighted at first, so a held enter chooses nothing. Gives the id, or None."""

    HELP = "Choose with j k and enter; esc answers nothing and leaves the step open."
    CSS_PATH = "ask.tcss"
    BINDINGS = [_BACK]  # noqa: RUF012  as Textual declares it

    def __init__(self, title: str, lines: Iterable[Line], choices: Mapping[str, str]) -> None:
        super().__init__()
        self._title, self._lines, self._choices = title, tuple(lines), choices

    def body(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(safe(self._title, "name"), classes="title", markup=False)
            yield Pane(id="words", lines=self._lines)
            yield Rows(id="choices")
            yield Static(safe("j k choose, enter answers, esc leaves it open", "dim"), markup=False)

    def on_mount(self) -> None:
        rows = self.query_one("#choices", Rows)
        width = max(map(len, self._choices), default=0)
        rows.show([(key, ((f" {key:<{width}}  ", "name"), (sentence, ""))) for key, sentence in self._choices.items()])
        rows.highlighted = None
        rows.focus()

    @on(Rows.OptionSelected)
    def _chosen(self) -> None:
        self.dismiss(self.query_one("#choices", Rows).key or None)


class TextDialog(Dialog):
    """A line of text of at least `least` characters. Gives the text, or None."""

    HELP = "Type, then enter; esc answers nothing."
    CSS_PATH = "ask.tcss"
    BINDINGS = [_BACK]  # noqa: RUF012  as Textual declares it

    def __init__(
        self, title: str, lines: Iterable[Line], *, least: int = 1, hidden: bool = False, exactly: str = ""
    ) -> None:
        super().__init__()
        self._title, self._lines, self._least, self._hidden, self._exactly = title, tuple(lines), least, hidden, exactly

    def body(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(safe(self._title, "name"), classes="title", markup=False)
            yield Pane(id="words", lines=self._lines)
            yield Input(password=self._hidden)
            yield Static(safe("enter answers, esc goes back", "dim"), id="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value if self._hidden else event.value.strip()
        if self._exactly and text != self._exactly:
            why = f"type exactly: {self._exactly}"
        elif len(text) < self._least:
            why = f"at least {self._least} characters"
        else:
            self.dismiss(text)
            return
        self.query_one("#hint", Static).update(safe(why, "warn"))


class NoticeDialog(Dialog):
    """Something to read. Gives None when it is put away."""

    HELP = "Read it; esc, q or the button puts it away."
    CSS_PATH = "ask.tcss"
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding("escape,q", "dismiss(None)", "close", id="notice.close", tooltip="Put it away")
    ]

    def __init__(self, title: str, lines: Iterable[Line], role: str = "head") -> None:
        super().__init__()
        self._title, self._lines, self._role = title, tuple(lines), role

    def body(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(safe(self._title, self._role), classes="title", markup=False)
            yield Pane(id="words", lines=self._lines)
            with Horizontal(classes="answer"):
                yield Button(safe("Close"), id="close", compact=True)

    def on_mount(self) -> None:
        self.query_one("#words").focus()
        self.set_class(len(self._lines) > _LONG, "-long")

    @on(Button.Pressed)
    def _put_away(self) -> None:
        self.dismiss(None)


class EndDialog(NoticeDialog):
    """How an incident ended. Gives True where the debrief is to be read."""

    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding("d", "dismiss(True)", "debrief", id="end.debrief", tooltip="Read the debrief of the rehearsal")
    ]


class LeaveDialog(Dialog):
    """Stay has the focus; leaving takes tab and enter, or q once more. Gives True to leave."""

    HELP = "Leaving keeps the incident open; irtui resume goes on with it."
    CSS_PATH = "ask.tcss"
    BINDINGS = [  # noqa: RUF012  as Textual declares it
        Binding("escape", "dismiss(False)", "stay", id="leave.stay", tooltip="Stay"),
        Binding("q", "dismiss(True)", "leave", id="leave.leave", tooltip="Leave; it stays resumable"),
    ]

    def __init__(self, lines: Iterable[Line]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def leave(self) -> bool:
        self.dismiss(True)
        return True

    def body(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(painted(say("Leave this incident?", "name")), classes="title", markup=False)
            yield Pane(id="words", lines=self._lines)
            with Horizontal(classes="answer"):
                yield Button(safe("Stay"), id="stay", compact=True)
                yield Button(safe("Leave (q)"), id="leave", compact=True)

    def on_mount(self) -> None:
        self.query_one("#stay").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "leave")
