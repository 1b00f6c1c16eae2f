"""What became of a step: calls, checks, kept values, what was told."""

from collections.abc import Iterable, Sequence

from irtui.engine.looks import what_for
from irtui.engine.operator import Message
from irtui.model.incident import CallRecord, IncidentState, StepState, StepStatus
from irtui.model.plan import PlannedCall
from irtui.model.runbook import AskBody, CallBody, ChildBody, ManualBody, Step, UseBody, WaitBody
from irtui.report.difference import compact
from irtui.tui.present.lines import (
    EMPTY,
    Line,
    clock_time,
    labelled,
    paragraphs,
    reflowed,
    say,
    section,
    size_words,
)

_LEVEL_ROLE = {"error": "bad", "warning": "warn"}


def result_lines(step: StepState, told: Sequence[Message] = ()) -> tuple[Line, ...]:
    lines: list[Line] = []
    if step.reason:
        lines += [labelled(str(step.status), step.reason, "bad" if step.status.open else "")]
    if step.advice:
        lines += [labelled("advice", step.advice)]
    if step.blocked_by:
        lines += [labelled("needs", ", ".join(step.blocked_by), "warn")]
    if step.step.approvers:
        told_of = step.approval.words if step.approval else "nobody was asked yet"
        broken = bool(step.approval and step.approval.glass)
        lines += [labelled("approval", f"{told_of} (w)", "bad" if broken else "")]
    if step.status is StepStatus.SETTLING and step.settle_at:
        lines += [labelled("settling", f"verified once; second look at {clock_time(step.settle_at)}", "good")]
    if step.status is StepStatus.WAITING and step.wait_until:
        lines += [labelled("waiting", f"until {clock_time(step.wait_until)}")]
    if step.asserted:
        lines += [labelled("stated", step.asserted), labelled("proof", step.proof or "none: only stated")]
    if step.absent:
        lines += [labelled("not there", what_for(None))]
    lines += [EMPTY] if lines else []
    lines += section("Calls", (line for call in step.calls for line in _call(call)))
    lines += section("Values", (labelled(name, compact(value)) for name, value in _values(step)))
    lines += section("Not read", (say(f"- {gap}", "warn") for gap in step.gaps))
    for message in told:
        lines += [*message_lines(message), EMPTY]
    return tuple(lines) or (say("Nothing yet.", "dim"),)


def _values(step: StepState) -> Iterable[tuple[str, object]]:
    return ((name, value) for name, value in step.values.items() if name != "absent")  # told in words above


def _call(call: CallRecord) -> Iterable[Line]:
    planned = PlannedCall.from_data(call.planned)
    role = "good" if call.took_effect else "warn" if call.in_doubt else "bad"
    word = "in doubt" if call.in_doubt else call.status.replace("_", " ")
    undone = " · taken back" if call.undone else ""
    yield ((f"#{call.seq} ", "dim"), (planned.call.name, "name"), (f"  {word}{undone}", role))
    if call.code or call.message:
        yield ((f"   {call.code} ", "bad"), (call.message, ""))
    if call.request_id:
        yield ((f"   request {call.request_id}", "dim"),)


def message_lines(message: Message) -> tuple[Line, ...]:
    role = _LEVEL_ROLE.get(message.level, "head")
    lines: list[Line] = [say(message.title, role), *paragraphs(message.text)]
    if message.advice:
        lines += paragraphs(message.advice, "dim")
    lines += [labelled(name, compact(value)) for name, value in message.details.items()]
    return tuple(lines)


def evidence_lines(step: StepState) -> tuple[Line, ...]:
    lines: list[Line] = []
    for piece in step.evidence:
        lines += [
            ((piece.name, "name"), (f"  {size_words(piece.size)}", "dim")),
            (("  sha256 ", "dim"), (piece.sha256, "")),
            *(((("  not read: ", "warn"), (gap, ""))) for gap in piece.gaps),
        ]
    if step.reply and all(piece.sha256 != step.reply for piece in step.evidence):
        lines += [say("last reply", "name"), (("  sha256 ", "dim"), (step.reply, ""))]
    return (*lines, EMPTY, say("e opens it as a tree.", "dim")) if lines else (say("No evidence yet.", "dim"),)


def instruction_lines(step: StepState) -> tuple[Line, ...]:
    """The runbook's text for the operator; Markdown is shown as it was written."""
    body = step.step.body
    lines = list(reflowed("\n\n".join((step.text, step.wanted))))
    if isinstance(body, AskBody):
        lines += [(("  · ", "dim"), (sentence, "")) for sentence in body.choices.values()]
    for reference in step.step.references:
        lines.append((("see ", "dim"), (reference, "dim")))
    return tuple(lines) or (say("No further instruction.", "dim"),)


def kind_words(step: Step) -> str:
    """What kind of step it is, in a word or two."""
    body = step.body
    if isinstance(body, CallBody):
        return body.name
    if isinstance(body, UseBody):
        return body.action
    if isinstance(body, ChildBody):
        return f"runbook {body.runbook}"
    return {AskBody: "a decision", ManualBody: "by hand", WaitBody: "a wait"}[type(body)]


def next_words(state: IncidentState, step: StepState | None) -> str:
    """What the operator can do now, for the status line."""
    if state.closed:
        return "This incident is closed. Nothing more can be done in it."
    if step is None:
        return "No step is open. x closes the incident."
    verb = "answers" if isinstance(step.step.body, AskBody | ManualBody) else "previews and runs"
    return f"Your turn: r {verb} {step.number}, enter opens it."
