"""Those who act in a world besides the operator: the adversary and legitimate workloads, over HTTP like anybody.

An actor holds credentials by name, gains more by its moves, and goes on using all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from irtui.gameday.client import Answered, Credential, LoopbackClient
from irtui.gameday.handles import filled
from irtui.gameday.scenario import Actor, Move, Use


@dataclass(slots=True)
class Player:
    name: str
    actor: Actor
    client: LoopbackClient
    known: Mapping[str, str]
    """Handles of the world."""
    holds: dict[str, Credential] = field(default_factory=dict)

    def use(self) -> Iterator[tuple[str, Credential, Use, Answered]]:
        """Everything it holds, tried now, in the scenario's order: (name, credential, call, answer)."""
        for use in self.actor.uses:
            if use.by in self.holds:
                yield use.by, self.holds[use.by], use, self.make(use)

    def make(self, action: Move | Use) -> Answered:
        """One call; what it gains is held from now on."""
        actor = self.actor
        answered = self.client.call(
            self.holds[action.by], action.call, filled(action.params, self.known),
            source_ip=actor.source_ip, user_agent=actor.user_agent,
        )  # fmt: skip
        if action.gains and answered.ok:
            self.holds[action.gains] = Credential.from_reply(answered.data)
        return answered
