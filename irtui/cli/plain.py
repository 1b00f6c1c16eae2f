"""The plain face: the walk line by line, with numbered prompts. The screen reader's face, the dumb terminal's and
the tests'.

Rules: the next open step is offered once by itself: its preview is shown and nothing runs before its target is
typed. An empty line never runs a change; the end of the input and ctrl-c decline and leave. What comes due while a
prompt waits is looked at.
"""

from collections.abc import Callable

from irtui.cli import present
from irtui.cli.asides import Asides
from irtui.cli.asking import ask
from irtui.cli.face import Face
from irtui.cli.lines import Lines, Silence
from irtui.engine import operator as port
from irtui.engine.machine import current_step
from irtui.journal.anchor import Anchor, anchor
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, ManualBody
from irtui.text import inert

HELP = """\
  enter, r [N]   preview step N and, once confirmed, run it     s [N]   skip it, with a reason
  u [N]          take back what step N did (same guards)        l [N]   look again at it
  N              show step N                                    o       allow changes (read-only incidents)
  n TEXT         add a note                                     j       the journal's last records
  c              close the incident for good                    q       leave; `irtui resume` goes on
  f [WHERE]      the fingerprint to paste or read aloud, and where it lies then
  k              a signed checkpoint into the bucket that the settings name for it
  t              the family tree of the stolen key              m       what the room said (rehearsals)
  w [N]          whose approval step N waits for: take it, ask anew, break the glass
  i [N]          a hint for step N (rehearsals; counted)        p       pause the world, or go on (rehearsals)
  ?              this help"""

_TRIES = 3


class PlainOperator:
    """`engine.operator.Operator` on a page and a line reader."""

    def __init__(self, face: Face, lines: Lines, asides: Asides) -> None:
        self._face = face
        self._page = face.page
        self._lines = lines
        self._asides = asides
        self._offered: set[str] = set()
        self._shown = -1
        self._pasted: Anchor | None = None
        self.update = face.update
        self.progress = face.progress
        self.tell = face.tell

    def next(self, state: IncidentState, timeout: float | None) -> port.Command | None:
        self._face.caught_up(state)
        step = current_step(state)
        if step and step.key not in self._offered and _offers_itself(step, state):
            self._offered.add(step.key)
            self._page.lines("", *present.step_block(step))
            return port.RunStep(step.key)
        if self._shown != state.records:
            self._shown = state.records
            self._page.lines("", _where(state, step))
        while True:
            line = ask(self._page, self._lines, "> ", timeout=timeout)
            if line is Silence.DUE:
                return None
            if isinstance(line, Silence):
                return port.Leave()
            command = self._command(line, state, step)
            if command:
                return command

    def confirm(self, request: port.Confirmation) -> port.Confirmed | None:
        self._face.plan(request)
        self._lines.forget()
        for reason in request.reason_for:
            self._page.line(f"  A reason is needed: {inert(reason)}")
        asked = inert(request.prompt) if request.typed else f"{inert(request.prompt)} Type yes"
        for _ in range(_TRIES):
            typed = self.line(f"{asked} (empty: no): ")
            if not typed or (not request.typed and typed.lower() != "yes"):
                self._not_run()
                return None
            reason = ""
            if request.reason_for and not request.accepts(typed, "a reason to come"):
                reason = self.line("Reason (empty: no): ") or ""
                if not reason:
                    self._not_run()
                    return None
            missing = request.accepts(typed, reason)
            if not missing:
                return port.Confirmed(typed, reason)
            self._page.line(f"  {inert(missing)}")
        self._not_run()
        return None

    def decide(self, question: port.Question) -> str | None:
        self._face.question(question)
        ids = list(question.choices)
        for _ in range(_TRIES):
            answer = self.line("Number or name (empty: not now): ")
            if not answer:
                return None
            if answer in ids:
                return answer
            if answer.isdecimal() and 1 <= int(answer) <= len(ids):
                return ids[int(answer) - 1]
            self._page.line(f"  one of: {', '.join(inert(choice) for choice in ids)}")
        return None

    def attest(self, task: port.Task) -> str | None:
        self._face.task(task)
        return self.line("What was done (empty: not yet): ") or None

    def secret(self, prompt: str) -> str | None:
        answer = ask(self._page, self._lines, f"{inert(prompt)}: ", secret=True)
        return None if isinstance(answer, Silence) else answer or None

    def _command(self, line: str, state: IncidentState, here: StepState | None) -> port.Command | None:
        """The command of one line; None when it was answered on the page or cannot be understood."""
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        match word.lower():
            case "" if here is None:
                self._page.line("  Nothing is open. c closes, q leaves, ? helps.")
                return None
            case "" | "r":
                return self._on(state, rest, here, port.RunStep)
            case "u":
                undoable = next((step for step in reversed(state.steps) if step.undoable), None)
                return self._on(state, rest, undoable, port.UndoStep)
            case "l":
                again = next((s for s in state.steps if s.status in _LOOKED_AT_AGAIN), here)
                return self._on(state, rest, again, port.LookAgain)
            case "s":
                step = self._step(state, rest, here)
                reason = self.line(f"Why skip {step.number} (empty: no): ") if step else ""
                return port.SkipStep(step.key, reason) if step and reason else None
            case "n":
                text = rest or self.line("Note: ")
                return port.AddNote(text) if text else None
            case "f":
                return self._fingerprint(state, rest)
            case "k":
                return port.Checkpoint()
            case "o":
                typed = self.line(
                    f"Type the last four digits of account {inert(state.account)} to allow changes (empty: no): "
                )
                return port.Unlock(typed) if typed else None
            case "t":
                self._page.lines(*self._asides.family())
            case "m":
                self._page.lines(*self._asides.said())
            case "i":
                return self._on(state, rest, here, port.AskHint)
            case "w":
                waits = next((s for s in state.steps if s.approval and not s.approval.used), here)
                return self._on(state, rest, waits, port.Approvals)
            case "p":
                return port.Pause()
            case "c":
                return self._close(state)
            case "q":
                if state.settling:
                    self._page.line(f"  {len(state.settling)} steps are settling; resume looks at them first.")
                return port.Leave()
            case "j":
                self._page.lines(*self._asides.journal())
            case "?" | "h" | "help":
                self._page.line(HELP)
            case _:
                step = self._step(state, word, None)
                if step:
                    self._page.lines(*present.step_block(step))
        return None

    def _fingerprint(self, state: IncidentState, where: str) -> port.Command | None:
        """A line that was shown, and not said to lie anywhere yet, is the one that `f WHERE` means."""
        if not where or self._pasted is None:
            self._pasted = anchor(state.id, state.records, state.head)
        self._page.line(f"  {inert(self._pasted.words)}")
        where = where or self.line("Where does this line lie now: a ticket, a channel, a name (empty: nowhere yet): ")
        if not where:
            return None
        told, self._pasted = self._pasted, None
        return port.TellAnchor(told.seq, where)

    def _close(self, state: IncidentState) -> port.Command | None:
        unfinished = not_finished(state)
        if unfinished:
            self._page.line(f"  {unfinished} steps are open or not yet sure; {state.contained}.")
        if self.line(f"Type close to end {inert(state.id)} for good (empty: no): ") != "close":
            self._page.line("  Not closed.")
            return None
        return port.CloseIncident(self.line("Reason: ") if unfinished else "")

    def _on(
        self, state: IncidentState, number: str, default: StepState | None, command: Callable[[str], port.Command]
    ) -> port.Command | None:
        step = self._step(state, number, default)
        return command(step.key) if step else None

    def _step(self, state: IncidentState, number: str, default: StepState | None) -> StepState | None:
        if not number and default:
            return default
        step = next((step for step in state.steps if number in (step.number, step.key)), None)
        if step is None:
            self._page.line(f"  No step {inert(number)!r}." if number else "  There is no such step now.")
        return step

    def line(self, prompt: str) -> str:
        """One answer, trimmed; empty for none, for the end of the input and for ctrl-c."""
        answer = ask(self._page, self._lines, prompt)
        return "" if isinstance(answer, Silence) else answer

    def _not_run(self) -> None:
        self._page.line("  Not run.")


_LOOKED_AT_AGAIN = (StepStatus.IN_DOUBT, StepStatus.SETTLING, StepStatus.UNVERIFIED, StepStatus.WAITING)


def not_finished(state: IncidentState) -> int:
    """How many steps are left open or unsure when the incident ends now: closing asks why."""
    return sum(step.status.open or step.status in _LOOKED_AT_AGAIN for step in state.steps)


def _offers_itself(step: StepState, state: IncidentState) -> bool:
    """A step that nobody has touched yet, and that could be run now if it were confirmed."""
    free = state.unlocked or isinstance(step.step.body, AskBody | ManualBody)
    return step.status is StepStatus.TODO and free


def _where(state: IncidentState, step: StepState | None) -> str:
    counts = f"open {len(state.open_steps)} · settling {len(state.settling)} · containment: {state.contained}"
    counts += f" · unanchored since #{state.told + 1}"
    if step is None:
        return f"{counts}\nNothing is open. c closes, q leaves, ? helps."
    lock = "" if state.unlocked else "\nRead only: o allows changes."
    return f"{counts}{lock}\n{present.step_line(step, now=True).strip()}   (enter previews, s skips, ? helps)"
