"""The incident: steps on the left; instruction, plan, result, evidence on the right; the journal below.

Every key only moves about or asks the engine. enter opens a step and never runs a change; r previews first.
"""

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.notifications import SeverityLevel
from textual.widgets import Static

from irtui.engine.operator import Progress
from irtui.report.family import kept_in
from irtui.tui.messages import Ended, Progressed, Spoke, Updated, YourTurn
from irtui.tui.present.closing import ended_lines, leaving_lines
from irtui.tui.present.gameday import from_the_room, room_lines
from irtui.tui.present.journal import journal_title, record_line
from irtui.tui.present.status import status_line
from irtui.tui.present.steps import containment, counts, current, step_rows
from irtui.tui.screens.ask import EndDialog, LeaveDialog, NoticeDialog
from irtui.tui.screens.run_actions import Asking
from irtui.tui.screens.run_keys import KEYS
from irtui.tui.sitting import Sitting
from irtui.tui.widgets.paint import painted, painted_lines, safe
from irtui.tui.widgets.rows import Rows
from irtui.tui.widgets.step_view import TABS, StepView

_SEVERITY: dict[str, SeverityLevel] = {"error": "error", "warning": "warning"}


class RunScreen(Asking):
    HELP = "Steps on the left, the chosen one on the right. enter opens, r previews and runs, nothing runs unconfirmed."
    CSS_PATH = "run.tcss"
    AUTO_FOCUS = "#steps"
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, sitting: Sitting) -> None:
        super().__init__(sitting)
        self._followed = ""
        self._kept = ""
        """Hash of the family tree that was read last."""

    def body(self) -> ComposeResult:
        with Horizontal(id="upper"):
            with Vertical(id="left"):
                yield Rows(id="steps")
            yield StepView(self.sitting, id="right", ascii_only=self.irtui.ascii_only)
        yield Static(id="tail", markup=False)
        yield Static(id="status", markup=False)

    def on_mount(self) -> None:
        self._ticking = self.set_interval(1, self._tick, pause=True)
        self.sitting_changed()
        self._read_family()
        self.irtui.bridge.walk(self)

    # What the engine says.

    def on_updated(self, message: Updated) -> None:
        self.sitting.update(message.state, message.records)
        self._read_family()
        self.irtui.sitting_changed()

    def _read_family(self) -> None:
        """Off the screen's thread, when there is a newer one."""
        kept = kept_in(self.sitting.records)
        if kept != self._kept:
            self._kept = kept
            self.irtui.bridge.aside(
                self.sitting.visit.family,
                lambda family, error: self.irtui.from_thread(self._family_read, family, error),
            )

    def _family_read(self, family: Any, error: BaseException | None) -> None:
        if error is not None:
            self.irtui.toast("The family tree cannot be read", str(error), "error")
            return
        self.sitting.family = family
        self.irtui.sitting_changed()

    def on_progressed(self, message: Progressed) -> None:
        self.sitting.progressed(message.progress)
        self._ticking.resume() if message.progress.text else self._ticking.pause()
        self._tick()

    def on_spoke(self, message: Spoke) -> None:
        told = message.told
        self.sitting.told.append(told)
        if from_the_room(told):
            self.sitting.unread.append(told)
            self._read_out()
            return
        text = f"{told.text}\n{told.advice}".strip()
        if told.level == "error":
            self.query_one(StepView).choose(TABS.index("result"))
        self.irtui.toast(told.title, text, _SEVERITY.get(told.level, "information"))
        self.sitting_changed()

    def _read_out(self) -> None:
        """What the room says must be put away by hand; it waits until nothing else is being read or typed."""
        if self.app.screen is self and self.sitting.unread:
            told = self.sitting.unread.pop(0)
            self.app.push_screen(NoticeDialog(told.title, room_lines(told), "warn"), lambda _: self._read_out())
        self._tick()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.call_after_refresh(self._read_out)
        self.call_after_refresh(self._show_tail)  # a dialog that came with the screen kept its size from it

    def on_your_turn(self, message: YourTurn) -> None:
        """The engine asks again every few seconds; a command that is already under way is not forgotten for that."""
        if message.taken != self.irtui.bridge.taken:
            return
        if self.sitting.my_turn and message.state is self.sitting.state:
            return
        self.sitting.my_turn = True
        self.sitting.state = message.state
        self.sitting.progressed(Progress())
        self._ticking.pause()
        self._follow()
        self.irtui.sitting_changed()

    def on_ended(self, message: Ended) -> None:
        self.sitting.ended, self.sitting.my_turn = True, False
        self.sitting.state, self.sitting.score = message.state, message.score
        self.irtui.sitting_changed()
        if message.state.closed and not self.sitting.leaving:
            words = f"{message.state.id} is closed"
            lines = ended_lines(message.state, message.objectives, message.score)
            self.app.push_screen(EndDialog(words, lines), lambda read: self.action_debrief() if read else None)
        else:
            self.irtui.left()

    # What is shown.

    def sitting_changed(self) -> None:
        self.refresh_banner()
        self.query_one("#steps", Rows).show(
            [(row.key, row.line) for row in step_rows(self.sitting.state, ascii_only=self.irtui.ascii_only)]
        )
        left = self.query_one("#left")
        left.border_title = safe(f"Steps · {counts(self.sitting.state)}")
        left.border_subtitle = safe(containment(self.sitting.state))
        self._show_step()
        self._show_tail()
        self._tick()
        self.refresh_bindings()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_tail)

    def _follow(self) -> None:
        """Moves on to the next step when the one that was next is dealt with; else leaves the cursor alone."""
        now = current(self.sitting.state)
        if now and now != self._followed:
            self._followed = now
            self.query_one("#steps", Rows).choose(now)

    @on(Rows.OptionHighlighted, "#steps")
    def _highlighted(self) -> None:
        self._show_step()
        self.refresh_bindings()

    @on(Rows.OptionSelected, "#steps")
    def _selected(self) -> None:
        self.query_one("#detail").focus()

    def _show_step(self) -> None:
        if step := self.step():
            self.query_one(StepView).show(step)

    def _show_tail(self) -> None:
        tail = self.query_one("#tail", Static)
        room = max(1, tail.size.height or 3)
        tail.border_title = safe(journal_title(self.sitting.state))
        tail.update(painted_lines(record_line(record) for record in self.sitting.records[-room:]))

    def sent(self) -> None:
        self._tick()

    def _tick(self) -> None:
        self.query_one("#status", Static).update(painted(((" ", ""), *status_line(self.sitting))))

    # How it ends.

    def leave(self) -> bool:
        """q, ctrl+c and ctrl+q. A second one while leaving leaves without waiting on the screen."""
        if self.sitting.ended or self.sitting.leaving:
            self.irtui.left()
        else:
            self.app.push_screen(LeaveDialog(leaving_lines(self.sitting.state, self.sitting.busy_words())), self._leave)
        return True

    def _leave(self, yes: object) -> None:
        if yes:
            self.sitting.leaving = True
            self.irtui.bridge.leave()
            self._tick()
