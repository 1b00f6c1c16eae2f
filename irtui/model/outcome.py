"""What became of a call, and of a look at the result. Three-valued: unknown is never rounded up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Finding(StrEnum):
    """What a look at the account said."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    UNSETTLED = "unsettled"
    """It could not be seen: denied, throttled, timed out, or the window has not passed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of AWS."""

    data: Mapping[str, Any]
    """The parsed reply without ResponseMetadata; JSON documents inside are parsed to mappings."""
    request_id: str = ""
    date: str = ""
    """AWS's own `Date` header, as it came: a second clock."""
    sensitive: tuple[str, ...] = ()
    """Member names that botocore's model marks as sensitive; masked before anything is kept or shown."""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """What a read before an act showed."""

    state: str
    """present, absent or unknown. Only NoSuchEntity and its like are absent; denied and timed out are unknown."""
    value: Any = None
    """The members that matter, canonical plain data."""
    why: str = ""
    """For unknown: what stood in the way."""

    @property
    def shown(self) -> Any:
        """For people: the value itself where it is one, else what is known of it."""
        if self.state != "present":
            return f"{self.state}: {self.why}" if self.why else self.state
        value = (
            next(iter(self.value.values())) if isinstance(self.value, Mapping) and len(self.value) == 1 else self.value
        )
        return value[0] if isinstance(value, list) and len(value) == 1 else value

    def as_data(self) -> dict[str, Any]:
        return {"state": self.state, "value": self.value, "why": self.why}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Observed":
        return cls(str(data["state"]), data.get("value"), str(data.get("why", "")))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call that may have changed something."""

    status: Status
    reply: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    """Of a success: it was done, and cannot be used; `message` says why."""
    message: str = ""
    advice: str = ""
    request_id: str = ""
    date: str = ""
