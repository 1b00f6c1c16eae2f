"""A runbook as the engine sees it: parsed, typed, not yet filled in.

Text and parameters may still hold `${{ expressions }}`; `irtui.runbook.expressions` fills them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    PREPARE = "prepare"
    ANALYZE = "analyze"
    CONTAIN = "contain"
    ERADICATE = "eradicate"
    RECOVER = "recover"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the author's file, counted from 1."""

    path: str = ""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class InputSpec:
    name: str
    type: str
    """string, access_key_id, user, role, account_id, trail, bucket, arn, region."""
    title: str
    optional: bool = False
    default: str | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """A second identity that steps may use."""

    name: str
    role: str = ""
    """Role ARN to assume from the caller's session."""
    assume_root: str = ""
    """Member account id for sts:AssumeRoot, with `task`."""
    task: str = ""


@dataclass(frozen=True, slots=True)
class CallBody:
    """One AWS operation."""

    service: str
    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


@dataclass(frozen=True, slots=True)
class Check:
    """A read and the condition its reply must meet."""

    call: CallBody | None
    """None: judge the step's own reply; only on steps that read."""
    until: str
    """Bare JMESPath over the reply (its `${{ }}` parts are filled first) that must yield true."""
    within: float = 60.0
    """Seconds. Without a call of its own: for how long the step is done again until it holds; 0 judges it once."""
    every: float = 2.0
    again_after: float | None = None


@dataclass(frozen=True, slots=True)
class UseBody:
    """An action written in Python."""

    action: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskBody:
    """A decision by the operator."""

    question: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ManualBody:
    """Work that no API can do."""

    instruction: str
    proof: Check | None = None


@dataclass(frozen=True, slots=True)
class ChildBody:
    """A child runbook in the same incident."""

    runbook: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    rest_later: bool = False
    """What follows when it has contained comes last, or before the first step that needs this one."""


@dataclass(frozen=True, slots=True)
class WaitBody:
    """A soak, or a condition on a read. One of the two is set."""

    seconds: float | None = None
    check: Check | None = None


Body = CallBody | UseBody | AskBody | ManualBody | ChildBody | WaitBody


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    phase: Phase
    title: str
    body: Body
    text: str = ""
    """Markdown for the operator."""
    when: str = ""
    """Bare JMESPath over the context; must yield a boolean. Empty: always."""
    for_each: str = ""
    """A `${{ }}` expression that yields a list; each item is its own sub-step."""
    as_: str = "item"
    """Another name for `item` inside the sub-steps."""
    needs: tuple[str, ...] = ()
    renews: str = ""
    """An earlier step whose result this one's takes the place of: lists that were made of it are made anew."""
    keep: Mapping[str, str] = field(default_factory=dict)
    """Name → JMESPath over the reply."""
    absent: bool = False
    """Not there is a good answer of its call: the reply and what is kept of it are null."""
    evidence: bool = False
    confirm: str = ""
    """What the operator types; empty where the format's own rules decide."""
    approvers: int = 0
    verify: Check | None = None
    observe: CallBody | None = None
    """The read before the act, where it differs from `verify.call`."""
    undo: CallBody | None = None
    irreversible: str = ""
    session: str = "caller"
    region: str = ""
    on_failure: str = "stop"
    """stop, ask or continue."""
    skippable: bool = True
    references: tuple[str, ...] = ()
    mark: Mark = Mark()

    @property
    def rechecks(self) -> bool:
        """It contains nothing: it reads, and judges what it read."""
        return self.phase is Phase.CONTAIN and self.verify is not None and self.verify.call is None


@dataclass(frozen=True, slots=True)
class Runbook:
    name: str
    title: str
    version: str
    severity: str
    use_when: str
    steps: tuple[Step, ...]
    inputs: tuple[InputSpec, ...] = ()
    sessions: tuple[SessionSpec, ...] = ()
    account: str = "required"
    """required: the operator names the account before step 1. optional: the caller's is taken."""
    references: tuple[str, ...] = ()
    source: str = ""
    """The full text, kept as evidence of the run."""
    digest: str = ""
    """SHA-256 of `source`, hex."""
    path: str = ""
    shipped: bool = False
    """It came with irtui; others must be trusted once per digest."""

    def step(self, step_id: str) -> Step:
        """The step with that id. Raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
