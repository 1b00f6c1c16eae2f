"""What the desk shows and takes: plain values between it and the faces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from irtui.errors import Problem
from irtui.model.identity import Identity
from irtui.model.runbook import InputSpec, Runbook


@dataclass(frozen=True, slots=True)
class RunbookEntry:
    name: str
    title: str
    version: str
    severity: str
    use_when: str
    path: str
    digest: str
    shipped: bool
    trusted: bool
    touches: str
    """What it does to an account, counted: `reads 5 · changes 4 · destroys 1`."""
    steps: int
    problems: tuple[Problem, ...] = ()
    """Errors here mean that it cannot be run."""


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    id: str
    mode: str
    runbook: str
    title: str
    account: str
    opened: str
    operator: str
    status: str
    """open, closed, handed over (to another machine) or unreadable."""
    contained: str
    records: int
    path: Path
    why: str = ""
    """For unreadable: what is wrong."""
    waits_for: str = ""
    """For whom, since its last operator signed off; empty: nobody did."""
    writer: str = ""
    """The process that writes it now, in words; empty: none does."""

    @property
    def hands(self) -> str:
        """Who has it, or for whom it waits; empty: it lies here."""
        if self.writer:
            return f"in use by {self.writer}"
        return f"for {self.waits_for}" if self.waits_for else ""


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    name: str
    title: str
    runbook: str
    story: str
    problems: tuple[Problem, ...] = ()
    """Errors here mean that it cannot be played."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How true an operation is to AWS in a rehearsal."""

    label: str
    """exact, approximate or not simulated."""
    why: str = ""

    @property
    def words(self) -> str:
        if self.label == "not simulated":
            return self.label
        return f"simulated: {self.label}" + (f", {self.why}" if self.why else "")


@dataclass(frozen=True, slots=True)
class Used:
    """An action that a step uses, before it was planned."""

    title: str
    inputs: Mapping[str, Any]
    filled: bool
    """Everything that stands in the inputs is known; else they are as written."""
    may_send: tuple[str, ...]
    """Operations that change something, as `iam.PutUserPolicy`, what undoes them included."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to open."""

    mode: str
    """real or rehearsal."""
    runbook: str = ""
    """Name or path; a rehearsal takes its scenario's unless one is named."""
    scenario: str = ""
    profile: str = ""
    region: str = ""
    account: str = ""
    """The account it must be; another one is refused. Empty: the caller's."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    seed: int = 1
    key: str = ""
    """A kind of signing key chosen beforehand."""
    read_only: bool = False
    endpoint_url: str = ""
    """Rehearsals: another emulator on loopback instead of irtui's own simulator."""
    hurry: bool = False
    """Rehearsals: no waiting, the scenario's clock jumps."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that the account shows, to choose instead of typing."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    spec: InputSpec
    value: str
    offers: tuple[Offer, ...] = ()
    note: str = ""
    """Why there is nothing to choose from, when there is not."""


@dataclass(frozen=True, slots=True)
class KeyOption:
    kind: str
    """keyring, passphrase-file, ephemeral or throw-away (rehearsals)."""
    available: bool
    why: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything to read before an incident is opened. Nothing has been written yet."""

    request: Request
    runbook: Runbook
    identity: Identity
    fields: tuple[Field, ...]
    keys: tuple[KeyOption, ...]
    """In the order in which they are proposed. A weaker one is never taken silently: see `default_key`."""
    warnings: tuple[str, ...]
    story: str
    asks: tuple[str, ...]
    """What will be asked before a change, in the order of the runbook."""
    needs_trust: bool
    children: Mapping[str, Runbook] = field(default_factory=dict)
    ticket: str = ""
    """The desk's own note of what was prepared."""

    @property
    def missing(self) -> tuple[Field, ...]:
        """Inputs that must still be given."""
        return tuple(field for field in self.fields if not field.value and not field.spec.optional)

    @property
    def default_key(self) -> str:
        """The key that is taken without asking; empty when a human must choose."""
        if self.request.key:
            return self.request.key
        first = self.keys[0]
        return first.kind if first.available and first.kind in ("keyring", "throw-away") else ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the operator said to the briefing."""

    inputs: Mapping[str, str]
    account_typed: str = ""
    """The last four digits of the account unlock changes; empty leaves the incident read-only."""
    key: str = ""
    passphrase: str = ""
    operator: str = ""
    trust: bool = False
    """The operator has read a runbook that did not ship with irtui and trusts this digest."""
