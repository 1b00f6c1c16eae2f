"""The briefing: one form. Who you are and where, what will be asked, the inputs that are missing, the key.

enter goes to the next field · ctrl+r or F5 starts · esc goes back and nothing has happened.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Checkbox, Input, Static

from irtui.desk.nouns import Answers, Briefing
from irtui.desk.nouns import Field as InputField
from irtui.tui.present.briefing import briefing_lines, expected, missing, offer_line, refusal, who_line
from irtui.tui.present.lines import say
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import painted, painted_lines, safe
from irtui.tui.widgets.rows import Rows
from irtui.tui.widgets.tick import Tick


class BriefingScreen(FullScreen):
    HELP = "Nothing is written and nothing is changed before you start. Empty account digits mean: read only."
    CSS_PATH = "briefing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,f5", "start", "start", id="briefing.start", tooltip="Open the incident with these answers"),
        Binding("escape", "back", "back", id="briefing.back", tooltip="Back to the desk; nothing has happened"),
        Binding("tab", "app.focus_next", "next field", id="briefing.next", tooltip="Next field"),
    ]

    def __init__(self, briefing: Briefing) -> None:
        super().__init__()
        self.briefing = briefing
        self._asked = tuple(field for field in briefing.fields if missing(briefing, field))
        self._starting = False

    def body(self) -> ComposeResult:
        briefing = self.briefing
        yield Static(painted(who_line(briefing)), id="who", markup=False)
        with VerticalScroll(id="form", can_focus=False):
            yield Static(painted_lines(briefing_lines(briefing)), markup=False)
            for place, field in enumerate(self._asked):
                yield from self._input(place, field)
            if not briefing.request.read_only:
                digits = f"Last four digits of account {briefing.identity.account}"
                yield Static(painted((("Changes  ", "head"), (digits, ""))), markup=False)
                yield Static(safe("They allow changes in this incident. Empty: read only.", "dim"), markup=False)
                yield Input(id="digits", max_length=4, placeholder="empty = read only", restrict=r"[0-9]*")
            yield Static(painted(say("Signing key", "head")), markup=False)
            yield Rows(id="keys")
            yield Input(id="passphrase", password=True, placeholder="passphrase of the key file")
            if briefing.needs_trust:
                yield Static(safe(f"Digest {briefing.runbook.digest}", "dim"), markup=False)
                yield Tick(safe("I have read this runbook and trust it; it did not come with irtui"), id="trust")
        with Horizontal(id="answer"):
            yield Button(safe("Start"), id="start", compact=True)
            yield Static(id="missing", markup=False)

    def _input(self, place: int, field: InputField) -> ComposeResult:
        spec = field.spec
        optional = "  optional" if spec.optional else ""
        with Vertical(classes="field"):
            yield Static(painted(((spec.title or spec.name, "head"), (optional, "dim"))), markup=False)
            for words in (spec.help if spec.optional else "", field.note):
                if words:
                    yield Static(safe(words, "dim"), markup=False)
            yield Input(value=field.value, id=f"input-{place}", placeholder=expected(spec))
            if field.offers:
                offers = Rows(id=f"offers-{place}")
                offers.add_class("offers")
                yield offers

    def on_mount(self) -> None:
        self.query_one("#form").border_title = "Briefing"
        for place, field in enumerate(self._asked):
            if field.offers:
                rows = [(str(index), offer_line(offer)) for index, offer in enumerate(field.offers)]
                self.query_one(f"#offers-{place}", Rows).show(rows)
        keys = self.query_one("#keys", Rows)
        keys.show(
            [
                (option.kind if option.available else "", ((f" {option.kind:<16}", ""), (option.why, "dim")))
                for option in self.briefing.keys
            ]
        )
        keys.choose(self.briefing.request.key)
        self._checked()
        self.query("Input, #start").first().focus(scroll_visible=False)

    def answers(self) -> Answers:
        """What the form says now."""
        given = {field.spec.name: field.value for field in self.briefing.fields if field not in self._asked}
        asked = {
            field.spec.name: self.query_one(f"#input-{place}", Input).value.strip()
            for place, field in enumerate(self._asked)
        }
        digits = "" if self.briefing.request.read_only else self.query_one("#digits", Input).value
        return Answers(
            inputs={name: value for name, value in {**given, **asked}.items() if value},
            account_typed=digits,
            key=self.query_one("#keys", Rows).key,
            passphrase=self.query_one("#passphrase", Input).value,
            trust=self.briefing.needs_trust and self.query_one("#trust", Checkbox).value,
        )

    @on(Input.Changed)
    @on(Checkbox.Changed)
    @on(Rows.OptionHighlighted, "#keys")
    def _checked(self) -> None:
        answers = self.answers()
        self.query_one("#passphrase").display = answers.key == "passphrase-file"
        why = "opening …" if self._starting else refusal(self.briefing, answers)
        way = "changes allowed" if answers.account_typed else "read only"
        self.query_one("#start", Button).disabled = bool(why)
        self.query_one("#missing", Static).update(safe(why or f"ready: {way}", "warn" if why else "good"))

    @on(Rows.OptionSelected, ".offers")
    def _offered(self, event: Rows.OptionSelected) -> None:
        place = int(str(event.option_list.id).removeprefix("offers-"))
        field = self.query_one(f"#input-{place}", Input)
        field.value = self._asked[place].offers[event.option_index].value
        self._forward(field)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._forward(event.input)

    @on(Rows.OptionSelected, "#keys")
    def _key_chosen(self) -> None:
        self.query_one("#start").focus()

    def _forward(self, here: Input) -> None:
        """To the next text field, else to the button; never past it."""
        fields = [field for field in self.query(Input) if field.display]
        later = fields[fields.index(here) + 1 :]
        # At once: what is typed next belongs there.
        self.set_focus(later[0] if later else self.query_one("#start"))

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        if not self._starting and not refusal(self.briefing, self.answers()):
            self._starting = True
            self._checked()
            self.irtui.bridge.begin(self.briefing, self.answers())

    def failed(self) -> None:
        """Opening did not work; the form can be used again."""
        self._starting = False
        self._checked()

    def action_back(self) -> None:
        if not self._starting:
            self.irtui.back_from_briefing()

    def leave(self) -> bool:
        self.action_back()
        return True
