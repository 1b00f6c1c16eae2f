"""What makes *contained* never true, or true too soon: a step after the last re-check, a question that may be skipped.

Rules (docs/adr/0009): a re-check is a step of phase `contain` that reads and judges its own reply. irtui says
*contained* only when one held after everything else of that phase; steps of a child stand where the child does. What
depends on a skipped question is not needed, so such a question must be answered. A step after the re-check with a
condition of its own may run only where the re-check does not: then manual work after it says why it is not contained.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from irtui.errors import Problem
from irtui.lint.subject import Subject, effect_of
from irtui.model.effect import Effect
from irtui.model.runbook import AskBody, ChildBody, ManualBody, Phase, Step
from irtui.runbook.load import Path
from irtui.runbook.syntax import compiled, nodes, roots

RULE = "recheck"
_ONE = "a step of phase contain that reads, with a verify that has an until and no call."


@dataclass(frozen=True, slots=True)
class _Contains:
    """A step of phase `contain`, of the runbook or of a child."""

    at: Path
    """Of the runbook's own step."""
    key: str
    step: Step
    whens: frozenset[tuple[str, str]]
    """What must hold for it, its parents' conditions too: (path of the parent, condition)."""

    @property
    def rechecks(self) -> bool:
        return self.step.rechecks and not self.step.for_each and effect_of(self.step) is Effect.READ

    @property
    def ours(self) -> list[str]:
        """Conditions over the steps of the runbook itself; those of a child read the child's."""
        return [when for parent, when in sorted(self.whens) if not parent]

    @property
    def tells(self) -> bool:
        """People read in it what nothing can show, or why."""
        return isinstance(self.step.body, ManualBody)

    @property
    def acts(self) -> bool:
        return self.tells or effect_of(self.step) is not Effect.READ


def problems(subject: Subject) -> Iterator[Problem]:
    found = list(_containing(subject))
    rechecks = [index for index, each in enumerate(found) if each.rechecks]
    acting = [each for each in found if each.acts]
    if acting and not rechecks:
        message = "nothing re-checks what was contained: the incident is never called contained"
        yield subject.problem(RULE, acting[-1].at, message, f"Put one after it: {_ONE}", level="warning")
    for late in found[rechecks[-1] + 1 :] if rechecks else ():
        last = found[rechecks[-1]]
        message = f"the step {late.key} of phase contain comes after the last re-check, {last.key}"
        if late.whens <= last.whens:
            hint = f"The incident is never called contained. Move it before {last.key}, or re-check after it: {_ONE}"
            yield subject.problem(RULE, late.at, message, hint)
        elif late.acts and not any(each.tells and each.whens <= late.whens for each in found[found.index(late) :]):
            message += ", under a condition of its own"
            hint = "Where it runs, it is never called contained. Re-check after it, or let manual work say why."
            yield subject.problem(RULE, late.at, message, hint, level="warning")
    yield from _left_out(subject, found)


def _left_out(subject: Subject, found: list[_Contains]) -> Iterator[Problem]:
    """Questions that may be skipped: then what contains on their answer is not needed, and a re-check still holds."""
    for at, asked in subject.steps():
        if not isinstance(asked.body, AskBody) or not asked.skippable:
            continue
        held = [
            each for each in found if not each.rechecks and any(_only_if_answered(when, asked.id) for when in each.ours)
        ]
        last = next((each for each in reversed(found) if each.rechecks), None)
        if held and last is not None and not any(asked.id in _read(when) for when in last.ours):
            message = (
                f"leaving out the question {asked.id} leaves out {held[0].key}, and it may still be called contained"
            )
            yield subject.problem(RULE, at, message, "Add skippable: false, and a choice for who does not know.")


def _containing(subject: Subject) -> Iterator[_Contains]:
    for at, step in subject.steps():
        yield from _with_child(subject, _Contains(at, step.id, step, _whens("", step)), (subject.runbook.name,))


def _with_child(subject: Subject, one: _Contains, way: tuple[str, ...]) -> Iterator[_Contains]:
    """The step where its phase is `contain`, and such steps of the child that it begins."""
    if one.step.phase is Phase.CONTAIN:
        yield one
    if isinstance(one.step.body, ChildBody) and (name := one.step.body.runbook) not in way and name in subject.children:
        for step in subject.children[name].steps:
            key = f"{one.key}/{step.id}"
            inside = _Contains(one.at, key, step, one.whens | _whens(one.key, step))
            yield from _with_child(subject, inside, (*way, name))


def _whens(parent: str, step: Step) -> frozenset[tuple[str, str]]:
    return frozenset({(parent, step.when)} if step.when else ())


def _read(when: str) -> set[str]:
    """The steps that a condition reads."""
    return {names[1] for names in roots(when) if names[0] == "steps" and len(names) > 1}


def _only_if_answered(when: str, asked: str) -> bool:
    """It compares the answer with one that must be given; `!=` holds also where there is none."""
    if asked not in _read(when):
        return False
    comparisons = [node for node in nodes(compiled(when).parsed) if node["type"] == "comparator"]
    return any(
        node["value"] == "eq" and any(_choice_of(side) == asked for side in node["children"]) for node in comparisons
    )


def _choice_of(node: dict[str, object]) -> str:
    children = node["children"]
    assert isinstance(children, list)
    names = [child.get("value") for child in children] if node["type"] == "subexpression" else []
    return str(names[1]) if len(names) == 3 and (names[0], names[2]) == ("steps", "choice") else ""
