"""What happened in the world of a rehearsal, kept as evidence of its incident before it is closed.

Rules: calls, objectives, and the ids of credentials: no secret is ever asked of the world. What is read back may be
of another version of irtui: what is missing is unknown, never invented.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from irtui.gameday.objective import UNJUDGED, Objective
from irtui.gameday.refusals import NO_WAY_IN, REFUSED

if TYPE_CHECKING:  # a report reads a history without the world
    from irtui.gameday.scenario import Scenario
    from irtui.gameday.world import World

NAME = "gameday: history"
"""Of the evidence."""
ADVERSARY, WORKLOAD = "adversary", "workload"


@dataclass(frozen=True, slots=True)
class Deed:
    """One call of an actor."""

    at: datetime
    actor: str
    by: str
    """Name of the credential in the scenario."""
    access_key_id: str
    call: str
    ok: bool
    code: str = ""

    @property
    def refused(self) -> bool:
        """AWS would not have it; weather and mistakes are no refusal."""
        return self.code in REFUSED


@dataclass(frozen=True, slots=True)
class Limit:
    """An operation that was asked of the world and is not exactly as AWS has it."""

    operation: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class History:
    scenario: str
    title: str
    began: datetime
    """When the operator came in."""
    ended: datetime
    roles: Mapping[str, str]
    """Actor → adversary or workload."""
    deeds: tuple[Deed, ...]
    tries: tuple[Deed, ...]
    """What the judge let the actors try at the end; part of no count."""
    objectives: tuple[Objective, ...]
    limits: tuple[Limit, ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "History":
        """Raises LookupError, ValueError or TypeError for what is no history."""
        return cls(
            str(data["scenario"]),
            str(data["title"]),
            datetime.fromisoformat(data["began"]),
            datetime.fromisoformat(data["now"]),
            {str(name): str(actor["role"]) for name, actor in data["actors"].items()},
            _deeds(data["deeds"]),
            _deeds(data["tries"]),
            tuple(Objective(**objective) for objective in data["objectives"]),
            tuple(Limit(**limit) for limit in data["limits"]),
        )

    def of(self, role: str) -> tuple[Deed, ...]:
        return tuple(deed for deed in self.deeds if self.roles.get(deed.actor) == role)

    @property
    def looked(self) -> bool:
        """Whether the judge saw an adversary try anything; else nobody knows what still worked."""
        return any(self.roles.get(tried.actor) == ADVERSARY for tried in self.tries)

    @property
    def missed(self) -> tuple[str, ...]:
        """Names of the adversary's credentials that still worked for the judge."""
        ways = [d.by for d in self.tries if d.ok and self.roles.get(d.actor) == ADVERSARY and d.call not in NO_WAY_IN]
        return tuple(dict.fromkeys(ways))


def _deeds(rows: Sequence[Mapping[str, Any]]) -> tuple[Deed, ...]:
    return tuple(
        Deed(
            datetime.fromisoformat(row["at"]), str(row["actor"]), str(row["by"]), str(row["access_key_id"]),
            str(row["call"]), bool(row["ok"]), str(row["code"]),
        )
        for row in rows
    )  # fmt: skip


def collected(world: "World", scenario: "Scenario") -> dict[str, Any]:
    """As it is kept. The judge is asked first; what is tried for it stands apart. Raises UsageError."""
    objectives = world.judge()
    told = world.deeds()
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "objectives": [asdict(objective) for objective in objectives],
        **{name: told[name] for name in ("began", "now", "actors", "deeds", "tries")},
        "limits": world.limits(),
    }


def unjudged(scenario: "Scenario", why: str) -> tuple[Objective, ...]:
    """Every objective, where nobody could be asked: nothing is known, so nothing is met."""
    return tuple(Objective(one.id, one.text, False, f"{UNJUDGED}{why}") for one in scenario.objectives)


def unknown(scenario: "Scenario", began: str, ended: str, why: str) -> dict[str, Any]:
    """What is kept when the world can no longer be asked."""
    objectives = [asdict(objective) for objective in unjudged(scenario, why)]
    lists: dict[str, list[Any]] = {"objectives": objectives, "deeds": [], "tries": [], "limits": []}
    return {"scenario": scenario.name, "title": scenario.title, "began": began, "now": ended, "actors": {}, **lists}
