"""The chosen step: its instruction, then plan, result, evidence and the same as an aws command, one tab each."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from irtui.model.incident import StepState
from irtui.model.plan import Plan
from irtui.model.runbook import UseBody
from irtui.report.family import ACTION
from irtui.tui.present.command import aws_command, aws_commands
from irtui.tui.present.family import family_lines
from irtui.tui.present.lines import EMPTY, Line, paragraphs, say
from irtui.tui.present.plan import plan_lines, written_lines
from irtui.tui.present.result import evidence_lines, instruction_lines, kind_words, result_lines
from irtui.tui.present.steps import title
from irtui.tui.sitting import Sitting
from irtui.tui.widgets.paint import safe
from irtui.tui.widgets.pane import Pane
from irtui.tui.widgets.tabs import TabStrip

TABS = ("plan", "result", "evidence", "aws")


class StepView(Vertical):
    """Shows what `show` was last given; a tab keeps its place from step to step."""

    def __init__(self, sitting: Sitting, *, id: str, ascii_only: bool = False) -> None:
        super().__init__(id=id)
        self._sitting = sitting
        self._ascii_only = ascii_only
        self._step: StepState | None = None
        self._tab = 0

    def compose(self) -> ComposeResult:
        yield Pane(id="instruction")
        yield TabStrip(TABS, id="tabs")
        yield Pane(id="detail")

    def show(self, step: StepState) -> None:
        """A step that was not shown before is shown from its top."""
        top = self._step is None or self._step.key != step.key
        self._step = step
        self.border_title = safe(f"{step.number} {title(step)}")
        self.border_subtitle = safe(f"{step.step.phase} · {kind_words(step.step)}")
        instruction = self.query_one("#instruction", Pane)
        instruction.show(instruction_lines(step))
        if top:
            instruction.scroll_home(animate=False)
        self._show_tab(top)

    def choose(self, tab: int) -> None:
        self.query_one("#tabs", TabStrip).choose(tab)

    def turn(self, by: int) -> None:
        self.choose(self._tab + by)

    @on(TabStrip.Chosen)
    def _chosen(self, event: TabStrip.Chosen) -> None:
        self._tab = event.index
        self._show_tab(top=True)

    def _show_tab(self, top: bool) -> None:
        if self._step is None:
            return
        detail = self.query_one("#detail", Pane)
        detail.show(self._lines(self._step))
        if top:
            detail.scroll_home(animate=False)

    def _lines(self, step: StepState) -> tuple[Line, ...]:
        match TABS[self._tab]:
            case "result":
                told = result_lines(step, self._sitting.messages(step.key))
                tree = self._tree(step)
                return (*told, EMPTY, *tree) if tree else told
            case "evidence":
                return evidence_lines(step)
            case "aws":
                return paragraphs(self.command(step)) or (say("No call is planned yet. Press r to see it.", "dim"),)
        if plans := self._plans(step):
            return plan_lines(plans, self._sitting.visit.fidelity)
        visit = self._sitting.visit
        written = written_lines(step.step, visit.sketch(step.key), visit.fidelity, visit.used(step.key))
        return written or (say("This step changes nothing.", "dim"),)

    def _tree(self, step: StepState) -> tuple[Line, ...]:
        reads_it = isinstance(step.step.body, UseBody) and step.step.body.action == ACTION
        return family_lines(self._sitting.family, ascii_only=self._ascii_only) if reads_it else ()

    def _plans(self, step: StepState) -> tuple[Plan, ...]:
        preview = self._sitting.previews.get(step.key)
        return self._sitting.plans(step.key) or (preview.plans if preview else ())

    def command(self, step: StepState) -> str:
        """The step for a shell: its planned calls, else what is known of its call; empty where there is neither."""
        if plans := self._plans(step):
            return aws_commands(planned.call for plan in plans for planned in plan.calls)
        sketch = self._sitting.visit.sketch(step.key)
        return aws_command(sketch) if sketch is not None else ""
