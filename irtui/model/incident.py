"""The state of an incident: what folding its journal gives. Nothing here is stored anywhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from irtui.model.approval import Approval
from irtui.model.call import Call, Subject, subjects
from irtui.model.runbook import ManualBody, Step

AT_ONCE = datetime.min.replace(tzinfo=UTC)
"""Due before everything: a change that AWS accepted and nobody has looked at."""


class StepStatus(StrEnum):
    TODO = "todo"
    RUNNING = "running"
    """Being sent, or being looked at, in this sitting."""
    DONE = "done"
    """Done, and where it has a check: verified."""
    UNVERIFIED = "unverified"
    """Sent and accepted, but nothing shows that it took effect."""
    SETTLING = "settling"
    """Verified once; the second look is still to come."""
    REFUTED = "reopened"
    """It was done and is no longer true: open again."""
    IN_DOUBT = "in doubt"
    """Sent, or perhaps sent; nobody knows what became of it."""
    WAITING = "waiting"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNDONE = "undone"
    NOT_NEEDED = "not needed"
    """Its `when` was false, or its list was empty."""

    @property
    def open(self) -> bool:
        """The operator still has something to do here."""
        return self in (StepStatus.TODO, StepStatus.REFUTED, StepStatus.IN_DOUBT, StepStatus.FAILED, StepStatus.UNDONE)


@dataclass(frozen=True, slots=True)
class Evidence:
    name: str
    sha256: str
    size: int
    step: str = ""
    gaps: tuple[str, ...] = ()
    """What could not be read, in words; empty when it is whole."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One intent and what became of it."""

    seq: int
    """Number of the intent record."""
    step: str
    """Key of the step, with its item: `revoke_roles[1]`."""
    planned: Mapping[str, Any]
    """The planned call, as data; `model.plan.PlannedCall.from_data` reads it."""
    status: str
    """sent (no outcome: in doubt), succeeded, failed, unknown (in doubt), applied or not_applied (reconciled)."""
    plan: str = ""
    """Digest of the plans it was confirmed with."""
    n: int = 1
    of: int = 1
    """Which call of how many of its unit's plan."""
    undoing: bool = False
    undone: bool = False
    code: str = ""
    message: str = ""
    request_id: str = ""
    at: str = ""
    """When what became of it was written down."""

    @property
    def in_doubt(self) -> bool:
        return self.status in ("sent", "unknown")

    @property
    def aim(self) -> tuple[str, int, str, tuple[Subject, ...], int]:
        """What it does to what: a later call of the same aim is this one sent again. What makes up an id makes another
        thing each time."""
        call = Call.from_data(self.planned)
        return self.step, self.n, call.name, subjects(call), self.seq if self.planned.get("made") else 0

    @property
    def took_effect(self) -> bool:
        return self.status in ("succeeded", "applied")


@dataclass(frozen=True, slots=True)
class StepState:
    key: str
    """Path of ids: `deny`, `sweep/users`. Items of a `for_each` are in `items`."""
    number: str
    """For people: `4`, `7.2`."""
    step: Step
    status: StepStatus
    title: str = ""
    """The title filled in as far as it can be; foreign text."""
    text: str = ""
    """The step's text, filled in likewise; foreign text."""
    wanted: str = ""
    """What a question or manual work asks for, filled in likewise; foreign text."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What it kept, or `{'choice': …}`."""
    items: tuple[Any, ...] = ()
    """The list it runs over, once known."""
    items_done: tuple[int, ...] = ()
    """Items with nothing left to do; those that were skipped are not among them."""
    calls: tuple[CallRecord, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[str, ...] = ()
    reason: str = ""
    """Why it failed, was skipped, or was reopened; one sentence, foreign text."""
    advice: str = ""
    settle_at: datetime | None = None
    """When the first of the second looks is due."""
    due: Mapping[str, datetime] = field(default_factory=dict)
    """Unit (the step, or an item of it) → when its second look is due; AT_ONCE where there was no first one."""
    taken_back: tuple[str, ...] = ()
    """Units whose last change in effect was an undo."""
    verified: bool = False
    """A look has shown the effect at least once since the last change."""
    wait_until: datetime | None = None
    look_at: datetime | None = None
    """For a step that is done again until its check holds: when next."""
    looked: int = 0
    """Number of the record of its last check of its own reply."""
    reply: str = ""
    """Evidence hash of the last reply, where there is one."""
    asserted: str = ""
    """For manual work: what the operator stated; `verified` stands in `proof`."""
    proof: str = ""
    """verified, refuted, unsettled or empty."""
    blocked_by: tuple[str, ...] = ()
    """Needed steps that are not done."""
    applies: bool | None = True
    """What its `when` says now. None: it cannot be evaluated (yet)."""
    approval: Approval | None = None
    """The newest request for the approval of others, and what came of it."""
    begun: bool = False
    """For a child runbook: it has begun, its steps are being walked."""

    @property
    def absent(self) -> bool:
        """It asked for something, and the good answer was that it is not there."""
        return self.step.absent and self.values.get("absent") is True

    @property
    def runs_in(self) -> str:
        """What the keys of all steps of its runbook begin with: empty, or `sweep/`."""
        return self.key[: len(self.key) - len(self.step.id)]

    @property
    def undoable(self) -> bool:
        return any(
            call.took_effect and not call.undone and not call.undoing and call.planned.get("undo")
            for call in self.calls
        )


@dataclass(frozen=True, slots=True)
class IncidentState:
    id: str
    mode: str
    """real or rehearsal."""
    runbook: str
    title: str
    account: str
    alias: str
    caller: str
    """ARN."""
    operator: str
    region: str
    opened: str
    """RFC 3339 UTC."""
    key_kind: str
    """keyring, passphrase-file, ephemeral or throw-away (rehearsals)."""
    steps: tuple[StepState, ...] = ()
    aside: StepState | None = None
    """The signed checkpoints, which belong to no runbook; nothing waits for them."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    """Public keys of who sits there now, hex: the incident's, and the one that vouches for it."""
    unlocked: bool = False
    """Changes are allowed in this incident."""
    also: tuple[str, ...] = ()
    """Accounts besides `account` in which changes are allowed: as the root user of a member, by AssumeRoot."""
    closed: bool = False
    records: int = 0
    head: str = ""
    """SHA-256 of the last record's line."""
    told: int = 0
    """The last record whose fingerprint lies with somebody else, by the operators' word; 0: none."""
    notes: tuple[str, ...] = ()
    changed: int = 0
    """Calls that were sent and may have changed something."""
    acted: int = 0
    """Number of the last record that a re-check must be younger than: a change, look, answer or statement of phase
    `contain`, or a call that took something back."""
    glass: tuple[str, ...] = ()
    """Steps for which the operator broke the glass: nobody else approved."""
    expires: datetime | None = None
    endpoints: tuple[str, ...] = ()

    def step(self, key: str) -> StepState:
        """Raises KeyError."""
        for state in self.steps:
            if state.key == key:
                return state
        if self.aside is not None and self.aside.key == key:
            return self.aside
        raise KeyError(key)

    @property
    def settling(self) -> tuple[StepState, ...]:
        return tuple(state for state in self.steps if state.status is StepStatus.SETTLING)

    @property
    def open_steps(self) -> tuple[StepState, ...]:
        return tuple(state for state in self.steps if state.status.open)

    @property
    def contained(self) -> str:
        """`contained`, `not re-checked`, `settling` or `open`.

        Ticked steps never make it contained: only re-checks do, and the worst of them counts. Each that is needed
        held after the last change, and one stands after everything else of that phase. Left out may be what a
        re-check shows not to be needed.
        """
        containing = [
            state for state in self.steps if state.step.phase == "contain" and state.status is not StepStatus.NOT_NEEDED
        ]
        acting = [state for state in containing if not state.step.rechecks]
        rechecks = [state for state in containing if state.step.rechecks]
        passed = (StepStatus.DONE, StepStatus.SETTLING, StepStatus.SKIPPED)
        refuted = any(state.status is StepStatus.FAILED for state in rechecks)
        if not acting or refuted or any(state.status not in passed for state in acting):
            return "open"
        if any(state.status is StepStatus.SETTLING for state in acting):
            return "settling"
        held = all(state.status is StepStatus.DONE and state.looked > self.acted for state in rechecks)
        if held and all(_vouched(state, containing[at + 1 :]) for at, state in enumerate(containing)):
            return "contained"
        return "open" if any(state.status is StepStatus.SKIPPED for state in acting) else "not re-checked"


def _vouched(step: StepState, later: Sequence[StepState]) -> bool:
    """Whether a re-check after it speaks for this step of phase `contain`.

    What was left out or only stated is known where its own runbook stands, and to what runs that: a re-check of a
    child says nothing of it. What people left out shows nowhere.
    """
    if step.step.rechecks:
        return True
    manual = isinstance(step.step.body, ManualBody)
    left_out = step.status is StepStatus.SKIPPED
    if manual and left_out:
        return False
    near = left_out or (manual and step.proof != "verified")
    return any(other.step.rechecks and (not near or step.key.startswith(other.runs_in)) for other in later)
