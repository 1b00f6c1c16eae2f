"""A simulated world, seen from the operator's process: start one, join one, ask it, end it.

The world is a process of its own in its own session: it survives irtui, and is found again by `world.json`
in the incident's folder. It inherits nothing of this machine's AWS configuration.
"""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import irtui
from irtui.errors import UsageError
from irtui.gameday.elsewhere.emulator import emulator_at
from irtui.gameday.objective import Objective
from irtui.gameday.scenario import Scenario
from irtui.model.checkpoint import CheckpointBucket

ANY = "*"
"""Every operation of every service."""
_ENDED = "Rehearse again: a world keeps nothing once its process has ended."


@dataclass(frozen=True, slots=True)
class OperatorCredentials:
    """The session in which the operator works. It is the world's, worthless anywhere else."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires: datetime


class World:
    """Rules: every method asks the world's process; UsageError when it has ended."""

    def __init__(self, address: Mapping[str, Any], process: "subprocess.Popen[str] | None" = None) -> None:
        self.url: str = address["url"]
        self.account: str = address["account"]
        self.region: str = address["region"]
        self.pid: int = address["pid"]
        self.inputs: Mapping[str, str] = address["inputs"]
        """The scenario's inputs of the runbook, as they are called in this world."""
        self.checkpoint = CheckpointBucket(**address["checkpoint"]) if address.get("checkpoint") else None
        """Where this game day's signed checkpoints go. None: nowhere."""
        self.elsewhere: str = address.get("elsewhere", "")
        """URL of the emulator that stands in for irtui's own simulator."""
        self.caveats: tuple[str, ...] = tuple(address.get("caveats", ()))
        """What cannot be seeded or judged there, in sentences."""
        self.watchers: list[Callable[[datetime, bool], None]] = []
        """Told of a pause made here: the time, and whether it stands still now."""
        self._token: str = address["token"]
        self._process = process

    @classmethod
    def start(
        cls, scenario: Scenario, *, seed: int, folder: Path, idle_seconds: float = 6 * 3600, endpoint_url: str = ""
    ) -> "World":
        """Raises UsageError, with the world's own words, when it cannot be built.

        `endpoint_url`: another emulator on loopback, on which the world is built instead.
        """
        if endpoint_url:
            emulator_at(endpoint_url)
        folder = folder.absolute()
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        environ = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}
        with (folder / "world.log").open("a") as errors:
            process = process_of(home, environ, errors)
        assert process.stdin is not None and process.stdout is not None
        told = {
            "source": scenario.source, "bases": dict(scenario.bases), "path": scenario.name, "seed": seed,
            "folder": str(folder), "idle_seconds": idle_seconds, "endpoint_url": endpoint_url,
        }  # fmt: skip
        try:
            with process.stdin:
                process.stdin.write(json.dumps(told))
            with process.stdout:
                line = process.stdout.readline()
            answer = json.loads(line) if line else {"error": f"it ended at once; see {folder / 'world.log'}"}
        except BaseException:
            process.kill()
            process.wait()
            raise
        if "error" in answer:
            process.wait()
            raise UsageError(str(answer["error"]), title="The simulated world could not be built")
        return cls(json.loads((folder / "world.json").read_text()), process)

    @classmethod
    def connect(cls, folder: Path) -> "World":
        """The world of that folder, if it still runs."""
        try:
            address = json.loads((folder / "world.json").read_text())
        except (OSError, ValueError):
            raise UsageError("the simulated world of this incident has ended", advice=_ENDED) from None
        world = cls(address)
        world.now()
        return world

    def operator_credentials(self) -> OperatorCredentials:
        """A fresh session of the responder's role: signing in, for the first time or again."""
        seat = self._ask("operator", {})
        return OperatorCredentials(**{**seat, "expires": datetime.fromisoformat(seat["expires"])})

    def now(self) -> datetime:
        return datetime.fromisoformat(self._ask("clock")["now"])

    def advance(self, seconds: float) -> datetime:
        """Moves the world's clock; everybody in the world acts meanwhile. Returns the new time."""
        return datetime.fromisoformat(self._ask("clock", {"seconds": seconds})["now"])

    @property
    def paused(self) -> bool:
        return bool(self._ask("clock")["paused"])

    def pause(self, on: bool) -> None:
        """The world's time stands still, and everybody in it, or goes on."""
        now = datetime.fromisoformat(self._ask("pause", {"paused": on})["now"])
        for watcher in self.watchers:
            watcher(now, on)

    def hold(self, on: bool) -> bool:
        """Time goes on only by `advance`, or by itself again. False: it does the latter, whatever was wished."""
        return bool(self._ask("hold", {"on": on})["held"])

    def still(self, on: bool) -> None:
        """Time passes, and nobody acts but the operator; or everybody does again, and what was due meanwhile comes."""
        self._ask("still", {"on": on})

    def inventory(self) -> dict[str, str]:
        """Everything that the account holds: see `simulator.inventory`."""
        return dict(self._ask("inventory"))

    def requests(self) -> list[dict[str, Any]]:
        """What reached the simulator: service, operation, key, user_agent, at, status (0: no answer was sent)."""
        return list(self._ask("requests"))

    def events(self) -> list[dict[str, Any]]:
        """Every CloudTrail record, oldest first."""
        return list(self._ask("events"))

    def weather(self, *rules: Mapping[str, Any]) -> None:
        """Replaces the weather; none: fair. See `simulator.weather.Rule`."""
        self._ask("weather", {"rules": list(rules)})

    def expire(self, access_key_id: str) -> None:
        """That session ends now."""
        self._ask("expire", {"access_key_id": access_key_id})

    def fidelity(self) -> dict[str, tuple[str, str]]:
        """`service.Operation` → (label, why) for every operation of the simulated services; ANY stands for all."""
        return {name: (str(label), str(why)) for name, (label, why) in self._ask("fidelity").items()}

    def judge(self) -> tuple[Objective, ...]:
        """The objectives, judged now: the adversary really tries everything it holds."""
        return tuple(Objective(**verdict) for verdict in self._ask("judge", {}))

    def deeds(self) -> dict[str, Any]:
        """What the actors did since the operator came in: {began, now, actors, deeds, tries}; no secret."""
        return dict(self._ask("deeds"))

    def limits(self) -> list[dict[str, str]]:
        """What the operator asked of it that it does not do exactly as AWS does: {operation, label, why}."""
        return list(self._ask("limits"))

    def injects(self) -> list[dict[str, Any]]:
        """What the room hears since this was last asked, oldest first: {id, at, from, text}."""
        return list(self._ask("injects", {}))

    def stagehand(self, step: str) -> list[str]:
        """Does in the console of this world what that manual step asks for, as far as the scenario says; says what."""
        return list(self._ask("stagehand", {"step": step}))

    def stop(self) -> None:
        """Ends the world's process. Harmless when it has ended already."""
        with suppress(UsageError):
            self._ask("stop", {})
        if self._process is not None:
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _ask(self, name: str, posted: Mapping[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.url).port, timeout=300)
        try:
            body = None if posted is None else json.dumps(posted)
            connection.request("GET" if body is None else "POST", f"/_world/{name}", body, {"X-Sim-Token": self._token})
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            words = "the simulated world of this incident has ended"
            raise UsageError(words, advice=_ENDED) from error
        finally:
            connection.close()
        if response.status != 200:
            raise UsageError(f"the simulated world refused {name}: {answer['error']}")
        return answer


def process_of(home: Path, environ: Mapping[str, str], errors: TextIO) -> "subprocess.Popen[str]":
    """The host's process, in a session of its own, which waits for what it is told on its standard input."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _BOOT, str(Path(irtui.__file__).parent.parent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        cwd=home, env=environ, start_new_session=True,
    )  # fmt: skip


# Not `-m`: the checkout need not be installed, and the working folder must not be on the path. time-machine loads
# pytest where it finds it, which would take longer than all of moto.
_BOOT = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["pytest"] = None
from irtui.gameday.process import main
raise SystemExit(main())
"""
