"""CloudTrail asked from the desk, outside any incident: three tabs, each with a form, what goes on, and its report.

r asks · x stops · c goes on with a stopped search · w saves the report · the rest is the trail screen's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from irtui.errors import IrtuiError
from irtui.tui.answering import Answered, Answering, Heard
from irtui.tui.messages import Broke
from irtui.tui.present.enquiry import KINDS, busy_line, cannot_go_on, done_line, nothing_asked
from irtui.tui.present.errors import error_lines
from irtui.tui.present.lines import EMPTY, Line, say
from irtui.tui.screens.ask import NoticeDialog, TextDialog
from irtui.tui.screens.enquiry import EnquiryScreen, asked_with
from irtui.tui.screens.trail import VIEWS, TrailScreen
from irtui.tui.widgets.paint import painted

if TYPE_CHECKING:
    from irtui.desk.answers import Answer
    from irtui.desk.enquiries import Enquiry
    from irtui.tui.present.trail import View


@dataclass
class Enquired:
    """What was asked in this sitting: it stays when the screen is left."""

    forms: dict[str, Enquiry] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    views: dict[int, View] = field(default_factory=dict)
    """Of the answers."""
    took: dict[int, int] = field(default_factory=dict)
    """Seconds of each answer."""


class ForensicsScreen(TrailScreen):
    HELP = "What a bar or a list does not show is not proven to be absent. Only reads are sent; there is no journal."
    CSS_PATH: ClassVar[list[str]] = ["trail.tcss", "enquiry.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "ask", "ask", id="forensics.ask", tooltip="Fill in what is asked, and ask it"),
        Binding("x", "stop", "stop", id="forensics.stop", tooltip="Stop; what was found until then stays"),
        Binding("c", "go_on", "go on", id="forensics.go_on", tooltip="Go on with a search that was stopped"),
        Binding("w", "save", "save", id="forensics.save", tooltip="Save the report, as -o json has it, or the events"),
    ]

    def __init__(self, profile: str, enquired: Enquired) -> None:
        super().__init__()
        self._profile, self._enquired = profile, enquired
        self._views = dict(enquired.views)
        self._answering: Answering | None = None
        self._at, self._began, self._words_now = 0, 0.0, ""

    def body(self) -> ComposeResult:
        yield from super().body()
        yield Static(id="status", markup=False)

    def on_mount(self) -> None:
        self.set_interval(1, self._status)

    def nothing(self) -> tuple[Line, ...]:
        return nothing_asked(KINDS[self._tab])

    def _draw(self) -> None:
        super()._draw()
        self._status()

    def _status(self) -> None:
        line: Line = EMPTY
        if self._answering is not None:
            line = busy_line(self._words_now, self._seconds(), self._answering.stopping)
        elif self._tab in self._enquired.answers:
            line = done_line(self._enquired.answers[self._tab], self._enquired.took[self._tab])
        self.query_one("#status", Static).update(painted(line))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would do nothing are not offered."""
        answer = self._enquired.answers.get(self._tab)
        offered = {
            "stop": self._answering is not None,
            "ask": self._answering is None,
            "go_on": self._answering is None and answer is not None and answer.stopped,
            "save": answer is not None and bool(answer.data),
        }
        return offered.get(action, super().check_action(action, parameters))

    def _seconds(self) -> int:
        return int(self.irtui.clock.monotonic() - self._began)

    # Asking.

    def action_ask(self) -> None:
        if self._answering is None:
            self._fill(asked_with(self._profile, KINDS[self._tab], self._enquired.forms))

    def _fill(self, enquiry: Enquiry) -> None:
        def filled(told: tuple[bool, Enquiry] | None) -> None:
            if told is not None:
                self._enquired.forms[told[1].kind] = told[1]
                if told[0]:
                    self._begin(told[1])

        self.app.push_screen(EnquiryScreen(enquiry), filled)

    def _begin(self, enquiry: Enquiry, before: Answer | None = None) -> None:
        self._at = KINDS.index(enquiry.kind)
        self._began, self._words_now = self.irtui.clock.monotonic(), ""
        if before is None:
            for kept in (self._views, self._enquired.answers, self._enquired.views):
                kept.pop(self._at, None)  # an older report must not stand under the new question
            self._show()
        view = partial(VIEWS[self._at], ascii_only=self.irtui.ascii_only)
        self._answering = self.irtui.bridge.answer(enquiry, self, view, self.irtui.clock, before)
        self._status()

    def on_heard(self, message: Heard) -> None:
        if message.answering is self._answering:
            self._words_now = message.words
            if message.view is not None:
                self.take(self._at, message.view)
            self._status()

    def on_answered(self, message: Answered) -> None:
        if message.answering is not self._answering:
            return
        self._answering = None
        if message.answer is None:
            self._failed(message)
            return
        self._enquired.answers[self._at], self._enquired.took[self._at] = message.answer, self._seconds()
        if message.view is not None:
            self._enquired.views[self._at] = message.view
        self._settle()

    def _settle(self) -> None:
        """The tab shows its answer, and nothing that was only on the way to one."""
        if self._at in self._enquired.views:
            self.take(self._at, self._enquired.views[self._at])
        elif self._views.pop(self._at, None) is not None:
            self._show()
        self._status()

    def _failed(self, message: Answered) -> None:
        """Says why; then the form can be mended."""
        error, enquiry = message.error, message.answering.enquiry
        self._settle()
        if isinstance(error, IrtuiError):
            notice = NoticeDialog(error.title, error_lines(error), "bad")
            self.app.push_screen(notice, lambda _: self._fill(enquiry))
        elif error is not None:
            self.app.post_message(Broke(error, "trail"))

    def action_stop(self) -> None:
        if self._answering is not None:
            self._answering.stop()
            self._status()

    def action_go_on(self) -> None:
        answer = self._enquired.answers.get(self._tab)
        if self._answering is not None or answer is None:
            return
        if not answer.go_on:
            self.irtui.toast("It cannot be gone on with", cannot_go_on(answer.enquiry), "warning")
            return
        enquiry = replace(answer.enquiry, values={**answer.enquiry.values, "after": answer.go_on})
        self._begin(enquiry, answer)

    # Saving.

    def action_save(self) -> None:
        answer = self._enquired.answers.get(self._tab)
        if answer is None or not answer.data:
            return
        lines = [say("A new file. What -o json prints goes into it; of a search,"), say("NAME.jsonl gets the events.")]
        self.app.push_screen(TextDialog("Save the report", lines), lambda path: self._save(answer, path))

    def _save(self, answer: Answer, path: str | None) -> None:
        if path is None:
            return

        def write() -> str:
            from irtui.desk.written import save

            return save(path, answer.text(path))

        self.irtui.bridge.aside(write, lambda digest, error: self.irtui.from_thread(self._saved, path, digest, error))

    def _saved(self, path: str, digest: str, error: BaseException | None) -> None:
        if isinstance(error, IrtuiError):
            self.app.push_screen(NoticeDialog(error.title, error_lines(error), "bad"))
        elif error is not None:
            self.app.post_message(Broke(error, "trail"))
        else:
            self.app.push_screen(NoticeDialog("Saved", (say(path, "name"), say(f"sha256 {digest}"))))

    # Leaving.

    def action_back(self) -> None:
        """The filter first, then what runs, then the screen."""
        if self._answering is None or self.query_one("#filter").display:
            super().action_back()
        elif self._answering.stopping:
            self._answering = None
            self.dismiss()
        else:
            self.action_stop()

    def leave(self) -> bool:
        if self.app.screen is self or self._answering is not None:
            self.action_back()
        else:
            self.app.screen.dismiss()
        return True
