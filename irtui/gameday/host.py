"""A world that stands: simulator, seeding, actors, judge. `process` starts one and says where it is.

It ends on `/_world/stop`, when its address is removed, or after idle seconds without a request by anybody but its own
actors.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from irtui.clock import rfc3339
from irtui.errors import IrtuiError
from irtui.gameday import forecast
from irtui.gameday.actors import Player
from irtui.gameday.client import LoopbackClient
from irtui.gameday.handles import TOKEN, filled
from irtui.gameday.limits import limits
from irtui.gameday.objective import UNJUDGED
from irtui.gameday.objectives import Court, judge
from irtui.gameday.scenario import Scenario
from irtui.gameday.scenario.cast import OPERATOR, Deed
from irtui.gameday.scenario.format import ObjectivePlan
from irtui.gameday.scenario.plan import WorldPlan
from irtui.gameday.scenario.seeds import seeded
from irtui.gameday.seeding import Seeder, seeder
from irtui.gameday.stagehand import LATER, perform
from irtui.gameday.troupe import Troupe
from irtui.simulator import logdelivery, propagation
from irtui.simulator.clock import monotonic
from irtui.simulator.control import Control
from irtui.simulator.fidelity import table
from irtui.simulator.inventory import inventory
from irtui.simulator.referee import Referee
from irtui.simulator.server import serve
from irtui.simulator.world import Done, SimulatedWorld

log = logging.getLogger("irtui.world")


class Host:
    """One running world. Everybody in it goes on by the world's clock, also while that is moved."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        plan = scenario.world
        self.scenario, self.seed = seeded(scenario, seed), seed
        self.world = self._world(plan)
        self.control = Control(self.world)
        self.referee = self._front()
        self.server = serve(self.referee)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.ended = threading.Event()
        self._acting = threading.RLock()
        """Held by whoever lets the actors act: the clock goes through their moments one after the other."""
        self._still = False
        """Nobody acts but the operator; what was due comes afterwards."""
        self._operator = ""
        self._sessions: list[str] = []
        """Ids of the sessions in which the operator worked."""
        self.control.routes |= {
            "clock": self._clock, "operator": self._seat, "judge": self._judge, "deeds": self._deeds,
            "injects": self._injects, "pause": self._pause,
            "hold": self._hold, "stagehand": self._stagehand, "limits": self._limits, "stop": self._stop,
            "still": self._hush, "inventory": self._inventory,
            "fidelity": lambda posted: {f"{service}.{name}": [of.label, of.why] for service, name, of in table()},
        }  # fmt: skip

    def start(self) -> None:
        """Serves, and builds the world over HTTP. Raises RunbookError."""
        threading.Thread(target=self.server.serve_forever, daemon=True, name="simulator").start()
        players = self._built(LoopbackClient(self.url, self.scenario.world.region, self.world.token))
        self.troupe = Troupe(self.world, self.scenario, players, self.seed, self._unique_id())
        self._begin()

    def inputs(self) -> dict[str, str]:
        holds = [(name, held) for player in self.troupe.players.values() for name, held in player.holds.items()]
        known = {**{f"{name}.id": held.access_key_id for name, held in holds}, **self.seeder.known}
        return {name: str(filled(value, known)) for name, value in self.scenario.inputs.items()}

    def told(self) -> dict[str, Any]:
        """What `world.json` says of this world besides how to reach it."""
        plan = self.scenario.world
        told = {"account": plan.account, "region": plan.region, "inputs": self.inputs()}
        return {**told, "checkpoint": self._checkpoints()}

    def _checkpoints(self) -> dict[str, Any]:
        """Where signed checkpoints go, as `model.checkpoint.CheckpointBucket` takes it; empty: nowhere."""
        plan = self.scenario.checkpoint
        for other in self.scenario.accounts.values() if plan else ():
            if plan and plan.bucket in other.buckets:
                bucket = f"s3://{other.buckets[plan.bucket].name}"
                return {
                    "bucket": bucket, "account": other.account, "days": plan.days, "automatic": plan.automatic,
                }  # fmt: skip
        return {}

    def _world(self, plan: WorldPlan) -> SimulatedWorld:
        return SimulatedWorld(plan.account, plan.region, secrets.token_urlsafe(32), self.seed)

    def _front(self) -> Referee:
        """What answers requests."""
        return Referee(self.world, self.control)

    def _built(self, client: LoopbackClient) -> dict[str, Player]:
        """Everybody who acts, in a world that is ready for the operator."""
        plan = self.scenario.world
        if (delivery := self.scenario.delivery) is not None:
            self.world.delivery.set(delivery.least.total_seconds(), delivery.most.total_seconds())
        self.seeder: Seeder = seeder(self.world, self.scenario, client)
        self.world.listeners.append(self._post)
        hour, _, minute = plan.begins.partition(":")
        now = datetime.now(UTC)
        begins = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        self.begins = begins if begins <= now else begins - timedelta(days=1)
        return self.seeder.build(self.begins)

    def _unique_id(self) -> Callable[[str], str] | None:
        """How actors find out whether a principal is still there; None: the simulator knows."""
        return None

    def wait(self, address: Path, idle_seconds: float) -> None:
        """Until stopped, idle, or no longer to be found by its address; everybody acts meanwhile."""
        agenda, looked = self.troupe.agenda, monotonic()
        while not self.ended.is_set():
            due, now = agenda.next(), self.world.clock.now()
            left = 1.0 if due is None or self.world.clock.paused else (due - now).total_seconds()
            agenda.changed.wait(min(max(left, 0.0), 1.0))
            agenda.changed.clear()
            if monotonic() - looked >= 1:
                looked = monotonic()
                if not address.exists():
                    return
                if looked - self.referee.touched > idle_seconds:
                    log.info("idle for %s s: ending", idle_seconds)
                    return
                self._deliver()
            with self._acting:
                if not (self.world.clock.paused or self._still):
                    self.troupe.until(self.world.clock.now(), moving=False)

    def _begin(self) -> None:
        """The operator comes in: what takes time takes time from now on."""
        plan, world = self.scenario, self.world
        spread = plan.propagation
        world.lookups.counting = True
        world.propagation.set(
            spread.least.total_seconds() if spread else propagation.LEAST,
            spread.most.total_seconds() if spread else propagation.MOST,
        )
        world.weather.holder = self._holder
        world.weather.set(forecast.rules(plan, self.begins, self.seed))
        for moment in forecast.expiries(plan, self.begins):
            self.troupe.agenda.put(moment, self._end_sessions)
        self.troupe.begin(self.begins)

    def _holder(self, access_key_id: str) -> str:
        return next((n for n, player in self.troupe.players.items() if player.owns(access_key_id)), OPERATOR)

    def _end_sessions(self) -> None:
        for access_key_id in self._sessions:
            self.world.sessions.expire(access_key_id, self.world.clock.now())
        log.info("the operator's session has ended")

    def _post(self, done: Done) -> None:
        """Whoever opens the mail finds the token there: `${mail.token}`."""
        tokens = [mail.token for mail in self.world.monitoring.mails if mail.token]
        if (done.service, done.operation) == ("sns", "Subscribe") and tokens:
            self.seeder.known[TOKEN] = tokens[-1]

    def _deliver(self) -> None:
        now = self.world.clock.now()
        with self.world.lock:
            self.world.delivery.tick(now)
            logdelivery.tick(self.world.monitoring, self.world.delivery, self.world.propagation.view(now), now)

    def _clock(self, posted: Mapping[str, Any]) -> Any:
        """`{seconds}` moves it forward; always answers `{now, paused}`."""
        if (seconds := float(posted.get("seconds", 0))) < 0:
            raise ValueError("time does not go back")
        if seconds:
            with self._acting:
                if self.world.clock.paused:
                    raise ValueError("time stands still")
                target = self.world.clock.now() + timedelta(seconds=seconds)
                acting = () if self._still else self.troupe.players.values()
                if any(player.actor.every.total_seconds() < seconds for player in acting):
                    self.troupe.look_around()  # a jump begins with a look at what was done just before it
                if not self._still:
                    self.troupe.until(target, moving=True)
                self.world.clock.set(max(target, self.world.clock.now()))
                self._deliver()
        return {"now": rfc3339(self.world.clock.now()), "paused": self.world.clock.paused}

    def _pause(self, posted: Mapping[str, Any]) -> Any:
        """`{paused}`: time stands still, and everybody with it, or goes on."""
        with self._acting:
            self.world.clock.pause(posted["paused"] is True)
        self.troupe.agenda.changed.set()
        return self._clock({})

    def _hold(self, posted: Mapping[str, Any]) -> Any:
        """`{on}`: time goes on only when it is moved, or by itself again; answers `{now, held}`."""
        with self._acting:
            self.world.clock.hold(posted["on"] is True)
            return {"now": rfc3339(self.world.clock.now()), "held": self.world.clock.held}

    def _hush(self, posted: Mapping[str, Any]) -> Any:
        """`{on}`: everybody but the operator holds their breath, while time passes."""
        with self._acting:
            self._still = posted["on"] is True
        self.troupe.agenda.changed.set()
        return {}

    def _inventory(self, posted: Mapping[str, Any]) -> Any:
        with self.world.lock:
            return inventory(self.world)

    def _seat(self, posted: Mapping[str, Any]) -> Any:
        """A fresh session for the operator: signing in."""
        with self._acting, self.world.weather.fair():
            credential, self._operator, expires = self.seeder.operator()
        self._sessions.append(credential.access_key_id)
        return {
            "access_key_id": credential.access_key_id,
            "secret_access_key": credential.secret_access_key,
            "session_token": credential.session_token,
            "expires": rfc3339(expires),
        }

    def _judge(self, posted: Mapping[str, Any]) -> Any:
        """In fair weather; what the actors try for it is no deed of theirs."""
        with self._acting, self.world.weather.fair(), self.troupe.judged():
            began = self.begins.strftime("%Y-%m-%dT%H:%M:%SZ")
            self._deliver()
            mails = self.world.monitoring.mails
            court = Court(self.troupe.players, self.world.events, self.seeder.known, began, self._operator, mails)
            verdicts = []
            for objective in self.scenario.objectives:
                met, detail = self._tried(objective, court)
                verdicts.append({"id": objective.id, "text": objective.text, "met": met, "detail": detail})
            return verdicts

    def _tried(self, objective: ObjectivePlan, court: Court) -> tuple[bool, str]:
        try:
            return self._verdict(objective, court)
        except Exception as error:  # whatever kept the judge from looking: nobody knows that it was met
            log.exception("objective %s", objective.id)
            return False, f"{UNJUDGED}{error if isinstance(error, IrtuiError) else repr(error)}"

    def _verdict(self, objective: ObjectivePlan, court: Court) -> tuple[bool, str]:
        return judge(court, objective.kind, objective.params)

    def _deeds(self, posted: Mapping[str, Any]) -> Any:
        """Every call of every actor since the beginning, in order, and the ids of every key it ever held."""
        with self._acting:
            now = rfc3339(self.world.clock.now())
            return {"began": rfc3339(self.begins), "now": now, **self.troupe.deeds()}

    def _injects(self, posted: Mapping[str, Any]) -> Any:
        with self._acting:
            return self.troupe.told()

    def _stagehand(self, posted: Mapping[str, Any]) -> Any:
        """`{step}`: the operator says that this manual step was done; answers what is done for it here, if anything."""
        deeds = self.scenario.stagehand.get(str(posted["step"]), ())
        with self._acting:
            for deed in deeds:
                if deed in LATER:
                    self.troupe.agenda.put(self.world.clock.now() + LATER[deed], partial(self._by_hand, deed))
                else:
                    self._by_hand(deed)
        return list(deeds)

    def _by_hand(self, deed: Deed) -> None:
        with self._acting, self.world.weather.fair():
            perform(self.seeder, deed)

    def _limits(self, posted: Mapping[str, Any]) -> Any:
        return limits(self.world.requests, self._sessions)

    def _stop(self, posted: Mapping[str, Any]) -> Any:
        threading.Timer(0.05, self._end).start()  # the answer goes out first
        return {}

    def _end(self) -> None:
        self.ended.set()
        self.troupe.agenda.changed.set()
