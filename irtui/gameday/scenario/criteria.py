"""What each kind of objective is asked with: its parameters, by name and type. `gameday.objectives` judges them.

Rules: the docstring of a class says how its kind is judged, and the sentence under a field what it is; the guide's
table and the editors' schema are held to them. A name that a kind does not have is an error, and so is one it lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from irtui.gameday.scenario.values import Call, Count, Flag, Name, Strict, Text

Calls = Annotated[tuple[Call, ...], Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class Alerted(Strict):
    """A call of the actor set an alarm off, and its mail came after the operator did."""

    actor: Name
    address: Text
    """Where the mail must have come."""


@dataclass(frozen=True, kw_only=True)
class Called(Strict):
    """The operator made each of these calls since they came in, and AWS did it."""

    calls: Calls
    """As CloudTrail names them: `iam.TagUser`, `monitoring.SetAlarmState`."""


@dataclass(frozen=True, kw_only=True)
class CutOff(Strict):
    """Every credential that the actor holds makes its `uses` once more, and each is refused."""

    actor: Name
    ends: tuple[Name, ...] = ()
    """Its credentials that nothing can end: those may run out by themselves."""


@dataclass(frozen=True, kw_only=True)
class Kept(Strict):
    """Every log file stands in the bucket, with versions, and no rule there eats it within a year."""

    bucket: Text
    replica: str = ""
    """Another bucket, of whose log files none may be missing."""


@dataclass(frozen=True, kw_only=True)
class NoNewPrincipal(Strict):
    """No user, role, key or password that the actor made, or what it made so, is good for anything."""

    actor: Name | None = None
    """Without it: every adversary."""


@dataclass(frozen=True, kw_only=True)
class ReadBeforeChange(Strict):
    """The operator made each of these calls about the user before the first change."""

    user: Text
    """The UserName of those calls."""
    calls: Calls


@dataclass(frozen=True, kw_only=True)
class Readable(Strict):
    """The KMS key with which logs are encrypted can be used."""

    key: Text
    """`${handle.arn}` of one of the world's `encryption_keys`."""


@dataclass(frozen=True, kw_only=True)
class Recorded(Strict):
    """Every trail that somebody stopped or deleted is logging again."""


@dataclass(frozen=True, kw_only=True)
class Recording(Strict):
    """Each trail records all management events of all Regions, with digests, where it may write."""

    trails: Names
    """Their names."""


@dataclass(frozen=True, kw_only=True)
class RootReset(Strict):
    """The root user has no access key, no certificate and none of the known devices, and has a new device."""

    account: Text
    known: tuple[Text, ...] = ()
    """Names of the devices of before."""
    bare: Flag = False
    """It must have neither password nor any device instead: what a member account needs."""


@dataclass(frozen=True, kw_only=True)
class Unharmed(Strict):
    """The actor makes its `uses` once more, and each works; hardly any was refused since the operator came in."""

    actor: Name | None = None
    """Without it: everybody who works there, counted together."""
    denied: Count = 0
    """How many may have been; without it none."""


TAKES: Mapping[str, type] = {
    "alerted": Alerted,
    "called": Called,
    "cut_off": CutOff,
    "kept": Kept,
    "no_new_principal": NoNewPrincipal,
    "read_before_change": ReadBeforeChange,
    "readable": Readable,
    "recorded": Recorded,
    "recording": Recording,
    "root_reset": RootReset,
    "unharmed": Unharmed,
}


def taken(kind: str, params: Mapping[str, Any]) -> Any:
    """The parameters of that kind. Raises LookupError for no kind, pydantic.ValidationError for what does not fit."""
    return _adapter(TAKES[kind]).validate_python(dict(params))


@cache
def _adapter(takes: type) -> TypeAdapter[Any]:
    return TypeAdapter(takes)
