"""`python -m irtui.gameday.host`: the world's own process. Simulator, seeding, actors, judge.

Takes `{source, path, seed, folder, idle_seconds}` as JSON on stdin, writes one JSON line to stdout when the world
stands (`{url}` or `{error}`), keeps `folder/world.json` (0600) and `folder/world.log`, and ends on `/_world/stop`,
when its address is removed, or after `idle_seconds` without a request by anybody but its own actors.
"""

import json
import logging
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from irtui.clock import rfc3339
from irtui.errors import IrtuiError, RunbookError
from irtui.gameday.actors import Player
from irtui.gameday.client import LoopbackClient
from irtui.gameday.handles import filled
from irtui.gameday.objectives import KINDS, Court
from irtui.gameday.scenario import Scenario, parse_scenario
from irtui.gameday.seeding import Seeder, seeder
from irtui.simulator.clock import monotonic
from irtui.simulator.control import Control
from irtui.simulator.referee import Referee
from irtui.simulator.server import serve
from irtui.simulator.world import SimulatedWorld

log = logging.getLogger("irtui.world")


class Host:
    """One running world. Its actors go on by the world's clock, also while that is moved."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        plan = scenario.world
        if unknown := {objective.kind for objective in scenario.objectives} - set(KINDS):
            raise RunbookError(f"unknown objective kind {min(unknown)}: one of {', '.join(sorted(KINDS))}")
        self.scenario = scenario
        self.world = SimulatedWorld(plan.account, plan.region, secrets.token_urlsafe(32), seed)
        self.control = Control(self.world)
        self.referee = Referee(self.world, self.control)
        self.server = serve(self.referee)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.ended = threading.Event()
        self._acting = threading.RLock()
        self._operator: str = ""
        self.players: dict[str, Player] = {}
        self._next: dict[str, datetime] = {}
        self.control.routes |= {"clock": self._clock, "operator": self._seat, "judge": self._judge, "stop": self._stop}

    def start(self) -> None:
        """Serves, and builds the world over HTTP. Raises RunbookError."""
        threading.Thread(target=self.server.serve_forever, daemon=True, name="simulator").start()
        plan = self.scenario.world
        self.seeder: Seeder = seeder(self.world, self.scenario, LoopbackClient(self.url, plan.region, self.world.token))
        hour, _, minute = plan.begins.partition(":")
        now = datetime.now(UTC)
        begins = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        self.begins = begins if begins <= now else begins - timedelta(days=1)
        self.players = self.seeder.build(self.begins)
        self._next = {name: self.begins + player.actor.every for name, player in self.players.items()}

    def inputs(self) -> dict[str, str]:
        return {name: str(filled(value, self.seeder.known)) for name, value in self.scenario.inputs.items()}

    def wait(self, address: Path, idle_seconds: float) -> None:
        """Until stopped, idle, or no longer to be found by its address; the actors act meanwhile."""
        while not self.ended.wait(1.0):
            if not address.exists():
                return
            if monotonic() - self.referee.touched > idle_seconds:
                log.info("idle for %s s: ending", idle_seconds)
                return
            with self._acting:
                self._act_until(self.world.clock.now(), moving=False)

    def _act_until(self, end: datetime, *, moving: bool) -> None:
        """Every actor that is due acts; with `moving`, at its own moment."""
        while self._next:
            name = min(self._next, key=lambda each: self._next[each])
            due = self._next[name]
            if due > end:
                return
            if moving:
                self.world.clock.set(max(due, self.world.clock.now()))
            self._act(name)
            self._next[name] = due + self.players[name].actor.every

    def _act(self, name: str) -> None:
        for held, _, use, answered in self.players[name].use():
            log.info("%s: %s as %s: %s", name, use.call, held, answered.code or "ok")

    def _clock(self, posted: Mapping[str, Any]) -> Any:
        """`{seconds}` moves it forward; always answers `{now}`."""
        if (seconds := float(posted.get("seconds", 0))) < 0:
            raise ValueError("time does not go back")
        if seconds:
            with self._acting:
                target = self.world.clock.now() + timedelta(seconds=seconds)
                if any(player.actor.every.total_seconds() < seconds for player in self.players.values()):
                    for name in self.players:  # a jump begins with a look at what was done just before it
                        self._act(name)
                self._act_until(target, moving=True)
                self.world.clock.set(max(target, self.world.clock.now()))
        return {"now": rfc3339(self.world.clock.now())}

    def _seat(self, posted: Mapping[str, Any]) -> Any:
        """A fresh session for the operator."""
        with self._acting:
            credential, self._operator = self.seeder.operator()
        return {
            "access_key_id": credential.access_key_id,
            "secret_access_key": credential.secret_access_key,
            "session_token": credential.session_token,
        }

    def _judge(self, posted: Mapping[str, Any]) -> Any:
        with self._acting:
            began = self.begins.strftime("%Y-%m-%dT%H:%M:%SZ")
            court = Court(self.players, self.world.events, self.seeder.known, began, self._operator)
            verdicts = []
            for objective in self.scenario.objectives:
                met, detail = KINDS[objective.kind](court, objective.params)
                verdicts.append({"id": objective.id, "text": objective.text, "met": met, "detail": detail})
            return verdicts

    def _stop(self, posted: Mapping[str, Any]) -> Any:
        threading.Timer(0.05, self.ended.set).start()  # the answer goes out first
        return {}


def _say(line: Mapping[str, str]) -> None:
    """The one line on stdout."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> int:
    told = json.load(sys.stdin)
    folder = Path(told["folder"])
    logging.basicConfig(filename=folder / "world.log", level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("werkzeug").disabled = True
    address = folder / "world.json"
    try:
        host = Host(parse_scenario(told["source"], told["path"]), int(told["seed"]))
        host.start()
    except IrtuiError as error:
        _say({"error": error.message})
        return 1
    plan = host.scenario.world
    known = {"url": host.url, "token": host.world.token, "pid": os.getpid(), "account": plan.account}
    known |= {"region": plan.region, "inputs": host.inputs()}
    address.unlink(missing_ok=True)
    address.touch(mode=0o600)
    address.write_text(json.dumps(known))
    _say({"url": host.url})
    try:
        host.wait(address, float(told["idle_seconds"]))
    finally:
        address.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
