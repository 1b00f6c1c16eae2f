"""A world on another emulator: probed, seeded and played through the relay, and judged as far as it goes."""

import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from irtui.errors import RunbookError
from irtui.gameday.actors import Player
from irtui.gameday.client import Answered, Credential, LoopbackClient
from irtui.gameday.elsewhere.caveats import caveats, unjudged
from irtui.gameday.elsewhere.clock import JumpedClock
from irtui.gameday.elsewhere.emulator import Emulator
from irtui.gameday.elsewhere.probes import Findings, probed
from irtui.gameday.elsewhere.relay import Relay
from irtui.gameday.elsewhere.seeding import KEY, RESET, SEEN, ElsewhereSeeder, beyond
from irtui.gameday.handles import names
from irtui.gameday.host import Host
from irtui.gameday.objective import UNJUDGED
from irtui.gameday.objectives import Court
from irtui.gameday.scenario.format import ObjectivePlan, Scenario
from irtui.gameday.scenario.plan import WorldPlan
from irtui.gameday.world import ANY
from irtui.simulator.answers import NOT_SIMULATED
from irtui.simulator.world import SimulatedWorld

_ACCOUNT = re.compile(r"[0-9]{12}")
UNKNOWN = ("approximate", "Another emulator answers it, and irtui has not compared it with AWS.")


class ElsewhereHost(Host):
    """Rules: the account is the emulator's; nothing is seeded before it was probed and found empty."""

    def __init__(self, scenario: Scenario, seed: int, emulator: Emulator) -> None:
        if parts := beyond(scenario):
            words = f"{scenario.name} needs what cannot be seeded on another emulator: {', '.join(parts)}"
            raise RunbookError(words)
        self._emulator = emulator
        super().__init__(scenario, seed)
        for route in ("propagation", "root", "seed"):  # of irtui's own simulator
            del self.control.routes[route]
        self.control.routes |= {
            "expire": self._expire,
            "fidelity": lambda posted: {ANY: UNKNOWN},
        }

    def told(self) -> dict[str, Any]:
        return {**super().told(), "elsewhere": self._emulator.url, "caveats": self._caveats}

    def _world(self, plan: WorldPlan) -> SimulatedWorld:
        return SimulatedWorld(plan.account, plan.region, secrets.token_urlsafe(32), self.seed, JumpedClock())

    def _front(self) -> Relay:
        self._relay = Relay(self.world, self.control, self._emulator)
        return self._relay

    def _built(self, client: LoopbackClient) -> dict[str, Player]:
        try:
            return self._seeded(client)
        except (OSError, LookupError) as error:
            words = f"the emulator at {self._emulator.url} does not answer as AWS does: {error}; {RESET}"
            raise RunbookError(words) from error

    def _seeded(self, client: LoopbackClient) -> dict[str, Player]:
        def ask(who: Credential, call: str, params: Mapping[str, Any]) -> Answered:
            return client.call(who, call, params, **SEEN)

        identity = ask(KEY, "sts.GetCallerIdentity", {})
        if identity.code == NOT_SIMULATED:
            raise RunbookError(identity.message)
        if not identity.ok:
            words = f"the emulator at {self._emulator.url} does not take test/test as its administrator's key"
            raise RunbookError(f"{words}: {identity.code} {identity.message}")
        account = str(identity.data["Account"])
        if not _ACCOUNT.fullmatch(account):
            raise RunbookError(f"the emulator at {self._emulator.url} names no account: {account[:40]!r}")
        self.scenario = replace(self.scenario, world=replace(self.scenario.world, account=account))
        self.world.account = account
        seeder = ElsewhereSeeder(self.world, self.scenario, client, names(self.scenario))
        self.seeder = seeder
        seeder.vacant()
        self._findings: Findings = probed(ask, KEY, account, f"irtui-probe-{secrets.token_hex(4)}")
        seeder.takes = self._findings.takes
        players = seeder.build(self.world.clock.now())
        self._caveats = list(caveats(self._emulator, self.scenario, self._findings, seeder.missing))
        self.begins = self.world.clock.now()
        return players

    def _unique_id(self) -> Callable[[str], str]:
        assert isinstance(self.seeder, ElsewhereSeeder)
        return self.seeder.unique_id

    def _clock(self, posted: Mapping[str, Any]) -> Any:
        """What is jumped over does not pass there; as long as a change takes there is waited for in earnest."""
        if (seconds := float(posted.get("seconds", 0))) > 0:
            threading.Event().wait(min(seconds, self._findings.takes))
        return super()._clock(posted)

    def _end_sessions(self) -> None:
        self._relay.ended.update(self._sessions)

    def _expire(self, posted: Mapping[str, Any]) -> Any:
        self._relay.ended.add(str(posted["access_key_id"]))
        return {}

    def _verdict(self, objective: ObjectivePlan, court: Court) -> tuple[bool, str]:
        if why := unjudged(objective.kind, self._findings):
            return False, f"{UNJUDGED}{why}"
        return super()._verdict(objective, court)

    def _limits(self, posted: Mapping[str, Any]) -> Any:
        """One row for each caveat, and one for each operation that the operator asked for."""
        rows = [{"operation": self._emulator.url, "label": "another emulator", "why": words} for words in self._caveats]
        asked: dict[str, tuple[str, str]] = {}
        for request in self.world.requests:
            if request["key"] in self._sessions and request["operation"]:
                failed = request["status"] == 501
                name = f"{request['service']}.{request['operation']}"
                asked[name] = ("not simulated", "The emulator gave no answer of AWS.") if failed else UNKNOWN
        return rows + [{"operation": name, "label": label, "why": why} for name, (label, why) in asked.items()]
