"""Every expression reads what is there by then: declared inputs, fields of earlier steps, the context's own names."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import AskBody, CallBody, ChildBody, ManualBody, Step, UseBody
from irtui.runbook.load import Path
from irtui.runbook.syntax import misread, roots
from irtui.runbook.template import expressions

RULE = "references"

CONTEXT = {"incident": {"id", "opened", "runbook", "changes"}, "aws": {"account", "region", "caller", "now", "ahead"}}
CALLER = {"arn", "name", "user_id"}
ALWAYS = {"status", "gaps"}
"""What every step has, whatever it did."""


def problems(subject: Subject) -> Iterator[Problem]:
    used: set[str] = set()
    earlier: dict[str, Step] = {}
    for name, session in ((spec.name, spec) for spec in subject.runbook.sessions):
        for key, text in (("role", session.role), ("assume_root", session.assume_root), ("task", session.task)):
            for expression in expressions(text):
                yield from _expression(subject, ("sessions", name, key), expression, {}, frozenset(), used)
    for at, step in subject.steps():
        items = frozenset({"item", step.as_}) if step.for_each else frozenset()
        for place, expression in expressions_of(step):
            known_items = items if place[0] not in ("when", "for_each") else frozenset()
            yield from _expression(subject, (*at, *place), expression, earlier, known_items, used)
        if step.session != "caller" and step.session not in {spec.name for spec in subject.runbook.sessions}:
            yield subject.problem(
                RULE, (*at, "session"), f"there is no session {step.session}", "Name it under sessions."
            )
        yield from _renewed(subject, at, step, earlier)
        earlier[step.id] = step
    for spec in subject.runbook.inputs:
        if spec.name not in used and not spec.optional:  # an optional one may be only for the record, like a ticket
            hint = "Use it, or do not ask for it."
            place = ("inputs", spec.name)
            yield subject.problem(
                RULE, place, f"no step uses the input {spec.name}", hint, level="warning", on_key=True
            )


def fields(step: Step) -> set[str]:
    """What later steps may read of this one."""
    if step.for_each:
        return ALWAYS | {"items"}
    if isinstance(step.body, CallBody):
        return ALWAYS | set(step.keep) | ({"absent"} if step.absent else set())
    if isinstance(step.body, UseBody):
        action = ACTIONS.get(step.body.action)
        return ALWAYS | set(step.keep) | (set(action.keeps) if action else set())
    return ALWAYS | ({"choice"} if isinstance(step.body, AskBody) else set())


def expressions_of(step: Step) -> Iterator[tuple[Path, str]]:
    """Every expression of a step, with its place."""
    if step.when:
        yield ("when",), step.when
    texts: list[tuple[Path, Any]] = [
        ((key,), getattr(step, key)) for key in ("title", "text", "for_each", "confirm", "region")
    ]
    body = step.body
    if isinstance(body, CallBody):
        texts.append((("with",), body.params))
    elif isinstance(body, UseBody | ChildBody):
        texts.append((("with",), body.inputs))
    elif isinstance(body, AskBody):
        texts += [(("ask",), body.question), (("choices",), body.choices)]
    elif isinstance(body, ManualBody):
        texts.append((("manual",), body.instruction))
    proof = body.proof if isinstance(body, ManualBody) else None
    wait = getattr(body, "check", None)
    for key, check in (("verify", step.verify), ("proof", proof), ("wait", wait)):
        if check:
            texts += [((key, "until"), check.until), ((key, "with"), check.call.params if check.call else {})]
    for key, call in (("observe", step.observe), ("undo", step.undo)):
        if call:
            texts.append(((key, "with"), call.params))
    for place, value in texts:
        yield from _inside(place, value)


def _inside(at: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        for expression in expressions(value):
            yield at, expression
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _inside((*at, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside((*at, index), item)


def _expression(
    subject: Subject, at: Path, expression: str, earlier: Mapping[str, Step], items: frozenset[str], used: set[str]
) -> Iterator[Problem]:
    inputs = [spec.name for spec in subject.runbook.inputs]
    if misread(expression):
        return  # another rule says it
    for names in roots(expression):
        root, rest = names[0], names[1:]
        if root in items:
            continue
        if root == "inputs":
            used.update(rest[:1])
            if not rest:
                yield subject.problem(RULE, at, "inputs alone is no value", "Name one: inputs.<name>.")
            elif rest[0] not in inputs:
                yield subject.problem(RULE, at, f"there is no input {rest[0]}", _closest(rest[0], inputs))
        elif root == "steps":
            yield from _step(subject, at, rest, earlier)
        elif root in CONTEXT:
            known = CONTEXT[root]
            if not rest or rest[0] not in known:
                wrong = ".".join(names[:2])
                yield subject.problem(RULE, at, f"there is no {wrong}", f"There are: {', '.join(sorted(known))}.")
            elif rest[0] == "caller" and (len(rest) < 2 or rest[1] not in CALLER):
                wrong = ".".join(names[:3])
                yield subject.problem(
                    RULE, at, f"there is no value {wrong}", f"There are: {', '.join(sorted(CALLER))}."
                )
        elif root == "item":
            yield subject.problem(RULE, at, "item is known only inside a step with for_each")
        else:
            hint = _closest(root, ["inputs", "steps", *CONTEXT, *items])
            yield subject.problem(RULE, at, f"nothing is called {root} here", hint)


def _step(subject: Subject, at: Path, rest: tuple[str, ...], earlier: Mapping[str, Step]) -> Iterator[Problem]:
    if not rest:
        yield subject.problem(RULE, at, "steps alone is no value", "Name one: steps.<id>.<name>.")
        return
    name = rest[0]
    if name not in earlier:
        later = any(step.id == name for step in subject.runbook.steps)
        message = f"the step {name} does not come before this one" if later else f"there is no step {name}"
        yield subject.problem(
            RULE, at, message, "Only earlier steps can be read." if later else _closest(name, list(earlier))
        )
        return
    known = fields(earlier[name])
    if len(rest) < 2:
        yield subject.problem(RULE, at, f"steps.{name} alone is no value", f"It has: {', '.join(sorted(known))}.")
    elif rest[1] not in known:
        hint = f"It has: {', '.join(sorted(known))}."
        if earlier[name].for_each:
            hint += f" What its items kept: steps.{name}.items[].<name>."
        yield subject.problem(RULE, at, f"the step {name} keeps no {rest[1]}", hint)


def _renewed(subject: Subject, at: Path, step: Step, earlier: Mapping[str, Step]) -> Iterator[Problem]:
    """What a step renews is an earlier one that reads, and that keeps nothing else."""
    if not step.renews:
        return
    old, place = earlier.get(step.renews), (*at, "renews")
    if old is None:
        message = f"the step {step.renews} does not come before this one"
        yield subject.problem(RULE, place, message, _closest(step.renews, list(earlier)))
    elif effect_of(step) is not Effect.READ or step.for_each or old.for_each or fields(old) - fields(step):
        message = f"{step.id} does not find what {step.renews} keeps"
        yield subject.problem(RULE, place, message, "Only a step that reads the same can take its place.")


def _closest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known) or 'none'}."
