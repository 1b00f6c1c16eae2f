"""Every record of the incident. / filters · n N go from match to match · : jumps to a record · enter shows it whole."""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from irtui.text import inert
from irtui.tui.present.journal import matches, next_match, record_line, record_lines
from irtui.tui.present.lines import Line, labelled, say
from irtui.tui.screens.ask import NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.paint import safe
from irtui.tui.widgets.rows import Rows


class JournalScreen(FullScreen):
    HELP = (
        "The journal as it is on disk. A filter's words must all occur in a record; esc shows all records again, and n "
        "and N still go from match to match. g and G go to the first and the last record."
    )
    CSS_PATH = "journal.tcss"
    AUTO_FOCUS = "#records"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "whole", "whole record", id="journal.open", tooltip="The record in full"),
        Binding("slash", "filter", "filter", key_display="/", id="journal.filter", tooltip="Filter the records"),
        Binding("n", "match(False)", "next match", show=False, id="journal.next", tooltip="Next record that matches"),
        Binding("N", "match(True)", "match before", show=False, id="journal.before", tooltip="The match before"),
        Binding("colon", "jump", "to #", key_display=":", id="journal.jump", tooltip="Jump to a record by its number"),
        Binding("v", "verify", "verify", id="journal.verify", tooltip="Check every signature and link, from the disk"),
        Binding("y", "copy", "copy", show=False, id="journal.copy", tooltip="Copy the record's line"),
        Binding("escape,q", "back", "back", id="journal.back", tooltip="Back"),
    ]

    def __init__(self, searching: bool = False) -> None:
        super().__init__()
        self._searching = searching
        self._words = ""
        """Last filtered for; n and N look for them also when every record is shown."""

    def body(self) -> ComposeResult:
        with Vertical(id="journal"):
            yield Input(id="filter", placeholder="filter: words, a type, a call, #12")
            yield Input(id="jump", placeholder="number of a record", restrict=r"#?[0-9]{0,9}")
            yield Rows(id="records")
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one("#filter").display = self.query_one("#jump").display = False
        self.sitting_changed()
        self.query_one("#records", Rows).action_last()
        self._hint()
        if self._searching:
            self.action_filter()

    def _hint(self) -> None:
        sitting = self.irtui.sitting
        name = sitting.state.id if sitting else ""
        self._say(f"for the report: irtui audit export {name} --bundle {name}.zip" if name else "", "dim")

    def _say(self, words: str, role: str) -> None:
        self.query_one("#hint", Static).update(safe(f" {words}", role))

    def sitting_changed(self) -> None:
        self.refresh_banner()
        sitting = self.irtui.sitting
        if sitting is None:
            return
        words = self.query_one("#filter", Input).value
        kept = [record for record in sitting.records if matches(record, words)]
        self.query_one("#records", Rows).show([(str(record.seq), record_line(record)) for record in kept])
        count = f"{len(kept)} of {len(sitting.records)}" if words else str(len(sitting.records))
        self.query_one("#journal").border_title = safe(f"Journal of {sitting.state.id} · {count} records")

    @on(Rows.OptionSelected, "#records")
    def action_whole(self) -> None:
        key = self.query_one("#records", Rows).key
        sitting = self.irtui.sitting
        for record in sitting.records if sitting and key else ():
            if str(record.seq) == key:
                self.app.push_screen(NoticeDialog(f"Record #{key}", record_lines(record)))

    def action_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._words = event.value or self._words
        self.sitting_changed()

    @on(Input.Submitted, "#filter")
    def _done(self) -> None:
        self.query_one("#records").focus()

    def action_match(self, back: bool) -> None:
        sitting = self.irtui.sitting
        if not self._words.strip():
            self._say("Nothing was looked for yet: / first.", "warn")
        elif sitting is not None:
            rows = self.query_one("#records", Rows)
            found = next_match(sitting.records, self._words, rows.key, back)
            if rows.choose(found):
                self._hint()
            else:
                self._say(f"No record with {inert(self._words, 40)}.", "warn")

    def action_jump(self) -> None:
        field = self.query_one("#jump", Input)
        field.value, field.display = "", True
        field.focus()

    @on(Input.Submitted, "#jump")
    def _jumped(self, event: Input.Submitted) -> None:
        event.input.display = False
        rows, number = self.query_one("#records", Rows), event.value.lstrip("#").lstrip("0")
        rows.focus()
        if not number:
            return
        if not rows.choose(number):  # the filter may hide it
            self.query_one("#filter", Input).value = ""
            self.query_one("#filter").display = False
            self.sitting_changed()
        found = rows.choose(number)
        self._hint() if found else self._say(f"There is no record #{number}.", "warn")

    def action_back(self) -> None:
        jump, field = self.query_one("#jump", Input), self.query_one("#filter", Input)
        if jump.display:
            jump.display = False
            self.query_one("#records").focus()
        elif field.display:
            field.value, field.display = "", False
            self.query_one("#records").focus()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        key = self.query_one("#records", Rows).key
        sitting = self.irtui.sitting
        for record in sitting.records if sitting else ():
            if str(record.seq) == key:
                self.irtui.copy("".join(text for text, _ in record_line(record)))

    def action_verify(self) -> None:
        sitting = self.irtui.sitting
        if sitting is not None:
            self._say("verifying …", "warn")
            self.irtui.bridge.aside(
                sitting.visit.verification,
                lambda found, error: self.irtui.from_thread(self._verified, found, error),
            )

    def _verified(self, found: Any, error: BaseException | None) -> None:
        self._hint()
        if error is not None:
            self.app.push_screen(NoticeDialog("It could not be verified", (say(str(error), "bad"),), "bad"))
            return
        good = found.verdict in ("complete", "not closed")
        lines: list[Line] = [labelled("verdict", found.verdict, "good" if good else "bad")]
        lines += [labelled("mode", found.mode), labelled("records", str(found.records)), labelled("why", found.why)]
        lines += [labelled("note", str(note), "dim") for note in found.notes]
        self.app.push_screen(NoticeDialog("Verification", lines, "good" if good else "bad"))
