"""Plans, guards and confirmations as lines: the exact calls, before and after, the way back."""

from collections.abc import Callable, Iterable

from irtui.desk.nouns import Simulated, Used
from irtui.engine.operator import Confirmation
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.plan import Plan, PlannedCall
from irtui.model.runbook import CallBody, Step, UseBody
from irtui.model.verdict import Ruling, Verdict
from irtui.report.difference import compact, difference
from irtui.tui.present.lines import EMPTY, Line, Span, counted, paragraphs, say, section

_EFFECT_ROLE = {Effect.READ: "dim", Effect.CHANGE: "warn", Effect.DESTROY: "bad"}
_RULING_ROLE = {Ruling.ALLOW: "good", Ruling.ASK: "warn", Ruling.DENY: "bad"}
_DIFF_ROLE = {"-": "cut", "+": "add", " ": "dim"}
_FIDELITY_ROLE = {"exact": "dim", "approximate": "warn"}

Fidelity = Callable[[str, str], Simulated | None]
"""How true an operation is in a rehearsal; None in a real incident, where AWS itself answers."""


def real(service: str, operation: str) -> None:
    """For real incidents, and where nobody knows."""


def confirmation_lines(request: Confirmation, fidelity: Fidelity = real) -> tuple[Line, ...]:
    """Everything the operator must have seen before saying yes."""
    lines: list[Line] = [_guards_line(request.verdicts), EMPTY]
    for sentence in request.irreversible:
        lines.append((("CANNOT BE UNDONE  ", "bad"), (sentence, "")))
    if request.irreversible:
        lines.append(EMPTY)
    lines += plan_lines(request.plans, fidelity)
    lines += section("Guards", verdict_lines(request.verdicts))
    return tuple(lines)


def plan_lines(plans: Iterable[Plan], fidelity: Fidelity = real) -> tuple[Line, ...]:
    lines: list[Line] = []
    for plan in plans:
        for planned in plan.calls:
            lines += call_lines(planned, fidelity)
            lines.append(EMPTY)
        lines.append((("plan digest ", "dim"), (plan.digest[:16], "dim")))
        lines.append(EMPTY)
    return tuple(lines)


def call_lines(planned: PlannedCall, fidelity: Fidelity = real) -> tuple[Line, ...]:
    way_back = "can be undone" if planned.undo else "no way back"
    lines: list[Line] = [
        ((planned.call.name, "name"), ("   ", ""), (planned.effect.word, _EFFECT_ROLE[planned.effect]),
         (f" · {way_back}", "dim" if planned.undo else "bad")),
        *fidelity_lines(planned.call, fidelity),
        *parameter_lines(planned.call),
    ]  # fmt: skip
    if planned.note:
        lines += paragraphs(planned.note, "dim")
    lines += [EMPTY, say("before → after", "head"), *diff_lines(planned)]
    if planned.undo:
        lines.append((("undo   ", "dim"), (call_line(planned.undo), "")))
    elif planned.irreversible:
        lines.append((("undo   none: ", "bad"), (planned.irreversible, "")))
    if planned.look:
        again = "" if planned.look.again_after is None else f", and again after {planned.look.again_after:g} s"
        lines.append((("check  ", "dim"), (f"{planned.look.call.name} until {planned.look.until}{again}", "")))
    else:
        lines.append((("check  ", "dim"), ("none: nothing can show that it took effect", "warn")))
    return tuple(lines)


def fidelity_lines(call: Call, fidelity: Fidelity) -> tuple[Line, ...]:
    """In a rehearsal: whether the simulated AWS does this as AWS does."""
    found = fidelity(call.service, call.operation)
    return () if found is None else (say(found.words, _FIDELITY_ROLE.get(found.label, "bad")),)


def parameter_lines(call: Call) -> tuple[Line, ...]:
    width = min(24, max((len(name) for name in call.params), default=0))
    lines: list[Line] = [((f"  {name:<{width}}  ", "dim"), (compact(value), "")) for name, value in call.params.items()]
    if call.session != "caller":
        lines.append(((f"  {'session':<{width}}  ", "dim"), (call.session, "warn")))
    if call.region:
        lines.append(((f"  {'region':<{width}}  ", "dim"), (call.region, "")))
    return tuple(lines)


def call_line(call: Call) -> str:
    return " ".join([call.name, *(f"{name}={compact(value)}" for name, value in call.params.items())])


def diff_lines(planned: PlannedCall) -> tuple[Line, ...]:
    """`-` what is there now, `+` what is expected afterwards."""
    return tuple(say(f"{mark} {line}", _DIFF_ROLE[mark]) for mark, line in difference(planned))


def _guards_line(verdicts: tuple[Verdict, ...]) -> Line:
    """`Guards  1 ASK  3 ALLOW`: the worst first, so that it is seen without scrolling."""
    spans: list[Span] = [("Guards  ", "dim")]
    for ruling in sorted(Ruling, reverse=True):
        count = sum(verdict.ruling is ruling for verdict in verdicts)
        if count:
            spans.append((f"{count} {ruling.name}  ", _RULING_ROLE[ruling]))
    return tuple(spans)


def verdict_lines(verdicts: Iterable[Verdict]) -> tuple[Line, ...]:
    """Worst first; every guard speaks, those that allow as well."""
    ordered = sorted(verdicts, key=lambda verdict: -verdict.ruling)
    return tuple(
        ((f"{verdict.ruling.name:<6}", _RULING_ROLE[verdict.ruling]),
         (f"{verdict.guard.replace('_', ' '):<16} ", "name"), (verdict.reason, ""))
        for verdict in ordered
    )  # fmt: skip


def written_lines(
    step: Step, sketch: Call | None = None, fidelity: Fidelity = real, used: Used | None = None
) -> tuple[Line, ...]:
    """What a step does, for before it was ever planned: filled in where that is known (`sketch` of a call, `used` of an
    action), else as written."""
    body = step.body
    known = sketch is not None or (used is not None and used.filled)
    if sketch is not None:
        lines: list[Line] = [say(sketch.name, "name"), *fidelity_lines(sketch, fidelity), *parameter_lines(sketch)]
    elif isinstance(body, CallBody):
        call = Call(body.service, body.operation, body.params)
        lines = [say(body.name, "name"), *fidelity_lines(call, fidelity), *parameter_lines(call)]
    elif isinstance(body, UseBody):
        shown = used or Used("", body.inputs, False, ())
        lines = [((body.action, "name"), (f"   {shown.title}", "")), *parameter_lines(Call("", "", shown.inputs))]
        if shown.may_send:
            lines.append((("may send  ", "dim"), (" · ".join(shown.may_send), ""), (" (its undo included)", "dim")))
    else:
        return ()
    if step.for_each:
        lines.append((("for each  ", "dim"), (step.for_each, "")))
    if step.undo:
        lines.append((("undo  ", "dim"), (step.undo.name, "")))
    if step.irreversible:
        lines.append((("no way back: ", "bad"), (step.irreversible, "")))
    origin = "As far as it is known now." if known else "As written in the runbook."
    return (*lines, EMPTY, say(f"{origin} Press r to see the exact calls; nothing runs yet.", "dim"))


def changes_words(request: Confirmation) -> str:
    if not request.plans:
        return "Allow changes"
    calls = sum(len(plan.calls) for plan in request.plans)
    return f"{'Take back' if request.undoing else 'Run'} {counted(calls, 'change')}"
