"""One sitting at an incident: asks the machine for the next move, makes it, and asks the human in between."""

import threading
from collections.abc import Callable, Mapping

from irtui.aws.door import Door
from irtui.clock import Clock
from irtui.engine import approving, changing, checkpointing, closing, deciding, doubt, kinds, machine, undoing
from irtui.engine.contexts import steps_read
from irtui.engine.hands import Hands, in_words
from irtui.engine.ledger import Ledger
from irtui.engine.operator import (
    AddNote,
    Approvals,
    AskHint,
    Checkpoint,
    CloseIncident,
    Command,
    Leave,
    LookAgain,
    Message,
    Operator,
    Pause,
    Progress,
    RunStep,
    SkipStep,
    TellAnchor,
    UndoStep,
    Unlock,
)  # fmt: skip
from irtui.engine.outline import split_key
from irtui.engine.sessions import name_sessions
from irtui.errors import IrtuiError, JournalError, RunbookError
from irtui.guards.situation import Limits
from irtui.journal.handle import Refused
from irtui.model.checkpoint import CheckpointBucket
from irtui.model.incident import AT_ONCE, IncidentState, StepState, StepStatus
from irtui.model.runbook import ManualBody, Runbook, WaitBody

DEFAULT_LIMITS = Limits()
_BEHIND = (StepStatus.DONE, StepStatus.SETTLING, StepStatus.WAITING)


class Run:
    """Walks a runbook until the operator leaves or closes. Not reusable; `stop` may be called from any thread."""

    def __init__(
        self,
        ledger: Ledger,
        door: Door,
        clock: Clock,
        runbook: Runbook,
        children: Mapping[str, Runbook],
        *,
        protected: tuple[str, ...] = (),
        limits: Limits = DEFAULT_LIMITS,
        read_only: bool = False,
        closing: Callable[[], None] | None = None,
        approvers: Mapping[str, bytes] | None = None,
        bucket: CheckpointBucket | None = None,
    ) -> None:
        """`closing` is called right before the close record is written. `approvers`: whose approvals count. `bucket`:
        where signed checkpoints go."""
        self._approvers = approvers or {}
        self._bucket = bucket
        self._checkpointed = 0
        """The last containing intent for which a checkpoint was tried by itself."""
        self._read_only = read_only
        self._closing = closing
        self._ledger = ledger
        self._door = door
        self._clock = clock
        self._runbook = runbook
        self._children = children
        self._protected = protected
        self._limits = limits
        self._stop = threading.Event()
        self._looked: frozenset[str] = frozenset()
        self._troubled = False
        """The last move ended in an error: ask the human before anything runs by itself again."""
        self._heard = True
        """The human was heard since the last error; a fault that comes back without that ends the walk."""

    @property
    def state(self) -> IncidentState:
        return self._ledger.state

    def stop(self) -> None:
        """Stop at the next safe point: a call in flight is followed by its outcome first."""
        self._stop.set()

    def walk(self, operator: Operator) -> IncidentState:
        """Blocks until left or closed. Raises JournalError; other errors are told and the walk goes on."""
        hands = Hands(
            self._ledger, self._door, self._clock, operator, self._runbook, self._children, self._protected,
            self._limits, self._read_only, self._stop.is_set, self._closing, self._bucket,
            self._approvers,
        )  # fmt: skip
        self._ledger.shown_to(operator)
        name_sessions(hands)
        while not self._stop.is_set() and not self.state.closed:
            try:
                if not self._move(hands):
                    break
                self._troubled = False
            except JournalError as error:
                if not isinstance(error, Refused):
                    raise
                self._trouble(operator, error)
            except IrtuiError as error:
                self._trouble(operator, error)
            except Exception as error:  # a bug of ours must not end the incident; a face that is broken does
                if not self._heard:
                    raise
                self._trouble(operator, in_words(error))
        return self.state

    def _trouble(self, operator: Operator, error: IrtuiError) -> None:
        self._troubled, self._heard = True, False
        operator.progress(Progress())
        operator.tell(Message(error.title, error.message, error.advice, "error"))

    # -- moves ---------------------------------------------------------------------------------

    def _move(self, hands: Hands) -> bool:
        """Makes the next move. False: the operator leaves."""
        self._ledger.rest()
        approving.poll(hands)
        self._looked &= {step.key for step in self.state.steps if step.status is StepStatus.IN_DOUBT}
        move = machine.next_move(self.state, self._clock.now(), self._looked)
        if self._troubled and not isinstance(move, machine.AskOperator):
            return self._ask(hands, machine.current_step(self.state), None)
        if isinstance(move, machine.AskOperator):
            if checkpointing.due(hands, self._checkpointed):
                self._checkpointed = self.state.acted
                checkpointing.checkpoint(hands)
                return True
            current = self.state.step(move.key) if move.key else None
            timeout = (move.until - self._clock.now()).total_seconds() if move.until else None
            return self._ask(hands, current, None if timeout is None else max(timeout, 0.0))
        step = self.state.step(move.key)
        if isinstance(move, machine.Reconcile):
            doubt.reconcile(hands, step)
            self._looked |= {move.key}
        elif isinstance(move, machine.Settle):
            self._settle(hands, step)
        elif isinstance(move, machine.Watch):
            kinds.watch(hands, step)
        elif isinstance(move, machine.Dismiss):
            self._ledger.write("not_needed", {"step": step.key, "why": f"{step.step.when} is false", "by": "when"})
        elif isinstance(move, machine.Expand):
            kinds.expand(hands, step)
        else:
            kinds.run_step(hands, step)
        return True

    def _ask(self, hands: Hands, current: StepState | None, timeout: float | None) -> bool:
        command = hands.operator.next(self.state, timeout)
        self._heard = True
        if command is not None:
            return self._obey(hands, command)
        for step in self.state.steps:
            if step.status is StepStatus.WAITING and isinstance(step.step.body, WaitBody) and step.step.body.check:
                kinds.watch(hands, step)
        return True

    def _obey(self, hands: Hands, command: Command) -> bool:
        match command:
            case Leave():
                return False
            case RunStep(key):
                self._run_asked(hands, self._step(key))
            case UndoStep(key):
                undoing.undo(hands, self._step(key))
            case SkipStep(key, reason):
                deciding.skip(hands, self._step(key), reason)
            case LookAgain(key):
                self._look_again(hands, self._step(key))
            case Approvals(key):
                self._settle_approval(hands, self._step(key))
            case AddNote(text, kind, of):
                self._ledger.write("note", {"text": text, **({"kind": kind, "of": of} if kind else {})})
            case TellAnchor(seq, where):
                self._ledger.anchored(seq, where)
            case Checkpoint():
                checkpointing.checkpoint(hands)
            case Unlock(typed):
                deciding.unlock(hands, typed)
            case CloseIncident(reason):
                closing.close(hands, reason)
            case AskHint() | Pause():  # a rehearsal answers these before the engine hears of them
                hands.operator.tell(Message("Only in a rehearsal", "A real incident has no hints and no pause."))
        return True

    def _step(self, key: str) -> StepState:
        try:
            return self.state.step(split_key(key)[0])
        except KeyError:
            raise RunbookError(f"there is no step {key!r}") from None

    # -- what the operator asks for ------------------------------------------------------------

    def _run_asked(self, hands: Hands, step: StepState) -> None:
        tell = hands.operator.tell
        if step.blocked_by:
            tell(Message("Not yet", f"First: {', '.join(step.blocked_by)}.", level="warning", key=step.key))
        elif step.status is StepStatus.IN_DOUBT:
            if not doubt.reconcile(hands, step):
                doubt.ask(hands, self.state.step(step.key))
        elif step.applies is False and (asked := self._unanswered(step)):
            words = f"{step.step.when} asks about what is still open: {', '.join(asked)}."
            tell(Message("Not known yet", words, "Do that first.", "warning", step.key))
        elif step.applies is False:
            tell(Message("Not needed", f"{step.step.when} is false.", level="warning", key=step.key))
        elif step.applies is None and step.step.phase != "contain":
            words = f"Nobody can say yet whether {step.step.when} holds."
            tell(Message("Perhaps not needed", words, "Do first what it asks about.", "warning", step.key))
        else:
            if step.step.for_each:
                kinds.expand(hands, step)
                step = self.state.step(step.key)
                if not step.items:
                    return
            if step.status in _BEHIND and not machine.repeats(step):
                tell(Message("Already done", "Undo it first to do it again.", level="warning", key=step.key))
                return
            kinds.run_step(hands, step)

    def _unanswered(self, step: StepState) -> list[str]:
        """Titles of the steps that its `when` reads and that are not done yet."""
        read = [self.state.step(f"{step.runs_in}{name}") for name in dict.fromkeys(steps_read(step.step.when))]
        return [other.title for other in read if not machine.passed(other)]

    def _settle_approval(self, hands: Hands, step: StepState) -> None:
        if step.step.approvers < 1:
            hands.operator.tell(Message("Nobody else is asked", "This step wants no approval of others.", key=step.key))
        elif approving.settle(hands, step.key):
            self._run_asked(hands, self.state.step(step.key))

    def _look_again(self, hands: Hands, step: StepState) -> None:
        if step.status is StepStatus.IN_DOUBT:
            if not doubt.reconcile(hands, step):
                doubt.ask(hands, self.state.step(step.key))
            return
        if step.status is StepStatus.WAITING:
            kinds.soak(hands, step)
            kinds.watch(hands, step)
        elif isinstance(step.step.body, ManualBody) and step.step.body.proof is not None:
            kinds.prove(hands, step)
        calls = changing.in_effect(step)
        for unit in dict.fromkeys((*calls, *step.taken_back)):
            if unit in step.taken_back:
                undoing.look_back(hands, unit)
            else:
                changing.verify(hands, unit, calls[unit])

    def _settle(self, hands: Hands, step: StepState) -> None:
        """Takes the second looks that are due, each unit in its own time."""
        calls, now = changing.in_effect(step), self._clock.now()
        for unit, due in step.due.items():
            if due > now:
                continue
            if unit in step.taken_back:
                undoing.look_back(hands, unit)
            elif due == AT_ONCE:
                changing.verify(hands, unit, calls.get(unit, ()))
            else:
                changing.settle(hands, unit, calls.get(unit, ()))
