"""What the format asks of several keys together; judged on raw values, so that it is said with all other errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from irtui.errors import ExpressionError
from irtui.runbook.load import Path
from irtui.runbook.syntax import LONGEST, compiled
from irtui.runbook.template import OPEN, Expression, expressions, parts, quoted, sole

KINDS = ("call", "use", "ask", "manual", "runbook", "wait")
ROOTS = ("inputs", "steps", "incident", "aws", "item")

BELONGS = {
    "with": ("call", "use", "runbook"),
    "choices": ("ask",),
    "proof": ("manual",),
    "rest": ("runbook",),
    "keep": ("call", "use"),
    "renews": ("call", "use"),
    "absent": ("call",),
    "evidence": ("call", "use"),
    "for_each": ("call", "use", "manual"),
    "confirm": ("call", "use"),
    "approvers": ("call", "use"),
    "verify": ("call", "use"),
    "observe": ("call",),
    "undo": ("call",),
    "irreversible": ("call",),
    "session": ("call", "use", "manual", "wait"),
    "region": ("call", "use", "manual", "wait"),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, at a path; `on_key` points at the key and not at the value."""

    at: Path
    message: str
    hint: str = ""
    on_key: bool = False


def broken_rules(raw: Any) -> Iterator[Broken]:
    """Everything wrong between the keys of a runbook. Wrong types are not said here: the schema says them."""
    top = _map(raw)
    for key, session in _map(top.get("sessions")).items():
        yield from _session(("sessions", key), key, _map(session))
    yield from _unfillable(("inputs",), top.get("inputs"))
    for key in ("title", "use_when", "version", "references"):
        yield from _unfillable((key,), top.get(key))
    first: dict[str, int] = {}
    steps = top.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else []):
        if not isinstance(step, dict):
            continue
        at = ("steps", index)
        name = step.get("id")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            yield Broken((*at, "id"), f"the step id {name!r} is taken by step {first[name] + 1}")
        yield from _kind(at, step)
        yield from _words(at, step)


def _kind(at: Path, step: Mapping[str, Any]) -> Iterator[Broken]:
    kinds = [kind for kind in KINDS if kind in step]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none of them"
        yield Broken((*at, kinds[1]) if kinds else at, f"a step is exactly one of {', '.join(KINDS)}; this has {found}",
                     "Split it into one step each." if kinds else "", on_key=bool(kinds))  # fmt: skip
        return
    kind = kinds[0]
    for key, owners in BELONGS.items():
        if key in step and kind not in owners:
            yield Broken(
                (*at, key), f"{key} does not belong to a step of kind {kind}", _where(key, owners), on_key=True
            )
    if kind == "ask" and "choices" not in step:
        yield Broken((*at, "ask"), "ask needs choices", "Add choices: an id and a sentence for each.", on_key=True)
    if "undo" in step and "irreversible" in step:
        yield Broken((*at, "irreversible"), "a step has undo or irreversible, not both", on_key=True)
    if "as" in step and "for_each" not in step:
        yield Broken((*at, "as"), "as needs for_each", on_key=True)
    if step.get("as") in ROOTS and step.get("as") != "item":
        yield Broken((*at, "as"), f"{step['as']} is already a name in expressions", "Choose another.")
    verify = _map(step.get("verify"))
    if "with" in verify and "call" not in verify:
        yield Broken((*at, "verify", "with"), "verify has with but no call", on_key=True)
    if kind == "use" and "call" in verify:
        yield Broken((*at, "verify", "call"), "an action brings its own look; verify on use judges what it read",
                     "Leave call away, or make the look a step of its own.", on_key=True)  # fmt: skip
    proof = _map(step.get("proof"))
    if proof and "call" not in proof:
        yield Broken((*at, "proof"), "proof needs a call: there is no reply to judge", on_key=True)
    yield from _wait(at, _map(step.get("wait")))


def _wait(at: Path, wait: Mapping[str, Any]) -> Iterator[Broken]:
    if not wait:
        return
    here = (*at, "wait")
    if ("for" in wait) == ("until" in wait):
        yield Broken(here, "wait is either for (a duration) or until (with a call)", on_key=True)
    if "until" in wait and "call" not in wait:
        yield Broken((*here, "until"), "until needs a call whose reply it judges", on_key=True)
    for key in ("call", "with", "within", "every"):
        if key in wait and "until" not in wait:
            yield Broken((*here, key), f"{key} belongs to until", on_key=True)


def _session(at: Path, name: str, session: Mapping[str, Any]) -> Iterator[Broken]:
    if name == "caller":
        yield Broken(at, "caller is the operator's own session", "Choose another name.", on_key=True)
    if ("role" in session) == ("assume_root" in session):
        yield Broken(at, "a session has either role, or assume_root with task", on_key=True)
    if ("assume_root" in session) != ("task" in session):
        yield Broken(at, "assume_root and task go together", on_key=True)
    for key, value in session.items():
        yield from _templates((*at, key), value)


def _words(at: Path, step: Mapping[str, Any]) -> Iterator[Broken]:
    """Every expression of the step compiles and stands where expressions may."""
    for key in ("title", "text", "ask", "manual", "choices", "with", "for_each", "confirm", "region"):
        yield from _templates((*at, key), step.get(key))
    for key in ("irreversible", "references"):
        yield from _unfillable((*at, key), step.get(key))
    for key in ("verify", "observe", "undo", "proof", "wait"):
        body = _map(step.get(key))
        yield from _templates((*at, key, "with"), body.get("with"))
        if isinstance(until := body.get("until"), str):
            yield from _condition((*at, key, "until"), until)
    if isinstance(step.get("when"), str):
        yield from _bare((*at, "when"), step["when"])
    for name, path in _map(step.get("keep")).items():
        if isinstance(path, str):
            yield from _bare((*at, "keep", name), path)
    for_each = step.get("for_each")
    if isinstance(for_each, str) and OPEN in for_each and not _is_sole(for_each):
        yield Broken((*at, "for_each"), "for_each is exactly one ${{ }} that gives a list")
    if isinstance(for_each, str) and OPEN not in for_each:
        yield Broken((*at, "for_each"), "for_each takes an expression", "Write ${{ … }} around it.")


def _templates(at: Path, value: Any) -> Iterator[Broken]:
    if isinstance(value, str) and OPEN in value:
        try:
            for expression in expressions(value):
                compiled(expression)
        except ExpressionError as error:
            yield Broken(at, error.message, error.advice if error.advice != ExpressionError.advice else "")
    elif isinstance(value, dict):
        for key, item in value.items():
            if OPEN in key:
                yield Broken((*at, key), "keys are not filled", "Only values may hold ${{ }}.", on_key=True)
            yield from _templates((*at, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _templates((*at, index), item)


def _unfillable(at: Path, value: Any) -> Iterator[Broken]:
    if isinstance(value, str) and OPEN in value:
        yield Broken(at, "${{ }} is not filled here", "Only steps, and sessions, may hold expressions.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unfillable((*at, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unfillable((*at, index), item)


def _bare(at: Path, expression: str) -> Iterator[Broken]:
    if OPEN in expression:
        yield Broken(at, "this is an expression already", "Leave ${{ and }} away.")
        return
    try:
        compiled(expression)
    except ExpressionError as error:
        yield Broken(at, error.message)


def _condition(at: Path, until: str) -> Iterator[Broken]:
    try:
        pieces = parts(until)
        for expression in expressions(until):
            compiled(expression)
        if not quoted(until):  # what is quoted compiles or not by chance; lint says it
            compiled("".join("`0`" if isinstance(part, Expression) else part for part in pieces), LONGEST)
    except ExpressionError as error:
        yield Broken(at, error.message, error.advice if error.advice != ExpressionError.advice else "")


def _is_sole(text: str) -> bool:
    try:
        return sole(text) is not None
    except ExpressionError:
        return True  # said already


def _where(key: str, owners: tuple[str, ...]) -> str:
    if key == "for_each" or len(owners) == 1:
        return f"It belongs to {' and '.join(owners)}."
    return f"It belongs to {', '.join(owners)}."


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
