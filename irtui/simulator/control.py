"""The world's own endpoints under `/_world/`: JSON in, JSON out. Tests and game days only, behind the token.

Rules: a handler takes the posted object (empty for GET) and returns plain data; ValueError and KeyError become 400.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from moto.core.request import Request

from irtui.clock import rfc3339
from irtui.simulator import state
from irtui.simulator.answers import Answer
from irtui.simulator.weather import Rule
from irtui.simulator.world import SimulatedWorld

Handler = Callable[[Mapping[str, Any]], Any]


class Control:
    def __init__(self, world: SimulatedWorld) -> None:
        self._world = world
        self.routes: dict[str, Handler] = {
            "clock": self._clock,
            "requests": lambda _: list(world.requests),
            "events": self._events,
            "weather": self._weather,
            "expire": self._expire,
            "seed": self._seed,
            "propagation": self._propagation,
            "root": self._root,
        }

    def __call__(self, request: Request) -> Answer:
        handler = self.routes.get(request.path.removeprefix("/_world/"))
        if handler is None:
            return _json(404, {"error": f"no such endpoint: {request.path}"})
        try:
            posted = json.loads(request.data) if request.data else {}
            return _json(200, handler(posted))
        except (ValueError, KeyError, TypeError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})

    def _clock(self, posted: Mapping[str, Any]) -> Any:
        """`{seconds}` moves it forward; always answers `{now}`."""
        if (seconds := float(posted.get("seconds", 0))) < 0:
            raise ValueError("time does not go back")
        if seconds:
            self._world.clock.advance(seconds)
        return {"now": rfc3339(self._world.clock.now())}

    def _events(self, posted: Mapping[str, Any]) -> Any:
        """Every CloudTrail record but the background's, oldest first; `{background: true}`: that too."""
        with self._world.lock:
            return list(self._world.events) if posted.get("background") else self._world.events.told()

    def _weather(self, posted: Mapping[str, Any]) -> Any:
        """`{rules: [{effect, service, operation, access_key_id, region, seconds, times}]}` replaces the weather."""
        self._world.weather.set([Rule(**rule) for rule in posted["rules"]])
        return {}

    def _expire(self, posted: Mapping[str, Any]) -> Any:
        """`{access_key_id}`: that session ends now."""
        if not self._world.sessions.expire(str(posted["access_key_id"]), self._world.clock.now()):
            raise ValueError("no such session")
        return {}

    def _root(self, posted: Mapping[str, Any]) -> Any:
        """`{account}`: a new access key of that account's root user; `{account, device: NAME}` registers a virtual MFA
        device of its, `{account, certificate: true}` uploads a signing certificate.
        """
        with self._world.lock:
            root, now = self._world.root(str(posted["account"])), self._world.clock.now()
            if "device" in posted:
                return {"serial": root.register(str(posted["device"]), now).serial}
            if posted.get("certificate"):
                return {"id": root.certify(now).id}
            key = root.create_access_key()
        return {"AccessKey": {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}}

    def _propagation(self, posted: Mapping[str, Any]) -> Any:
        """`{least, most}`: how many seconds changes of IAM take from now on."""
        self._world.propagation.set(float(posted["least"]), float(posted["most"]))
        return {}

    def _seed(self, posted: Mapping[str, Any]) -> Any:
        """`{user | role | access_key, created}`: what no API can set, in moto's own state."""
        moment = datetime.fromisoformat(str(posted["created"])).replace(tzinfo=None)
        account = self._world.account
        with self._world.lock:
            if "user" in posted:
                state.iam(account).get_user(str(posted["user"])).create_date = moment
            elif "role" in posted:
                state.iam(account).get_role(str(posted["role"])).create_date = moment
            else:
                owner = state.key_owner(str(posted["access_key"]))
                if owner is None:
                    raise ValueError("no such access key")
                owner[1].create_date = moment
        return {}


def _json(status: int, data: Any) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(data).encode())
