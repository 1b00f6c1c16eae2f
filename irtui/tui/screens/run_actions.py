"""What the keys of the run screen ask for. Every one of them moves about or asks the engine; none does work."""

from irtui.desk.handed import Parting
from irtui.engine.operator import (
    AddNote,
    Approvals,
    AskHint,
    Checkpoint,
    CloseIncident,
    Command,
    LookAgain,
    Pause,
    RunStep,
    SkipStep,
    TellAnchor,
    UndoStep,
    Unlock,
)  # fmt: skip
from irtui.errors import UsageError
from irtui.journal.anchor import anchor
from irtui.model.incident import StepState, StepStatus
from irtui.report.forensics import kept_in
from irtui.tui.present.errors import error_lines
from irtui.tui.present.family import family_step
from irtui.tui.present.gameday import said_lines
from irtui.tui.present.handing import parting_lines
from irtui.tui.present.steps import title
from irtui.tui.screens import run_dialogs
from irtui.tui.screens.ask import NoticeDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.screens.handing import HandOverScreen
from irtui.tui.sitting import Sitting
from irtui.tui.widgets.rows import Rows
from irtui.tui.widgets.step_view import StepView

_LOOK = (StepStatus.SETTLING, StepStatus.IN_DOUBT, StepStatus.UNVERIFIED, StepStatus.WAITING)
_REHEARSED = ("hint", "pause", "said")


class Asking(FullScreen):
    """The step that is meant is the one that the cursor is on."""

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting

    def step(self) -> StepState | None:
        return self.sitting.step(self.query_one("#steps", Rows).key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unlock":
            return not self.sitting.state.unlocked
        if action == "undo":
            step = self.step() if self.is_mounted else None
            return bool(step and step.undoable)
        if action == "approvals":
            step = self.step() if self.is_mounted else None
            return bool(step and step.step.approvers)
        if action == "family":
            return self.sitting.family is not None or family_step(self.sitting.state) is not None
        if action == "trail":
            return bool(kept_in(self.sitting.records))
        if action == "debrief":
            return self.sitting.score is not None
        if action in _REHEARSED:
            return self.sitting.state.mode == "rehearsal"
        return True

    def _send(self, command: Command) -> None:
        if not self.sitting.my_turn:
            self.irtui.toast("Not now", "irtui is still working; the key was not taken.", "warning")
            return
        self.sitting.my_turn = False
        self.irtui.bridge.command(command)
        self.sent()

    def sent(self) -> None:
        """A command is on its way to the engine."""

    def action_run(self) -> None:
        if step := self.step():
            self._send(_again(step))

    def action_undo(self) -> None:
        if step := self.step():
            self._send(UndoStep(step.key))

    def action_look(self) -> None:
        if step := self.step():
            self._send(LookAgain(step.key))

    def action_approvals(self) -> None:
        if step := self.step():
            self._send(Approvals(step.key))

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

    def action_fingerprint(self) -> None:
        """Of the record that is the last one now, however long the answer takes."""
        state = self.sitting.state
        line = anchor(state.id, state.records, state.head).words
        self.irtui.copy(line)
        if self.sitting.ended:  # nothing can be recorded any more; the line is worth as much
            self.app.push_screen(NoticeDialog("The journal's fingerprint", run_dialogs.paste_this(line)))
            return
        self.app.push_screen(run_dialogs.fingerprint_dialog(line), lambda where: self._told(state.records, where))

    def _told(self, seq: int, where: object) -> None:
        if where:
            self.irtui.bridge.command(TellAnchor(seq, str(where)))
            self.sitting.my_turn = False

    def action_checkpoint(self) -> None:
        self._send(Checkpoint())

    def action_unlock(self) -> None:
        dialog = run_dialogs.unlock_dialog(self.sitting.state)
        self.app.push_screen(dialog, lambda text: self._send(Unlock(str(text))) if text else None)

    def action_close_incident(self) -> None:
        self.app.push_screen(run_dialogs.close_dialog(self.sitting.state), self._close)

    def _close(self, text: object) -> None:
        if text:
            self._send(CloseIncident(str(text) if run_dialogs.unfinished(self.sitting.state) else ""))

    def action_hand_over(self) -> None:
        try:
            self.sitting.visit.may_be_handed_over()
        except UsageError as error:
            self.app.push_screen(NoticeDialog("It cannot be handed over", error_lines(error), "warn"))
            return
        state = self.sitting.state
        lines = parting_lines(state, self.sitting.busy_words())
        self.app.push_screen(HandOverScreen(f"Hand {state.id} over", state.id, lines), self._hand_over)

    def _hand_over(self, parting: Parting | None) -> None:
        if parting is not None:
            self.sitting.leaving = True
            self.irtui.bridge.hand_over(parting)
            self.sent()

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

    def action_family(self) -> None:
        again = family_step(self.sitting.state)
        self.irtui.show_family(None if again is None else self._look_at_the_family)

    def action_trail(self) -> None:
        self.irtui.show_trail()

    def _look_at_the_family(self) -> None:
        if (step := family_step(self.sitting.state)) is not None:
            self._send(_again(step))

    # Of a rehearsal only.

    def action_hint(self) -> None:
        if step := self.step():
            self._send(AskHint(step.key))

    def action_pause(self) -> None:
        self._send(Pause())

    def action_debrief(self) -> None:
        if self.sitting.score is not None:
            self.irtui.show_debrief(self.sitting.score)

    def action_said(self) -> None:
        self.app.push_screen(NoticeDialog("What was said in the room", said_lines(self.sitting.records)))


def _again(step: StepState) -> Command:
    return LookAgain(step.key) if step.status in _LOOK else RunStep(step.key)
