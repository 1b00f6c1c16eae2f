"""How much of a runbook its rehearsals have shown: steps, branches, choices and undos, counted over runs.

Rules: a runbook is counted by its own steps; those of a child are shown, and count where the child is tested. Manual
work that somebody only said was done shows nothing: it is listed apart and counts neither way.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from irtui.engine.outline import split_key
from irtui.journal.record import Record
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import AskBody, ManualBody
from irtui.runbook.syntax import roots

Played = tuple[Sequence[Record], IncidentState]
"""One rehearsal: its records and their fold."""


@dataclass(frozen=True, slots=True)
class StepCover:
    """One step over all runs."""

    key: str
    title: str
    ran: int = 0
    asserted: int = 0
    """Manual work that was stated and that no read has shown."""
    skipped: int = 0
    not_needed: int = 0
    left_open: int = 0
    when: tuple[bool, ...] | None = None
    """What its `when` was seen to be; None: it has none."""
    choices: Mapping[str, int] = field(default_factory=dict)
    """For a question: how often each answer was given, also those that never were."""
    undone: int | None = None
    """How often it was taken back; None: it did nothing that could be."""

    @property
    def of_child(self) -> bool:
        return "/" in self.key

    @property
    def asserted_only(self) -> bool:
        return self.asserted > 0 and not self.ran

    @property
    def branches(self) -> tuple[int, int]:
        """(seen, of) of its branches: both ways of its `when`, each answer, its undo."""
        seen = len(self.when or ()) + sum(count > 0 for count in self.choices.values()) + bool(self.undone)
        return seen, (2 if self.when is not None else 0) + len(self.choices) + (self.undone is not None)


def covered(runs: Sequence[Played]) -> tuple[StepCover, ...]:
    """Every step of the runbook and of its children, in order. All runs are of one runbook."""
    if not runs:
        return ()
    return tuple(_step(step, runs) for step in runs[0][1].steps)


def share(cover: Sequence[StepCover]) -> int:
    """Per cent of the runbook's own steps that ran in some rehearsal, rounded down; without those asserted only."""
    own = [step for step in cover if not step.of_child and not step.asserted_only]
    return 100 * sum(step.ran > 0 for step in own) // len(own) if own else 0


def branch_share(cover: Sequence[StepCover]) -> int:
    """Per cent of the runbook's own branches that were seen; 100 where there are none."""
    seen, of = (sum(step.branches[index] for step in cover if not step.of_child) for index in (0, 1))
    return 100 * seen // of if of else 100


def _step(first: StepState, runs: Sequence[Played]) -> StepCover:
    key, body = first.key, first.step.body
    states = [state.step(key) for _, state in runs]
    counts = Counter(_outcome(state.step(key), records) for records, state in runs)
    answers = Counter(
        str(record.body.get("choice"))
        for records, _ in runs
        for record in records
        if record.type == "decide" and record.body.get("kind") == "choice" and record.body.get("step") == key
    )
    undos = [call for state in states for call in state.calls if call.took_effect and call.undoing]
    undoable = any(call.planned.get("undo") for state in states for call in state.calls if not call.undoing)
    return StepCover(
        key=key,
        title=first.step.title,
        ran=counts["ran"],
        asserted=counts["asserted"],
        skipped=counts["skipped"],
        not_needed=counts["not needed"],
        left_open=counts["open"],
        when=_when(key, runs, counts["ran"] + counts["asserted"]) if _branches(first.step.when) else None,
        choices={choice: answers[choice] for choice in body.choices} if isinstance(body, AskBody) else {},
        undone=len(undos) if undoable else None,
    )


def _branches(when: str) -> bool:
    """A condition that asks only which runbook the incident is of is no branch: a child's plays are its parent's."""
    return bool(when) and set(roots(when)) != {("incident", "runbook")}


def _outcome(state: StepState, records: Sequence[Record]) -> str:
    if state.status is StepStatus.SKIPPED:
        return "skipped"
    if state.status is StepStatus.NOT_NEEDED:
        return "not needed"
    if isinstance(state.step.body, ManualBody) and not state.status.open:
        return "asserted" if _unproven(state.key, records) else "ran"
    acted = any(call.took_effect for call in state.calls)
    return "ran" if acted or not state.status.open else "open"


def _unproven(key: str, records: Sequence[Record]) -> set[str]:
    """Units of a manual step that were stated, and whose last proof did not show it."""
    stated: set[str] = set()
    for record in records:
        unit = str(record.body.get("step", ""))
        if split_key(unit)[0] != key:
            continue
        if record.type == "attest":
            stated.add(unit)
        elif record.type == "check" and record.body.get("which") == "proof":
            (stated.discard if record.body.get("finding") == "verified" else stated.add)(unit)
    return stated


def _when(key: str, runs: Sequence[Played], ran: int) -> tuple[bool, ...]:
    false = any(
        record.type == "not_needed"
        and record.body.get("by") == "when"
        and split_key(str(record.body["step"]))[0] == key
        for records, _ in runs
        for record in records
    )
    return (*((True,) if ran else ()), *((False,) if false else ()))
