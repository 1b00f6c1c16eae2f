"""The port through which the engine asks a human. Each face, and the scripted operator, implements it.

Rules: methods are called on the engine's thread and may block as long as the human thinks. `None` means
declined. A face shows foreign text only through `irtui.text`. A face decides nothing: it calls `accepts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from irtui.model.incident import IncidentState
from irtui.model.plan import Plan
from irtui.model.verdict import Verdict

REASON_NEEDED = "A reason is needed (at least four characters)."


def too_short(text: str) -> bool:
    """Whether a reason or a statement says too little to be recorded."""
    return len(text.strip()) < 4


@dataclass(frozen=True, slots=True)
class RunStep:
    """Preview and run a step (or the rest of its items)."""

    key: str


@dataclass(frozen=True, slots=True)
class SkipStep:
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoStep:
    key: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Look now at a step that is settling, in doubt or unverified."""

    key: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """Who must approve a step, who is missing, and what can be done about it."""

    key: str


@dataclass(frozen=True, slots=True)
class AddNote:
    text: str
    kind: str = ""
    """What irtui notes by itself in a rehearsal: inject, hint, pause or resume. Empty: a person's own words."""
    of: str = ""
    """For those: the inject's id, or the step that the hint is for."""


@dataclass(frozen=True, slots=True)
class TellAnchor:
    """A person says that the fingerprint of record `seq` lies with somebody else now."""

    seq: int
    where: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Put a signed checkpoint of the journal into the bucket that is named for it."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """Allow changes in this incident. `typed` must be the last four digits of the account id."""

    typed: str


@dataclass(frozen=True, slots=True)
class CloseIncident:
    """End the incident for good. The engine refuses while steps are in doubt."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskHint:
    """The next hint for a step. Rehearsals only; counted."""

    key: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The world stands still, or goes on again. Rehearsals only; noted."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Stop here; the incident stays resumable."""


Command = (
    RunStep
    | SkipStep
    | UndoStep
    | LookAgain
    | Approvals
    | AddNote
    | TellAnchor
    | Checkpoint
    | Unlock
    | CloseIncident
    | AskHint
    | Pause
    | Leave
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Asks whether exactly these plans shall run."""

    key: str
    title: str
    plans: tuple[Plan, ...]
    """Empty: nothing runs by it; changes in a second account are allowed."""
    verdicts: tuple[Verdict, ...]
    typed: str = ""
    """What must be typed; empty: a plain yes is enough (reversible, no `confirm`)."""
    prompt: str = ""
    """The sentence that asks: `Type ci-deploy to run 1 change`."""
    reason_for: tuple[str, ...] = ()
    """Guards' reasons that need a typed reason; empty: none needed."""
    irreversible: tuple[str, ...] = ()
    """One sentence per call that cannot be undone."""
    undoing: bool = False

    def accepts(self, typed: str, reason: str) -> str:
        """Empty when this answer is enough, else what is missing, in words."""
        if self.typed and typed != self.typed:
            return f"type exactly: {self.typed}"
        if self.reason_for and too_short(reason):
            return "a reason is needed (at least four characters)"
        return ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    typed: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """An `ask` step, or a decision the engine needs (`on_failure: ask`)."""

    key: str
    title: str
    text: str
    choices: Mapping[str, str]
    """id → sentence, in order."""


@dataclass(frozen=True, slots=True)
class Task:
    """Manual work. The answer is the operator's statement of what was done."""

    key: str
    title: str
    instruction: str
    proof: str = ""
    """What AWS will be asked to show that it was done; empty: nothing can show it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Something is going on; shown with the time since `text` first came. Empty text: nothing is."""

    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Something the operator must read: a refusal, a failure, what a step found."""

    title: str
    text: str
    advice: str = ""
    level: str = "info"
    """info, warning or error."""
    key: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


class Operator(Protocol):
    def update(self, state: IncidentState) -> None:
        """The journal has grown; this is its fold now."""

    def progress(self, progress: Progress) -> None: ...

    def tell(self, message: Message) -> None: ...

    def next(self, state: IncidentState, timeout: float | None) -> Command | None:
        """What to do next. None after `timeout` seconds of the engine's clock without an answer."""

    def confirm(self, request: Confirmation) -> Confirmed | None: ...

    def decide(self, question: Question) -> str | None:
        """The id of the choice."""

    def attest(self, task: Task) -> str | None: ...

    def secret(self, prompt: str) -> str | None:
        """An MFA code and its like; never kept."""
