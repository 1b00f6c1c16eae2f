"""Every record of the incident. / filters · n N go from match to match · : jumps to a record · enter shows it whole."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from irtui.text import inert
from irtui.tui.present.journal import Recorded, matches, next_match, record_line, record_lines
from irtui.tui.present.lines import Line, labelled, say
from irtui.tui.screens.ask import NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.widgets.long_rows import LongRows
from irtui.tui.widgets.paint import safe


class JournalScreen(FullScreen):
    HELP = (
        "The journal as it is on disk. A filter's words must all occur in a record; esc shows all records again, and n "
        "and N still go from match to match. g and G go to the first and the last record."
    )
    CSS_PATH = "journal.tcss"
    AUTO_FOCUS = "#records"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "whole", "open", key_display="enter", id="journal.open", tooltip="The record in full"),
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
        self._kept: Sequence[Recorded] = ()
        """Those that the filter shows, in their order."""

    def body(self) -> ComposeResult:
        with Vertical(id="journal"):
            yield Input(id="filter", placeholder="filter: words, a type, a call, #12")
            yield Input(id="jump", placeholder="number of a record", restrict=r"#?[0-9]{0,9}")
            yield LongRows(id="records")
        yield Static(id="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one("#filter").display = self.query_one("#jump").display = False
        self.sitting_changed()
        self.query_one("#records", LongRows).action_to(-1)
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
        chosen = self._chosen
        kept = [record for record in sitting.records if matches(record, words)] if words else sitting.records
        self._kept = kept
        index = self._index(chosen.seq) if chosen else 0
        self.query_one("#records", LongRows).show(len(kept), lambda at: record_line(kept[at]), max(0, index))
        count = f"{len(kept)} of {len(sitting.records)}" if words else str(len(sitting.records))
        self.query_one("#journal").border_title = safe(f"Journal of {sitting.state.id} · {count} records")

    @property
    def _chosen(self) -> Recorded | None:
        index = self.query_one("#records", LongRows).index
        return self._kept[index] if index < len(self._kept) else None

    def _index(self, seq: int) -> int:
        """Where that record is shown; -1 when it is not."""
        at = bisect_left(self._kept, seq, key=lambda record: record.seq)
        return at if at < len(self._kept) and self._kept[at].seq == seq else -1

    def _choose(self, number: str) -> bool:
        """Highlights the record of that number; False when it is not shown."""
        at = self._index(int(number)) if number else -1
        if at >= 0:
            self.query_one("#records", LongRows).action_to(at)
        return at >= 0

    @on(LongRows.Chosen)
    def action_whole(self) -> None:
        if record := self._chosen:
            self.app.push_screen(NoticeDialog(f"Record #{record.seq}", record_lines(record)))

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
            after = str(self._chosen.seq) if self._chosen else ""
            if self._choose(next_match(sitting.records, self._words, after, back)):
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
        number = event.value.lstrip("#").lstrip("0")
        self.query_one("#records").focus()
        if not number:
            return
        if not self._choose(number):  # the filter may hide it
            self.query_one("#filter", Input).value = ""
            self.query_one("#filter").display = False
            self.sitting_changed()
        found = self._choose(number)
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
        if record := self._chosen:
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
