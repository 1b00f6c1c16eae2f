"""The incident: steps on the left; instruction, plan, result, evidence on the right; the journal below.

Every key only moves about or asks the engine. enter opens a step and never runs a change; r previews first.
"""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
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
from irtui.model.plan import Plan
from irtui.tui.messages import Ended, Progressed, Spoke, Updated, YourTurn
from irtui.tui.present.closing import ended_lines, leaving_lines
from irtui.tui.present.command import aws_commands
from irtui.tui.present.journal import record_line
from irtui.tui.present.lines import EMPTY, Line, paragraphs, say
from irtui.tui.present.plan import plan_lines, written_lines
from irtui.tui.present.result import evidence_lines, instruction_lines, kind_words, next_words, result_lines
from irtui.tui.present.steps import containment, counts, current, step_rows, title
from irtui.tui.screens.ask import LeaveDialog, NoticeDialog, TextDialog
from irtui.tui.screens.base import FullScreen
from irtui.tui.sitting import Sitting
from irtui.tui.widgets.paint import painted, painted_lines, safe
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.rows import Rows
from irtui.tui.widgets.tabs import TabStrip

TABS = ("plan", "result", "evidence", "aws")
_SEVERITY: dict[str, SeverityLevel] = {"error": "error", "warning": "warning"}
_LOOK = (StepStatus.SETTLING, StepStatus.IN_DOUBT, StepStatus.UNVERIFIED, StepStatus.WAITING)


class RunScreen(FullScreen):
    HELP = "Steps on the left, the chosen one on the right. enter opens, r previews and runs, nothing runs unconfirmed."
    CSS_PATH = "run.tcss"
    AUTO_FOCUS = "#steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "run", id="run.run", tooltip="Preview the step; a change runs only when confirmed"),
        Binding("u", "undo", "undo", id="run.undo", tooltip="Take the step's changes back, with the same guards"),
        Binding("s", "skip", "skip", id="run.skip", tooltip="Skip the step, with a reason"),
        Binding("n", "note", "note", id="run.note", tooltip="Add a note to the journal"),
        Binding("l", "look", "look again", show=False, id="run.look", tooltip="Look again at a step that settles"),
        Binding("a", "unlock", "allow changes", id="run.unlock", tooltip="Allow changes in this incident"),
        Binding("e", "evidence", "evidence", id="run.evidence", tooltip="Evidence and replies of the step as a tree"),
        Binding("J,f3", "journal", "journal", id="run.journal", tooltip="Every record; filter, verify"),
        Binding("c", "tab(3)", "aws command", show=False, id="run.command", tooltip="The step as an aws command"),
        Binding("h,left", "turn(-1)", "tab before", show=False, id="run.tab_before", tooltip="Tab before"),
        Binding("right", "turn(1)", "next tab", show=False, id="run.tab_next", tooltip="Next tab"),
        Binding("1", "tab(0)", "plan", show=False, id="run.tab1", tooltip="Plan"),
        Binding("2", "tab(1)", "result", show=False, id="run.tab2", tooltip="Result"),
        Binding("3", "tab(2)", "evidence", show=False, id="run.tab3", tooltip="Evidence"),
        Binding("4", "tab(3)", "command", show=False, id="run.tab4", tooltip="As an aws command"),
        Binding("y", "copy", "copy", show=False, id="run.copy", tooltip="Copy the aws command of the step"),
        Binding("slash", "filter", "filter", show=False, id="run.filter", tooltip="Filter the journal"),
        Binding("x", "close_incident", "close", show=False, id="run.close", tooltip="Close the incident for good"),
        Binding("escape", "to_steps", "steps", show=False, id="run.steps", tooltip="Back to the steps"),
        Binding("tab", "app.focus_next", "pane", show=False, id="run.pane", tooltip="Next pane"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self.sitting = sitting
        self._tab = 0
        self._followed = ""
        self._shown_key = ""

    def body(self) -> ComposeResult:
        with Horizontal(id="upper"):
            with Vertical(id="left"):
                yield Rows(id="steps")
            with Vertical(id="right"):
                yield Pane(id="instruction")
                yield TabStrip(TABS, id="tabs")
                yield Pane(id="detail")
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
            self._tab = 1
            self.query_one("#tabs", TabStrip).choose(1)
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

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        self._tab = event.index
        self._show_step(top=True)

    def _show_step(self, top: bool = False) -> None:
        step = self.step()
        if step is None:
            return
        if step.key != self._shown_key:
            top = True
            self._shown_key = step.key
        right = self.query_one("#right")
        right.border_title = safe(f"{step.number} {title(step)}")
        right.border_subtitle = safe(f"{step.step.phase} · {kind_words(step.step)}")
        self.query_one("#instruction", Pane).show(instruction_lines(step))
        detail = self.query_one("#detail", Pane)
        detail.show(self._detail(step))
        if top:
            detail.scroll_home(animate=False)
            self.query_one("#instruction", Pane).scroll_home(animate=False)

    def _detail(self, step: StepState) -> tuple[Line, ...]:
        if TABS[self._tab] == "result":
            return result_lines(step, self.sitting.messages(step.key))
        if TABS[self._tab] == "evidence":
            return evidence_lines(step)
        if TABS[self._tab] == "aws":
            return paragraphs(self._command(step)) or (say("No call is planned yet. Press r to see it.", "dim"),)
        plans = self._plans(step)
        return plan_lines(plans) or written_lines(step.step) or (say("Nothing is changed by this step.", "dim"),)

    def _plans(self, step: StepState) -> tuple[Plan, ...]:
        preview = self.sitting.previews.get(step.key)
        return self.sitting.plans(step.key) or (preview.plans if preview else ())

    def _command(self, step: StepState) -> str:
        return aws_commands(planned.call for plan in self._plans(step) for planned in plan.calls)

    def _show_tail(self) -> None:
        tail = self.query_one("#tail", Static)
        room = max(1, tail.size.height or 3)
        tail.border_title = safe(f"Journal · {self.sitting.state.records} records, signed")
        tail.update(painted_lines(record_line(record) for record in self.sitting.records[-room:]))

    def _tick(self) -> None:
        sitting = self.sitting
        busy = sitting.busy_words()
        line: Line
        if sitting.leaving and not sitting.ended:
            line = (("leaving ", "warn"), (busy or "at the next safe point", ""), (" · q again leaves at once", "dim"))
        elif sitting.asking:
            line = say("waiting for your answer", "name")
        elif busy:
            line = (("working ", "warn"), (busy, ""))
        elif sitting.my_turn or sitting.state.closed:
            line = ((next_words(sitting.state, sitting.step(current(sitting.state))), "name"),)
        else:
            line = (("working", "warn"),)
        self.query_one("#status", Static).update(painted(((" ", ""), *line)))

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
        step = self.step()
        if step is None:
            return
        dialog = TextDialog(f"Skip {step.number} {title(step)}", (say("Why? It stands in the journal."),), least=4)
        self.app.push_screen(dialog, lambda text: self._send(SkipStep(step.key, str(text))) if text else None)

    def action_note(self) -> None:
        dialog = TextDialog("Note", (say("It stands in the journal as you write it."),))
        self.app.push_screen(dialog, self._noted)

    def _noted(self, text: object) -> None:
        """A note is never refused: while the engine works, it waits its turn."""
        if text:
            self.irtui.bridge.command(AddNote(str(text)))
            self.sitting.my_turn = False

    def action_unlock(self) -> None:
        account = self.sitting.state.account
        lines = (
            say(f"Account {account} · {self.sitting.state.mode.upper()}", "warn"),
            say("Type its last four digits."),
        )
        dialog = TextDialog("Allow changes in this incident", lines, exactly=account[-4:])
        self.app.push_screen(dialog, lambda text: self._send(Unlock(str(text))) if text else None)

    def action_close_incident(self) -> None:
        state = self.sitting.state
        unfinished = state.open_steps or state.settling
        ask = "Steps are left. Say why it ends like this." if unfinished else "Type: close"
        lines = (
            say(f"{containment(state)}, {counts(state)}", "warn"),
            say("Nothing can be done in a closed incident."),
            EMPTY,
            say(ask),
        )
        dialog = TextDialog(f"Close {state.id} for good", lines, least=4, exactly="" if unfinished else "close")
        self.app.push_screen(
            dialog, lambda text: self._send(CloseIncident(str(text) if unfinished else "")) if text else None
        )

    def action_to_steps(self) -> None:
        self.query_one("#steps").focus()

    def action_tab(self, index: int) -> None:
        self.query_one("#tabs", TabStrip).choose(index)

    def action_turn(self, by: int) -> None:
        self.query_one("#tabs", TabStrip).choose(self._tab + by)

    def action_copy(self) -> None:
        step = self.step()
        if step and (text := self._command(step) or title(step)):
            self.irtui.copy(text)

    def action_evidence(self) -> None:
        if step := self.step():
            self.irtui.show_evidence(step)

    def action_journal(self) -> None:
        self.irtui.show_journal()

    def action_filter(self) -> None:
        self.irtui.show_journal(searching=True)

    def ask_to_leave(self) -> None:
        """q, ctrl+c and ctrl+q. A second one while leaving leaves without waiting on the screen."""
        if self.sitting.ended or self.sitting.leaving:
            self.irtui.left()
        else:
            self.app.push_screen(LeaveDialog(leaving_lines(self.sitting.state, self.sitting.busy_words())), self._leave)

    def _leave(self, yes: object) -> None:
        if yes:
            self.sitting.leaving = True
            self.irtui.bridge.leave()
            self._tick()
