"""Text → Runbook: loaded, checked against the format, frozen. Every schema error is reported at once, at its place."""

import difflib
import hashlib
from typing import Any

from pydantic import BaseModel, ValidationError

from irtui.errors import Problem, RunbookError
from irtui.model.runbook import (
    AskBody,
    Body,
    CallBody,
    Check,
    ChildBody,
    InputSpec,
    ManualBody,
    Mark,
    Phase,
    Runbook,
    SessionSpec,
    Step,
    UseBody,
    WaitBody,
)
from irtui.runbook.format import (
    CallFormat,
    CheckFormat,
    InputFormat,
    RunbookFormat,
    SessionFormat,
    StepFormat,
    WaitFormat,
)
from irtui.runbook.load import Path, Places, read_yaml
from irtui.runbook.rules import broken_rules
from irtui.text import inert

_WORDS = {
    "missing": "this key is missing",
    "dict_type": "must be a map",
    "model_type": "must be a map",
    "list_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "not of the form this takes",
    "too_short": "fewer than {min_length} entries",
}


def parse_runbook(text: str, path: str, *, shipped: bool = False) -> Runbook:
    """The runbook in `text`; `path` is only named. Raises RunbookError with all problems, in the order of the file."""
    document = read_yaml(text, path)
    problems = [
        _problem(document.places, broken.at, broken.message, broken.hint, broken.on_key)
        for broken in broken_rules(document.value)
    ]
    parsed = None
    try:
        parsed = RunbookFormat.model_validate(document.value)
    except ValidationError as error:
        problems += [_schema_problem(document.places, document.value, item) for item in error.errors()]
    if problems or parsed is None:
        problems.sort(key=lambda problem: (problem.line, problem.column))
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise RunbookError(f"{problems[0]}{more}", tuple(problems))
    return Runbook(
        parsed.runbook,
        parsed.title.strip(),
        parsed.version,
        parsed.severity,
        parsed.use_when,
        tuple(_step(step, document.places.value(("steps", index))) for index, step in enumerate(parsed.steps)),
        tuple(_input(name, spec) for name, spec in parsed.inputs.items()),
        tuple(_session(name, spec) for name, spec in parsed.sessions.items()),
        parsed.account,
        tuple(parsed.references),
        text,
        hashlib.sha256(text.encode("utf-8")).hexdigest(),
        path,
        shipped,
    )


def _step(step: StepFormat, mark: Mark) -> Step:
    return Step(
        step.id,
        Phase(step.phase),
        step.title.strip(),
        _body(step),
        text=step.text or "",
        when=step.when or "",
        for_each=(step.for_each or "").strip(),
        as_=step.as_ or "item",
        needs=tuple(step.needs),
        renews=step.renews or "",
        keep=step.keep,
        absent=step.absent == "ok",
        evidence=step.evidence,
        confirm=(step.confirm or "").strip(),
        approvers=step.approvers,
        verify=_check(step.verify),
        observe=_call(step.observe),
        undo=_call(step.undo),
        irreversible=step.irreversible or "",
        session=step.session,
        region=step.region or "",
        on_failure=step.on_failure,
        skippable=step.confirm is None if step.skippable is None else step.skippable,
        references=tuple(step.references),
        mark=mark,
    )


def _body(step: StepFormat) -> Body:
    if step.call is not None:
        return _call_body(step.call, step.with_)
    if step.use is not None:
        return UseBody(step.use, step.with_)
    if step.ask is not None:
        return AskBody(step.ask, step.choices or {})
    if step.manual is not None:
        return ManualBody(step.manual, _check(step.proof))
    if step.runbook is not None:
        return ChildBody(step.runbook, step.with_, step.rest == "later")
    assert step.wait is not None
    return _wait(step.wait)


def _wait(wait: WaitFormat) -> WaitBody:
    if wait.until is None or wait.call is None:
        return WaitBody(seconds=wait.for_)
    return WaitBody(check=Check(_call_body(wait.call, wait.with_), wait.until, wait.within, wait.every))


def _check(check: CheckFormat | None) -> Check | None:
    if check is None:
        return None
    call = _call_body(check.call, check.with_) if check.call else None
    within = check.within if call or "within" in check.model_fields_set else 0.0  # its own reply is judged once
    return Check(call, check.until, within, check.every, check.again_after)


def _call(call: CallFormat | None) -> CallBody | None:
    return _call_body(call.call, call.with_) if call else None


def _call_body(name: str, params: dict[str, Any]) -> CallBody:
    service, _, operation = name.partition(".")
    return CallBody(service, operation, params)


def _input(name: str, spec: InputFormat) -> InputSpec:
    return InputSpec(name, spec.type, spec.title.strip(), spec.optional, spec.default, spec.help or "")


def _session(name: str, spec: SessionFormat) -> SessionSpec:
    return SessionSpec(name, spec.role or "", spec.assume_root or "", spec.task or "")


def _schema_problem(places: Places, value: Any, error: Any) -> Problem:
    at = tuple(error["loc"])
    kind, given = error["type"], error.get("input")
    if kind == "extra_forbidden":
        return _problem(places, at, f"there is no key {at[-1]!r} here", _near(at, value), on_key=True)
    if kind == "missing":
        return _problem(places, at[:-1], f"the key {at[-1]!r} is missing")
    if at and at[-1] == "[key]":  # pydantic's place for a map's key
        return _problem(places, at[:-1], f"not a name: {inert(given, 60)}", _pattern_hint(error), on_key=True)
    hint = ""
    if kind == "literal_error":
        hint = _closest(
            str(given), [word.strip("' ") for word in error["ctx"]["expected"].replace(" or ", ",").split(",")]
        )
    elif kind == "string_pattern_mismatch":
        hint = _pattern_hint(error)
    message = _WORDS.get(kind, "").format(**error.get("ctx", {})) or str(error["msg"]).removeprefix("Value error, ")
    shown = f": {inert(given, 60)}" if isinstance(given, str) and given else ""
    return _problem(places, at, message + shown, hint)


def _problem(places: Places, at: Path, message: str, hint: str = "", on_key: bool = False) -> Problem:
    mark = places.key(at) if on_key else places.value(at)
    return Problem(places.path, mark.line, mark.column, inert(message, 400), inert(hint, 400))


def _near(at: Path, value: Any) -> str:
    """Did-you-mean for an unknown key, from the keys that the format has at that place."""
    model: Any = RunbookFormat
    for part in at[:-1]:
        # what holds no keys of its own is an item's number or a name that the author chose
        model = _aliases(model).get(part) or model
    return _closest(str(at[-1]), list(_aliases(model)))


def _aliases(model: Any) -> dict[Any, Any]:
    return {field.alias or name: _model_in(field.annotation) for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> Any:
    """The model inside `list[X]`, `dict[str, X]`, `X | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _model_in(argument)) is not None:
            return found
    return None


def _closest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word.lower(), known, 1, 0.6)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."


def _pattern_hint(error: Any) -> str:
    pattern = str(error.get("ctx", {}).get("pattern", ""))
    return _SHAPES.get(pattern, "")


_SHAPES = {
    r"^[a-z][a-z0-9_]*$": "Small letters, digits and _; a letter first.",
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "Small letters, digits and single dashes; a letter first.",
    r"^[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*$": "service.Operation, as boto3 spells it: iam.PutUserPolicy.",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "service.action: iam.snapshot_user.",
    r"^[^\n]*\n?$": "One line.",
}
