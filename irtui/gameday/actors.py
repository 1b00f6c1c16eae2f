"""Those who act in a world besides the operator: the adversary and legitimate workloads, over HTTP like anybody.

An actor holds credentials by name, gains more by what it does, and goes on using all of them. What it does once the
operator has come in is kept: its calls in order, and every key it ever held. Being refused is part of the story.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from irtui.clock import rfc3339
from irtui.errors import RunbookError
from irtui.gameday.client import Answered, Credential, LoopbackClient
from irtui.gameday.handles import filled
from irtui.gameday.scenario.cast import Actor, Conduct, Use
from irtui.simulator.world import Done

log = logging.getLogger("irtui.world")

NO_ANSWER = "NoAnswer"
"""The connection was closed: whether it was done, nobody knows."""


@dataclass(slots=True)
class Player:
    name: str
    actor: Actor
    client: LoopbackClient
    known: Mapping[str, str]
    """Handles of the world."""
    now: Callable[[], datetime]
    holds: dict[str, Credential] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    """Name → ids of every access key it ever held under it."""
    deeds: list[dict[str, Any]] = field(default_factory=list)
    """Its calls since the beginning, in order."""
    tries: list[dict[str, Any]] = field(default_factory=list)
    """The calls that the judge let it make when it last judged."""
    answers: dict[str, str] = field(default_factory=dict)
    """Name of a credential → code of the last answer to it since the beginning; empty for a success."""
    heard: deque[Done] = field(default_factory=deque)
    """Changes by others that it has not thought about yet."""
    _told: list[dict[str, Any]] | None = None
    """Where its calls are written; nowhere before the beginning."""

    def hold(self, name: str, credential: Credential) -> None:
        self.holds[name] = credential
        ids = self.held.setdefault(name, [])
        if credential.access_key_id not in ids:
            ids.append(credential.access_key_id)

    def owns(self, access_key_id: str) -> bool:
        return any(access_key_id in ids for ids in self.held.values())

    def begin(self) -> None:
        """The operator comes in: from now on everything is kept."""
        self._told = self.deeds

    @contextmanager
    def judged(self) -> Iterator[None]:
        """What it does inside was asked for by the judge and is no deed of its own."""
        self.tries.clear()
        self._told = self.tries
        try:
            yield
        finally:
            self._told = self.deeds

    def use(self) -> Iterator[tuple[str, Credential, Use, Answered]]:
        """Everything it holds, tried now, in the scenario's order: (name, credential, call, answer)."""
        for use in self.actor.uses:
            credential = self.holds.get(use.by)
            if credential is not None and (answered := self.make(use)) is not None:
                yield use.by, credential, use, answered

    def make(self, conduct: Conduct) -> Answered | None:
        """One call; what it gains is held from now on. None: it cannot be made, for want of a credential or a name."""
        credential = self.holds.get(conduct.by)
        if credential is None:
            return None
        ids = {f"{name}.id": held.access_key_id for name, held in self.holds.items()}
        try:
            params = filled(conduct.params, {**self.known, **ids})
        except RunbookError:
            return None
        at = self.now()
        try:
            answered = self._answer(credential, conduct, params)
        except RunbookError as error:  # a name that was filled in may not fit; before the beginning the author hears it
            if self._told is None:
                raise
            log.warning("%s: %s", self.name, error)
            return None
        if conduct.gains and answered.ok:
            self.hold(conduct.gains, Credential.from_reply(answered.data))
        if self._told is not None:
            self._told.append({
                "at": rfc3339(at), "actor": self.name, "by": conduct.by, "access_key_id": credential.access_key_id,
                "call": conduct.call, "ok": answered.ok, "code": answered.code,
            })  # fmt: skip
            self.answers[conduct.by] = answered.code
        return answered

    def _answer(self, credential: Credential, conduct: Conduct, params: Mapping[str, Any]) -> Answered:
        try:
            return self.client.call(
                credential, conduct.call, params,
                source_ip=conduct.source_ip or self.actor.source_ip,
                user_agent=conduct.user_agent or self.actor.user_agent,
                region=conduct.region,
            )  # fmt: skip
        except OSError as error:
            return Answered(0, NO_ANSWER, {}, str(error))
