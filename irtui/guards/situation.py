"""What a guard is shown: the plan and everything it may judge it by. Plain values, gathered by the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.model.identity import Identity
from irtui.model.incident import IncidentState, StepState
from irtui.model.plan import Plan
from irtui.model.runbook import Step


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one incident may touch before somebody is asked again. Counts of distinct things changed."""

    users: int = 5
    roles: int = 10
    access_keys: int = 10
    other: int = 20


@dataclass(frozen=True, slots=True)
class Situation:
    step: Step
    state: StepState
    incident: IncidentState
    plans: tuple[Plan, ...]
    """One plan, or one per item of a batch."""
    identity: Identity | None
    """Who acts, asked of AWS just now. None: could not be found out."""
    pinned_account: str
    """The account this incident was opened for."""
    now: datetime
    member: str | None = None
    """The account that the runbook names for the step's AssumeRoot session; empty: it is not known. None: the step
    is made in no such session."""
    opener: Identity | None = None
    """Who opened that session, asked of AWS just now."""
    protected: tuple[str, ...] = ()
    """Patterns from the settings: `user/break-glass`, `role/Audit*`, full ARNs; `*` and `?` as in shells."""
    limits: Limits = Limits()
    drift: tuple[Mapping[str, Any], ...] = ()
    """Differences between the plan's before and what was read just now: {call, before, now}. Empty: none."""
    unread: tuple[str, ...] = ()
    """Preconditions that could not be re-read just now, in words."""
    digest: str = ""
    """Of the plans that are agreed to: what an approval must be bound to."""
    agreed: bool = False
    """The operator has agreed to it a moment ago; it is judged once more because something changed or went unread."""
    touched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind of subject → ids that this incident has already changed."""
