"""What an action is: AWS know-how in Python behind a runbook's `use:`. It reads and plans, it never changes anything.

An action either observes (returns facts) or plans (returns the exact calls that the engine shows, has judged and
confirmed, and sends). It gets a reader, its inputs and the time, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from irtui.aws import door
from irtui.errors import RunbookError
from irtui.model.plan import PlannedCall


class Reader(door.Reader, Protocol):
    """The reading half of the door, in the session and Region of the step."""

    def told(self, words: str) -> None:
        """What a reading that takes long is at; may be called often, and from any thread."""


@dataclass(frozen=True, slots=True)
class InputField:
    type: str
    """string, user, role, access_key_id, account_id, list (of strings) or map."""
    required: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    data: Mapping[str, Any]
    """Plain data; members of the same names as the action's `keeps`, and more."""
    gaps: tuple[str, ...] = ()
    """What could not be read, one sentence each."""
    again: datetime | None = None
    """When time alone may change what it found; None: not before somebody changes something."""


Observe = Callable[[Reader, Mapping[str, Any], datetime], Facts]
MakePlan = Callable[[Reader, Mapping[str, Any], datetime], tuple[PlannedCall, ...]]


@dataclass(frozen=True, slots=True)
class Action:
    """Exactly one of `observe` and `plan` is set."""

    id: str
    title: str
    inputs: Mapping[str, InputField]
    permissions: tuple[str, ...]
    """IAM actions that it needs, its undo included."""
    keeps: tuple[str, ...] = ()
    """Names that later steps may use: `steps.<id>.<name>`."""
    observe: Observe | None = None
    plan: MakePlan | None = None
    changes: tuple[str, ...] = field(default=())
    """Operations that its plan may hold, undo included, as `iam.PutUserPolicy`; empty when it only reads."""

    def __post_init__(self) -> None:
        if (self.observe is None) == (self.plan is None):
            raise ValueError(f"{self.id}: an action observes or plans, one of the two")


def text(inputs: Mapping[str, Any], name: str, default: str = "") -> str:
    """The input as a string. Raises RunbookError when it is missing or empty and has no default."""
    value = inputs.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise RunbookError(f"The input {name} is empty", advice=f"See where the runbook takes {name} from.")
    return value
