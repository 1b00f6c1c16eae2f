"""Running a step by its kind: read, change, ask, manual, child runbook, wait; and finding out the list it runs over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from irtui.canonical import plain
from irtui.clock import rfc3339
from irtui.engine import changing, machine
from irtui.engine.checks import record_check
from irtui.engine.contexts import context_of, steps_read
from irtui.engine.hands import Hands, in_words
from irtui.engine.ledger import clipped
from irtui.engine.looks import Sight, look
from irtui.engine.operator import Message, Progress, Question, Task, too_short
from irtui.engine.outline import unit_key
from irtui.engine.planning import filled_look
from irtui.engine.reading import read_step
from irtui.engine.renewing import relist
from irtui.engine.sessions import name_sessions
from irtui.errors import CredentialsError, Declined, JournalError, RunbookError
from irtui.journal.handle import Refused
from irtui.model.incident import StepState
from irtui.model.outcome import Finding
from irtui.model.runbook import AskBody, ChildBody, ManualBody, WaitBody
from irtui.runbook.expressions import fill


def run_step(hands: Hands, step: StepState) -> None:
    """Runs what is left of a step, and with `on_failure: ask` asks what becomes of a failure."""
    while True:
        try:
            _run(hands, step)
        except (RunbookError, Refused) as error:
            fail(hands, step.key, error)
        failed = hands.ledger.state.step(step.key)
        if failed.status != "failed" or step.step.on_failure != "ask" or hands.stopping():
            return
        if not _retries(hands, failed):
            return
        step = hands.ledger.state.step(step.key)


def fail(hands: Hands, unit: str, fault: Exception) -> None:
    """Records that a unit could not be run, and tells it."""
    error = in_words(fault)
    hands.ledger.write("fail", {"step": unit, "reason": clipped(error.message), "advice": clipped(error.advice)})
    hands.operator.tell(Message(error.title, error.message, error.advice, "error", unit))


def expand(hands: Hands, step: StepState) -> None:
    """Finds out the list that a step runs over; what is on it already keeps its place, what is new joins at the end.

    An empty list from a step with gaps is not emptiness: nobody knows.
    """
    try:
        _expand(hands, step)
    except (RunbookError, Refused) as error:
        fail(hands, step.key, error)


def soak(hands: Hands, step: StepState) -> None:
    """Jumps to the end of a soak, where the clock is a scenario's; real time only passes."""
    body = step.step.body
    if isinstance(body, WaitBody) and body.check is None and step.wait_until is not None:
        hands.clock.skip(max((step.wait_until - hands.clock.now()).total_seconds(), 0.0) + 0.001)


def watch(hands: Hands, step: StepState) -> None:
    """Looks whether a wait is over; what is done again until its check holds is done again."""
    body = step.step.body
    if step.look_at is not None:
        _read(hands, step)
        return
    assert isinstance(body, WaitBody)
    over = step.wait_until is not None and step.wait_until <= hands.clock.now()
    if body.check is None:
        if over:
            record_check(hands.ledger, step.key, "wait", [Sight(Finding.VERIFIED)])
        else:
            hands.operator.tell(
                Message("Not over yet", f"It ends at {step.wait_until}.", level="warning", key=step.key)
            )
        return
    try:
        what = filled_look(body.check, step.step, context_of(hands, step))
    except RunbookError as error:
        fail(hands, step.key, error)
        return
    assert what is not None
    sight = look(hands.door, hands.clock, what, once=True)
    if sight.finding is Finding.VERIFIED or over:
        record_check(hands.ledger, step.key, "wait", [sight])


def prove(hands: Hands, step: StepState) -> None:
    """Asks AWS again whether manual work was done, where it was stated and not yet shown."""
    body = step.step.body
    assert isinstance(body, ManualBody)
    stated = {r.body["step"] for r in hands.ledger.journal.records if r.type == "attest"}
    for item in range(len(step.items)) if step.items else (None,):
        if unit_key(step.key, item) in stated:
            _prove(hands, step, unit_key(step.key, item), context_of(hands, step, item))


def _contexts(hands: Hands, step: StepState) -> dict[int | None, dict[str, Any]]:
    """A context for each unit to run: the step itself, or its items that are not done; a finished read reads anew."""
    if not step.step.for_each:
        return {None: context_of(hands, step)}
    todo = [index for index in range(len(step.items)) if index not in step.items_done]
    if not todo and machine.reads_only(step):
        todo = list(range(len(step.items)))
    return {item: context_of(hands, step, item) for item in todo}


def _run(hands: Hands, step: StepState) -> None:
    body = step.step.body
    if isinstance(body, AskBody):
        _choose(hands, step, body)
    elif isinstance(body, ManualBody):
        _attest(hands, step, body)
    elif isinstance(body, ChildBody):
        _begin_child(hands, step, body)
    elif isinstance(body, WaitBody):
        _wait(hands, step, body)
    else:
        if step.step.session != "caller":
            name_sessions(hands)
        if machine.reads_only(step):
            _read(hands, step)
        else:
            changing.change(hands, step, _contexts(hands, step))


def _retries(hands: Hands, step: StepState) -> bool:
    """Asks what becomes of a failed step, as the runbook wants. True: it is tried again."""
    choices = {"retry": "Try it again.", "skip": "Go on without it.", "stop": "Leave it open."}
    if not step.step.skippable:
        del choices["skip"]
    answer = hands.operator.decide(Question(step.key, f"It failed: {step.title}", step.reason, choices))
    if answer == "skip" and answer in choices:
        hands.ledger.write("skip", {"step": step.key, "reason": clipped(f"it failed: {step.reason}")})
    return answer == "retry"


def _read(hands: Hands, step: StepState) -> None:
    for item, context in _contexts(hands, step).items():
        unit = unit_key(step.key, item)
        hands.operator.progress(Progress(f"{step.title} …", unit))
        try:
            error = read_step(hands, step.step, unit, context)
        except (CredentialsError, JournalError) as error:
            if not isinstance(error, Refused):
                raise
            fail(hands, unit, error)
        except Declined as error:
            if hands.stopping():  # left in the middle: nothing was seen, and the step is as it was
                return
            fail(hands, unit, error)
        except Exception as error:  # a fault in one read is that read's failure, not the end of the walk
            fail(hands, unit, error)
        else:
            if error is not None:
                hands.operator.tell(Message(error.title, str(error), error.advice, "error", unit))
            if step.step.renews:
                relist(hands, step)
        finally:
            hands.operator.progress(Progress())


def _choose(hands: Hands, step: StepState, body: AskBody) -> None:
    text = str(fill(body.question, context_of(hands, step)))
    answer = hands.operator.decide(Question(step.key, step.title, text, body.choices))
    if answer in body.choices:
        hands.ledger.write("decide", {"step": step.key, "kind": "choice", "choice": answer})


def _attest(hands: Hands, step: StepState, body: ManualBody) -> None:
    for item, context in _contexts(hands, step).items():
        unit = unit_key(step.key, item)
        proof = filled_look(body.proof, step.step, context) if body.proof else None
        shown = f"{proof.call.name}: {proof.until}" if proof else ""
        title = step.title if item is None else f"{step.title}: {step.items[item]}"
        statement = hands.operator.attest(Task(unit, title, str(fill(body.instruction, context)), shown))
        if statement is None:
            return
        if too_short(statement):
            words = "Say in a few words what was done."
            hands.operator.tell(Message("Not recorded", words, level="warning", key=unit))
            return
        hands.ledger.write("attest", {"step": unit, "statement": statement, "proof": clipped(shown)})
        _prove(hands, step, unit, context)


def _prove(hands: Hands, step: StepState, unit: str, context: Mapping[str, Any]) -> None:
    body = step.step.body
    assert isinstance(body, ManualBody)
    proof = filled_look(body.proof, step.step, context) if body.proof else None
    if proof is not None:
        hands.operator.progress(Progress("asking AWS whether it was done …", unit))
        sight = look(hands.door, hands.clock, proof, stopping=hands.stopping)
        hands.operator.progress(Progress())
        record_check(hands.ledger, unit, "proof", [sight])


def _begin_child(hands: Hands, step: StepState, body: ChildBody) -> None:
    if step.begun:
        words = "Its steps stand below it: take those."
        hands.operator.tell(Message("It has begun", words, level="warning", key=step.key))
        return
    child = hands.children[body.runbook]
    inputs = dict(fill(body.inputs, context_of(hands, step)))
    missing = [spec.name for spec in child.inputs if not spec.optional and not (inputs.get(spec.name) or spec.default)]
    if missing:
        raise RunbookError(f"{body.runbook} needs a value for {', '.join(missing)}")
    for spec in child.inputs:
        inputs.setdefault(spec.name, spec.default)
    hands.ledger.write("run", {"step": step.key, "runbook": child.name, "digest": child.digest, "inputs": inputs})
    name_sessions(hands)


def _wait(hands: Hands, step: StepState, body: WaitBody) -> None:
    seconds = body.seconds if body.seconds is not None else body.check.within if body.check else 0.0
    until = hands.clock.now() + timedelta(seconds=seconds)
    hands.ledger.write("wait", {"step": step.key, "until": rfc3339(until)})
    if body.check is not None:
        watch(hands, hands.ledger.state.step(step.key))


def _expand(hands: Hands, step: StepState) -> None:
    expression = step.step.for_each
    items = fill(expression, context_of(hands, step))
    if not isinstance(items, list):
        raise RunbookError(f"{expression} is not a list")
    new = [item for item in plain(items) if item not in step.items]
    if new:
        hands.ledger.write("items", {"step": step.key, "items": [*step.items, *new]})
        return
    if step.items:
        return
    prefix = step.key.rpartition("/")[0]
    sources = [f"{prefix}/{name}" if prefix else name for name in steps_read(expression)]
    gaps = [gap for source in sources for gap in hands.ledger.state.step(source).gaps]
    if gaps:
        reason = clipped(f"the list is empty, but it could not be read in full: {'; '.join(gaps)}")
        advice = "Find it out another way, or skip the step with the reason."
        hands.ledger.write("fail", {"step": step.key, "reason": reason, "advice": advice})
        hands.operator.tell(Message("Nobody knows", reason, advice, "warning", step.key))
    else:
        hands.ledger.write("not_needed", {"step": step.key, "why": f"{expression} is empty", "by": "list"})
