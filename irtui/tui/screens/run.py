"""The incident: steps on the left; instruction, plan, result, evidence on the right; the journal below.

Every key only moves about or asks the engine. enter opens a step and never runs a change; r previews first.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.notifications import SeverityLevel
from textual.widgets import Static

from irtui.engine.operator import (
    AddNote,
    CloseIncident,
    Command,
    LookAgain,
    Progress,
    RunStep,
    SkipStep,
    UndoStep,
    Unlock,
)  # fmt: skip
from irtui.model.incident import StepState, StepStatus
from irtui.tui.messages import Ended, Progressed, Spoke, Updated, YourTurn
from irtui.tui.present.closing import ended_lines, leaving_lines
from irtui.tui.present.journal import record_line
from irtui.tui.present.status import status_line
from irtui.tui.present.steps import containment, counts, current, step_rows, title
from irtui.tui.screens import run_dialogs
from irtui.tui.screens.ask import LeaveDialog, NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.screens.run_keys import KEYS
from irtui.tui.sitting import Sitting
from irtui.tui.widgets.paint import painted, painted_lines, safe
from irtui.tui.widgets.rows import Rows
from irtui.tui.widgets.step_view import TABS, StepView

_SEVERITY: dict[str, SeverityLevel] = {"error": "error", "warning": "warning"}
_LOOK = (StepStatus.SETTLING, StepStatus.IN_DOUBT, StepStatus.UNVERIFIED, StepStatus.WAITING)


class RunScreen(FullScreen):
    HELP = "Steps on the left, the chosen one on the right. enter opens, r previews and runs, nothing runs unconfirmed."
    CSS_PATH = "run.tcss"
    AUTO_FOCUS = "#steps"
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting
        self._followed = ""

    def body(self) -> ComposeResult:
        with Horizontal(id="upper"):
            with Vertical(id="left"):
                yield Rows(id="steps")
            yield StepView(self.sitting, id="right")
        yield Static(id="tail", markup=False)
        yield Static(id="status", markup=False)

    def on_mount(self) -> None:
        self._ticking = self.set_interval(1, self._tick, pause=True)
        self.sitting_changed()
        self.irtui.bridge.walk(self)

    # What the engine says.

    def on_updated(self, message: Updated) -> None:
        self.sitting.update(message.state, message.records)
        self.irtui.sitting_changed()

    def on_progressed(self, message: Progressed) -> None:
        self.sitting.progressed(message.progress)
        self._ticking.resume() if message.progress.text else self._ticking.pause()
        self._tick()

    def on_spoke(self, message: Spoke) -> None:
        told = message.told
        self.sitting.told.append(told)
        text = f"{told.text}\n{told.advice}".strip()
        if told.level == "error":
            self.query_one(StepView).choose(TABS.index("result"))
        self.irtui.toast(told.title, text, _SEVERITY.get(told.level, "information"))
        self.sitting_changed()

    def on_your_turn(self, message: YourTurn) -> None:
        self.sitting.my_turn = True
        self.sitting.state = message.state
        self.sitting.progressed(Progress())
        self._ticking.pause()
        self._follow()
        self.irtui.sitting_changed()

    def on_ended(self, message: Ended) -> None:
        self.sitting.ended, self.sitting.my_turn = True, False
        self.sitting.state = message.state
        self.irtui.sitting_changed()
        if message.state.closed and not self.sitting.leaving:
            words = f"{message.state.id} is closed"
            self.app.push_screen(NoticeDialog(words, ended_lines(message.state, message.objectives)))
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

    def step(self) -> StepState | None:
        return self.sitting.step(self.query_one("#steps", Rows).key)

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
        tail.border_title = safe(f"Journal · {self.sitting.state.records} records, signed")
        tail.update(painted_lines(record_line(record) for record in self.sitting.records[-room:]))

    def _tick(self) -> None:
        self.query_one("#status", Static).update(painted(((" ", ""), *status_line(self.sitting))))

    # What the operator asks for.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unlock":
            return not self.sitting.state.unlocked
        if action == "undo":
            step = self.step() if self.is_mounted else None
            return bool(step and step.undoable)
        return True

    def _send(self, command: Command) -> None:
        if not self.sitting.my_turn:
            self.irtui.toast("Not now", "irtui is still working; the key was not taken.", "warning")
            return
        self.sitting.my_turn = False
        self.irtui.bridge.command(command)
        self._tick()

    def action_run(self) -> None:
        if step := self.step():
            self._send(LookAgain(step.key) if step.status in _LOOK else RunStep(step.key))

    def action_undo(self) -> None:
        if step := self.step():
            self._send(UndoStep(step.key))

    def action_look(self) -> None:
        if step := self.step():
            self._send(LookAgain(step.key))

    def action_skip(self) -> None:
        if step := self.step():
            key = step.key
            self.app.push_screen(
                run_dialogs.skip_dialog(step), lambda text: self._send(SkipStep(key, str(text))) if text else None
            )

    def action_note(self) -> None:
        self.app.push_screen(run_dialogs.note_dialog(), self._noted)

    def _noted(self, text: object) -> None:
        """A note is never refused: while the engine works, it waits its turn."""
        if text:
            self.irtui.bridge.command(AddNote(str(text)))
            self.sitting.my_turn = False

    def action_unlock(self) -> None:
        dialog = run_dialogs.unlock_dialog(self.sitting.state)
        self.app.push_screen(dialog, lambda text: self._send(Unlock(str(text))) if text else None)

    def action_close_incident(self) -> None:
        self.app.push_screen(run_dialogs.close_dialog(self.sitting.state), self._close)

    def _close(self, text: object) -> None:
        if text:
            self._send(CloseIncident(str(text) if run_dialogs.unfinished(self.sitting.state) else ""))

    def action_to_steps(self) -> None:
        self.query_one("#steps").focus()

    def action_tab(self, index: int) -> None:
        self.query_one(StepView).choose(index)

    def action_turn(self, by: int) -> None:
        self.query_one(StepView).turn(by)

    def action_copy(self) -> None:
        step = self.step()
        if step and (text := self.query_one(StepView).command(step) or title(step)):
            self.irtui.copy(text)

    def action_evidence(self) -> None:
        if step := self.step():
            self.irtui.show_evidence(step)

    def action_journal(self) -> None:
        self.irtui.show_journal()

    def action_filter(self) -> None:
        self.irtui.show_journal(searching=True)

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
