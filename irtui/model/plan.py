"""What will be done, exactly, before it is done.

A plan is made from the live state, shown, judged by guards, confirmed by its digest, and then executed call
by call. What runs is what was shown: the executor takes its calls from the confirmed plan and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.canonical import digest, plain
from irtui.model.call import Call
from irtui.model.effect import Effect
from irtui.model.outcome import Observed


@dataclass(frozen=True, slots=True)
class Look:
    """A read and what to see in its reply."""

    call: Call
    until: str
    """JMESPath over the reply that must yield true. Absent things are judged as `null`."""
    within: float = 60.0
    """Seconds of polling before it counts as not (yet) true."""
    every: float = 2.0
    again_after: float | None = None
    """Seconds after which to look a second time, when IAM has propagated."""

    def as_data(self) -> dict[str, Any]:
        return {
            **self.call.as_data(),
            "until": self.until,
            "within": plain(self.within),
            "every": plain(self.every),
            "again_after": plain(self.again_after),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Look":
        again = data.get("again_after")
        return cls(
            Call.from_data(data),
            str(data["until"]),
            _seconds(data["within"]),
            _seconds(data["every"]),
            None if again is None else _seconds(again),
        )


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of a plan, with what is known before it and how to see and undo it."""

    call: Call
    effect: Effect
    target: str
    """What the operator types to confirm: a name, or a long id of which the last four are typed."""
    before: Observed | None = None
    """What the read before showed when the plan was made: left side of the diff, and the precondition.
    The engine fills it; an action leaves it None."""
    after: Any = None
    """What is expected to be there afterwards, for the diff; plain data."""
    look: Look | None = None
    """How to see that it worked. None: cannot be read back, counts as unverified."""
    observe: Call | None = None
    """The read before the act, where it differs from `look.call`."""
    watch: tuple[str, ...] = ()
    """JMESPath expressions over that read: the members that must not drift. Empty: those that `look.until` reads."""
    undo: Call | None = None
    made: Mapping[str, str] = field(default_factory=dict)
    """What AWS makes up, an id: parameter of `undo` that is known only then → JMESPath over the reply."""
    irreversible: str = ""
    """Why there is no undo; empty where `undo` stands."""
    note: str = ""
    """A sentence for the operator about this call."""

    def as_data(self) -> dict[str, Any]:
        return {
            **self.call.as_data(),
            "effect": self.effect.word,
            "target": self.target,
            "before": self.before.as_data() if self.before else None,
            "after": plain(self.after),
            "look": self.look.as_data() if self.look else None,
            "observe": self.observe.as_data() if self.observe else None,
            "watch": list(self.watch),
            "undo": self.undo.as_data() if self.undo else None,
            "irreversible": self.irreversible,
            "note": self.note,
            **({"made": dict(self.made)} if self.made else {}),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PlannedCall":
        return cls(
            Call.from_data(data),
            Effect[str(data["effect"]).upper()],
            str(data["target"]),
            Observed.from_data(data["before"]) if data.get("before") else None,
            data.get("after"),
            Look.from_data(data["look"]) if data.get("look") else None,
            Call.from_data(data["observe"]) if data.get("observe") else None,
            tuple(data.get("watch") or ()),
            Call.from_data(data["undo"]) if data.get("undo") else None,
            dict(data.get("made") or {}),
            str(data.get("irreversible", "")),
            str(data.get("note", "")),
        )


def with_made(planned: Mapping[str, Any], made: Any) -> Mapping[str, Any]:
    """A planned call, as data, whose undo names what AWS has made: the `made` of an outcome."""
    undo, names = planned.get("undo"), planned.get("made")
    if not (isinstance(undo, Mapping) and isinstance(names, Mapping) and isinstance(made, Mapping)):
        return planned
    known = {name: made[name] for name in names if name in made}
    return {**planned, "undo": {**undo, "params": {**undo.get("params", {}), **known}}}


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what one step, or one item of it, will do."""

    step: str
    """Key of the step: `deny`, `revoke_roles[0]`, `sweep/users`."""
    calls: tuple[PlannedCall, ...]
    undoing: bool = False
    """True for the plan that takes a step back."""

    @property
    def effect(self) -> Effect:
        return max((planned.effect for planned in self.calls), default=Effect.READ)

    @property
    def reversible(self) -> bool:
        return all(planned.undo is not None for planned in self.calls)

    @property
    def digest(self) -> str:
        return digest(self.as_data())

    def as_data(self) -> dict[str, Any]:
        return {"step": self.step, "undoing": self.undoing, "calls": [planned.as_data() for planned in self.calls]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Plan":
        return cls(
            str(data["step"]),
            tuple(PlannedCall.from_data(item) for item in data["calls"]),
            bool(data.get("undoing", False)),
        )


def _seconds(value: Any) -> float:
    return float(value.removeprefix("float:")) if isinstance(value, str) else float(value)
