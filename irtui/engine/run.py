"""One sitting at an incident: asks the machine for the next move, makes it, and asks the human in between."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from irtui.aws.door import Door
from irtui.canonical import plain
from irtui.clock import Clock, rfc3339
from irtui.engine import changing, doubt, machine
from irtui.engine.changing import Hands
from irtui.engine.checks import record_check
from irtui.engine.ledger import Ledger
from irtui.engine.looks import Sight, look
from irtui.engine.operator import (
    AddNote,
    CloseIncident,
    Command,
    Leave,
    LookAgain,
    Message,
    Operator,
    Progress,
    Question,
    RunStep,
    SkipStep,
    Task,
    UndoStep,
    Unlock,
)  # fmt: skip
from irtui.engine.outline import split_key, unit_key
from irtui.engine.planning import filled_look
from irtui.engine.reading import read_step
from irtui.errors import IrtuiError, JournalError, RunbookError
from irtui.guards.situation import Limits
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.outcome import Finding
from irtui.model.plan import PlannedCall
from irtui.model.runbook import AskBody, ChildBody, ManualBody, Runbook, WaitBody
from irtui.runbook.expressions import fill, roots
from irtui.runbook.template import sole

DEFAULT_LIMITS = Limits()


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
    ) -> None:
        self._read_only = read_only
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

    @property
    def state(self) -> IncidentState:
        return self._ledger.state

    def stop(self) -> None:
        """Stop at the next safe point: a call in flight is followed by its outcome first."""
        self._stop.set()

    def walk(self, operator: Operator) -> IncidentState:
        """Blocks until left or closed. Raises JournalError; other errors are told and the walk goes on."""
        hands = Hands(self._ledger, self._door, self._clock, operator, self._protected, self._limits, self._stop.is_set)
        self._ledger.shown_to(operator)
        self._name_sessions()
        while not self._stop.is_set() and not self.state.closed:
            try:
                if not self._move(hands):
                    break
                self._troubled = False
            except JournalError:
                raise
            except IrtuiError as error:
                operator.progress(Progress())
                operator.tell(Message(error.title, error.message, error.advice, "error"))
                self._troubled = True
        return self.state

    # -- moves ---------------------------------------------------------------------------------

    def _move(self, hands: Hands) -> bool:
        """Makes the next move. False: the operator leaves."""
        move = machine.next_move(self.state, self._clock.now(), self._looked)
        if self._troubled and not isinstance(move, machine.AskOperator):
            return self._ask(hands, machine.current_step(self.state), None)
        if isinstance(move, machine.AskOperator):
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
            self._watch(hands, step)
        elif isinstance(move, machine.Dismiss):
            self._ledger.write("not_needed", {"step": step.key, "why": f"{step.step.when} is false"})
        elif isinstance(move, machine.Expand):
            self._expand(hands, step)
        else:
            self._run(hands, step)
        return True

    def _ask(self, hands: Hands, current: StepState | None, timeout: float | None) -> bool:
        command = hands.operator.next(self.state, timeout)
        if command is not None:
            return self._obey(hands, command)
        for step in self.state.steps:
            if step.status is StepStatus.WAITING and isinstance(step.step.body, WaitBody) and step.step.body.check:
                self._watch(hands, step)
        return True

    def _obey(self, hands: Hands, command: Command) -> bool:
        match command:
            case Leave():
                return False
            case RunStep(key):
                self._run_asked(hands, self._step(key))
            case UndoStep(key):
                changing.undo(hands, self._step(key))
            case SkipStep(key, reason):
                self._skip(hands, self._step(key), reason)
            case LookAgain(key):
                self._look_again(hands, self._step(key))
            case AddNote(text):
                self._ledger.write("note", {"text": text})
            case Unlock(typed):
                self._unlock(hands, typed)
            case CloseIncident(reason):
                self._close(hands, reason)
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
        elif step.applies is False:
            tell(Message("Not needed", f"{step.step.when} is false.", level="warning", key=step.key))
        elif step.status in (StepStatus.DONE, StepStatus.SETTLING, StepStatus.WAITING) and not machine.reads_only(step):
            tell(Message("Already done", "Undo it first to do it again.", level="warning", key=step.key))
        else:
            if step.step.for_each and not step.items:
                self._expand(hands, step)
                step = self.state.step(step.key)
                if not step.items:
                    return
            self._run(hands, step)

    def _skip(self, hands: Hands, step: StepState, reason: str) -> None:
        tell = hands.operator.tell
        if not step.step.skippable:
            tell(Message("This step cannot be skipped", "The runbook says so.", level="warning", key=step.key))
        elif len(reason.strip()) < 4:
            tell(
                Message("Not skipped", "A reason is needed (at least four characters).", level="warning", key=step.key)
            )
        elif step.status is StepStatus.IN_DOUBT:
            tell(Message("Not skipped", "It may have been done: look again first.", level="warning", key=step.key))
        else:
            self._ledger.write("skip", {"step": step.key, "reason": reason})

    def _look_again(self, hands: Hands, step: StepState) -> None:
        if step.status is StepStatus.IN_DOUBT:
            if not doubt.reconcile(hands, step):
                doubt.ask(hands, self.state.step(step.key))
            return
        for unit, calls in _in_effect(step).items():
            changing.verify(hands, unit, calls)

    def _unlock(self, hands: Hands, typed: str) -> None:
        state = self.state
        if state.unlocked:
            return
        if self._read_only:
            words = "This sitting was started with --read-only."
            hands.operator.tell(Message("Still read-only", words, "Leave, and resume without it.", "warning"))
            return
        if typed != state.account[-4:]:
            hands.operator.tell(
                Message("Still read-only", f"{typed!r} is not the end of account {state.account}.", level="warning")
            )
            return
        self._ledger.write("unlock", {"account": state.account, "by": state.operator})

    def _close(self, hands: Hands, reason: str) -> None:
        state = self.state
        doubtful = [step.title for step in state.steps if step.status is StepStatus.IN_DOUBT]
        if doubtful:
            words = f"Nobody knows what became of: {'; '.join(doubtful)}."
            hands.operator.tell(Message("Not closed", words, "Look again at it first.", "error"))
            return
        unfinished = [
            step.key for step in state.steps
            if step.status.open or step.status in (StepStatus.SETTLING, StepStatus.WAITING, StepStatus.UNVERIFIED)
        ]  # fmt: skip
        if unfinished and len(reason.strip()) < 4:
            words = f"Open or not yet sure: {', '.join(unfinished)}."
            hands.operator.tell(Message("Not closed", words, "Close with a reason to leave them so.", "warning"))
            return
        self._ledger.close({"reason": reason, "open": unfinished, "contained": state.contained})

    # -- kinds of steps ------------------------------------------------------------------------

    def _run(self, hands: Hands, step: StepState) -> None:
        body = step.step.body
        try:
            if isinstance(body, AskBody):
                self._choose(hands, step, body)
            elif isinstance(body, ManualBody):
                self._attest(hands, step, body)
            elif isinstance(body, ChildBody):
                self._begin_child(step, body)
            elif isinstance(body, WaitBody):
                self._wait(hands, step, body)
            elif machine.reads_only(step):
                self._read(hands, step)
            else:
                changing.change(hands, step, self._contexts(step))
        except RunbookError as error:
            self._ledger.write("fail", {"step": step.key, "reason": error.message, "advice": error.advice})
            hands.operator.tell(Message(error.title, error.message, error.advice, "error", step.key))

    def _read(self, hands: Hands, step: StepState) -> None:
        for item, context in self._contexts(step).items():
            unit = unit_key(step.key, item)
            hands.operator.progress(Progress(f"{step.title} …", unit))
            try:
                error = read_step(
                    self._ledger, self._door, step.step, unit, context, self._clock.now() + self._door.ahead
                )
            finally:
                hands.operator.progress(Progress())
            if error is not None:
                hands.operator.tell(Message(error.title, str(error), error.advice, "error", unit))

    def _choose(self, hands: Hands, step: StepState, body: AskBody) -> None:
        text = str(fill(body.question, self._context(step)))
        answer = hands.operator.decide(Question(step.key, step.title, text, body.choices))
        if answer in body.choices:
            self._ledger.write("decide", {"step": step.key, "kind": "choice", "choice": answer})

    def _attest(self, hands: Hands, step: StepState, body: ManualBody) -> None:
        for item, context in self._contexts(step).items():
            unit = unit_key(step.key, item)
            proof = filled_look(body.proof, step.step, context) if body.proof else None
            shown = f"{proof.call.name}: {proof.until}" if proof else ""
            title = step.title if item is None else f"{step.title}: {step.items[item]}"
            statement = hands.operator.attest(Task(unit, title, str(fill(body.instruction, context)), shown))
            if statement is None:
                return
            if len(statement.strip()) < 4:
                words = "Say in a few words what was done."
                hands.operator.tell(Message("Not recorded", words, level="warning", key=unit))
                return
            self._ledger.write("attest", {"step": unit, "statement": statement, "proof": shown})
            if proof is not None:
                hands.operator.progress(Progress("asking AWS whether it was done …", unit))
                sight = look(self._door, self._clock, proof, stopping=self._stop.is_set)
                hands.operator.progress(Progress())
                record_check(self._ledger, unit, "proof", [sight])

    def _begin_child(self, step: StepState, body: ChildBody) -> None:
        child = self._children[body.runbook]
        inputs = dict(fill(body.inputs, self._context(step)))
        missing = [spec.name for spec in child.inputs if not spec.optional and not inputs.get(spec.name)]
        if missing:
            raise RunbookError(f"{body.runbook} needs a value for {', '.join(missing)}")
        for spec in child.inputs:
            inputs.setdefault(spec.name, spec.default)
        self._ledger.write("run", {"step": step.key, "runbook": child.name, "digest": child.digest, "inputs": inputs})
        self._name_sessions()

    def _wait(self, hands: Hands, step: StepState, body: WaitBody) -> None:
        seconds = body.seconds if body.seconds is not None else body.check.within if body.check else 0.0
        until = self._clock.now() + timedelta(seconds=seconds)
        self._ledger.write("wait", {"step": step.key, "until": rfc3339(until)})
        if body.check is not None:
            self._watch(hands, self.state.step(step.key))

    def _watch(self, hands: Hands, step: StepState) -> None:
        body = step.step.body
        assert isinstance(body, WaitBody)
        if body.check is None:
            record_check(self._ledger, step.key, "wait", [Sight(Finding.VERIFIED)])
            return
        what = filled_look(body.check, step.step, self._context(step))
        assert what is not None
        sight = look(self._door, self._clock, what, once=True)
        over = step.wait_until is not None and step.wait_until <= self._clock.now()
        if sight.finding is Finding.VERIFIED or over:
            record_check(self._ledger, step.key, "wait", [sight])

    def _settle(self, hands: Hands, step: StepState) -> None:
        look_for = changing.settle if step.verified else changing.verify
        for unit, calls in _in_effect(step).items():
            look_for(hands, unit, calls)

    def _expand(self, hands: Hands, step: StepState) -> None:
        """Fixes the list a step runs over. An empty list from a step with gaps is not emptiness: nobody knows."""
        expression = step.step.for_each
        items = fill(expression, self._context(step))
        if not isinstance(items, list):
            raise RunbookError(f"{expression} is not a list")
        if items:
            self._ledger.write("items", {"step": step.key, "items": plain(items)})
            return
        prefix = step.key.rpartition("/")[0]
        sources = [f"{prefix}/{name}" if prefix else name for name in _steps_read(expression)]
        gaps = [gap for source in sources for gap in self.state.step(source).gaps]
        if gaps:
            reason = f"the list is empty, but it could not be read in full: {'; '.join(gaps)}"
            advice = "Find it out another way, or skip the step with the reason."
            self._ledger.write("fail", {"step": step.key, "reason": reason, "advice": advice})
            hands.operator.tell(Message("Nobody knows", reason, advice, "warning", step.key))
        else:
            self._ledger.write("not_needed", {"step": step.key, "why": f"{expression} is empty"})

    def _name_sessions(self) -> None:
        """Tells the door the sessions of the runbook, and of the children that have begun, filled in."""
        walked = [(self._runbook, "")]
        for step in self.state.steps:
            if step.begun and isinstance(step.step.body, ChildBody):
                walked.append((self._children[step.step.body.runbook], f"{step.key}/"))
        for runbook, prefix in walked:
            context = self._ledger.context(prefix)
            for spec in runbook.sessions:
                role, member = str(fill(spec.role, context)), str(fill(spec.assume_root, context))
                self._door.add_session(replace(spec, role=role, assume_root=member))

    # -- expressions ---------------------------------------------------------------------------

    def _context(self, step: StepState, item: int | None = None) -> dict[str, Any]:
        prefix = step.key[: len(step.key) - len(step.step.id)]
        context = self._ledger.context(prefix)
        context["aws"]["now"] = rfc3339(self._clock.now() + self._door.ahead)
        if item is not None:
            context["item"] = step.items[item]
            context[step.step.as_] = step.items[item]
        return context

    def _contexts(self, step: StepState) -> dict[int | None, dict[str, Any]]:
        """A context for each unit that is not done: the step itself, or its items by their position."""
        if not step.step.for_each:
            return {None: self._context(step)}
        todo = [index for index in range(len(step.items)) if index not in step.items_done]
        return {item: self._context(step, item) for item in todo}


def _in_effect(step: StepState) -> dict[str, tuple[PlannedCall, ...]]:
    """Unit → its calls that took effect and were not taken back."""
    units: dict[str, dict[int, PlannedCall]] = {}
    for record in step.calls:
        if record.took_effect and not record.undone and not record.undoing:
            units.setdefault(record.step, {})[record.n] = PlannedCall.from_data(record.planned)
    return {unit: tuple(calls.values()) for unit, calls in units.items()}


def _steps_read(expression: str) -> tuple[str, ...]:
    """Ids of the steps that a `${{ steps.x.y }}` reads."""
    paths = roots(sole(expression) or expression)
    return tuple(path[1] for path in paths if len(path) > 1 and path[0] == "steps")
