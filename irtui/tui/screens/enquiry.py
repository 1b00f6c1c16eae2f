"""A form for an enquiry about CloudTrail: one line for each option of the command.

enter goes to the next line · ctrl+r or F5 asks · ctrl+y copies the same as a command · esc goes back.
"""

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from irtui.desk.enquiries import FORMS, Blank, Enquiry
from irtui.tui.present.enquiry import TITLES, command_line, hint_lines, title_of
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import painted_lines, safe
from irtui.tui.widgets.yes_no import YesNo

_LONGEST = 4096


class EnquiryScreen(FullScreen):
    """Gives (whether to ask, the enquiry as it stands)."""

    HELP = "Nothing is asked before you run it, and then only reads are sent. Each line is an option of the command."
    CSS_PATH = "enquiry.tcss"
    AUTO_FOCUS = "#blank-0"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,f5", "run", "ask", id="enquiry.run", tooltip="Ask CloudTrail this; reads only"),
        Binding("ctrl+y,f6", "copy", "as a command", id="enquiry.copy", tooltip="Copy the same as a command"),
        Binding("escape", "back", "back", id="enquiry.back", tooltip="Back; what was typed is kept"),
        Binding("tab", "app.focus_next", "next line", show=False, id="enquiry.next", tooltip="Next line"),
    ]

    def __init__(self, enquiry: Enquiry) -> None:
        super().__init__()
        self._kind, self._values = enquiry.kind, dict(enquiry.values)
        self._blanks = FORMS[enquiry.kind]

    def body(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False):
            for place, blank in enumerate(self._blanks):
                with Horizontal(classes="line"):
                    yield Static(safe(title_of(blank)), classes="label", markup=False)
                    yield self._field(place, blank)
        yield Static(id="hint", markup=False)
        with Horizontal(id="answer"):
            yield Button(safe("Ask"), id="run", compact=True)
            yield Static(id="same", markup=False)

    def _field(self, place: int, blank: Blank) -> Widget:
        value = self._values.get(blank.name, "")
        if blank.yes:
            return YesNo(value == "yes", id=f"blank-{place}")
        return Input(value, id=f"blank-{place}", max_length=_LONGEST)

    def on_mount(self) -> None:
        self.query_one("#form").border_title = safe(TITLES[self._kind])
        self._changed()

    @property
    def enquiry(self) -> Enquiry:
        """As it stands."""
        values: dict[str, str] = {}
        for place, blank in enumerate(self._blanks):
            if blank.yes:
                value = "yes" if self.query_one(f"#blank-{place}", YesNo).value else ""
            else:
                value = self.query_one(f"#blank-{place}", Input).value
            values |= {blank.name: value} if value else {}
        return Enquiry(self._kind, values)

    @on(Input.Changed)
    @on(YesNo.Changed)
    def _changed(self) -> None:
        self.query_one("#same", Static).update(safe(command_line(self.enquiry), "dim"))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        place = str(event.widget.id or "").removeprefix("blank-")
        lines = hint_lines(self._blanks[int(place)]) if place.isdigit() else ()
        self.query_one("#hint", Static).update(painted_lines(lines))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#run")
    def action_run(self) -> None:
        self.dismiss((True, self.enquiry))

    def action_copy(self) -> None:
        self.irtui.copy(command_line(self.enquiry))

    def action_back(self) -> None:
        self.dismiss((False, self.enquiry))

    def leave(self) -> bool:
        self.action_back()
        return True


def asked_with(profile: str, kind: str, kept: Mapping[str, Enquiry]) -> Enquiry:
    """What was typed before, else an empty form with the profile that irtui was started with."""
    return kept.get(kind) or Enquiry(kind, {"profile": profile} if profile else {})
