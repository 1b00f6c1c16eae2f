"""The WSGI application: every request is resolved, authenticated, authorized, done and recorded, in this order.

moto remembers, the referee enforces. `/_world/…` is the world's own control and needs its token; everything
else is AWS, and nothing of moto's own API is reachable.
"""

import hmac
import io
import logging
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from moto.core.request import Request
from moto.iam.models import AccessKeyLastUsed

from irtui.clock import rfc3339
from irtui.simulator import answers, backend, recorder, state
from irtui.simulator.answers import NOT_SIMULATED, Answer, Codes, Refusal, codes, error
from irtui.simulator.authorize import authorize, conditions
from irtui.simulator.callers import Caller, authenticate
from irtui.simulator.clock import monotonic
from irtui.simulator.gaps import GAPS
from irtui.simulator.resolve import Operation, Scope, protocol_of, resolve, scope
from irtui.simulator.resources import SERVICES
from irtui.simulator.world import Asked, SimulatedWorld

SOMEBODY = "192.0.2.10"
"""Where a client on this machine seems to come from: an address for documentation."""

log = logging.getLogger("irtui.simulator")

StartResponse = Callable[..., Any]


class Referee:
    def __init__(self, world: SimulatedWorld, control: Callable[[Request], Answer]) -> None:
        self.world = world
        self._control = control
        self.touched = monotonic()
        """When somebody last asked for something, in real seconds; the world's own actors do not count."""

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        body = request.get_data(cache=True, parse_form_data=False)
        environ["wsgi.input"] = io.BytesIO(body)
        if "X-Sim-Source-IP" not in request.headers:
            self.touched = monotonic()
        if request.path.startswith("/_world/"):
            return _send(self._control(request) if self.trusted(request) else _closed(), start_response)
        answer = self._aws(request, body, environ)
        return [] if answer is None else _send(answer, start_response)

    def trusted(self, request: Request) -> bool:
        """Whether the request carries the world's token."""
        given = request.headers.get("X-Sim-Token", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self.world.token.encode())

    def _aws(self, request: Request, body: bytes, environ: dict[str, Any]) -> Answer | None:
        """None: the connection was closed without an answer."""
        claimed = scope(request)
        service = claimed.service if claimed else "s3"
        protocol = protocol_of(service, request)
        family = codes(service, protocol)
        entry: dict[str, Any] = {
            "service": service, "operation": "", "key": claimed.access_key_id if claimed else "",
            "user_agent": request.headers.get("User-Agent", ""), "at": rfc3339(self.world.clock.now()), "status": 0,
        }  # fmt: skip
        self.world.requests.append(entry)
        try:
            if claimed is None:
                raise Refusal(family.unsigned[0], "Request is missing Authentication Token", family.unsigned[1])
            operation = resolve(service, request)
            entry["operation"] = operation.name
            weather = self.world.weather.strike(service, operation.name, entry["key"])
            time.sleep(weather.get("delay", 0.0))
            _before(weather, family)
            if "drop" in weather:
                _hang_up(environ)
                return None
            answer = self._judged(request, operation, claimed, body, environ, family, "deny" in weather)
            if "drop_after" in weather:
                _hang_up(environ)
                return None
            if "error_after" in weather:
                raise Refusal("InternalFailure", "We encountered an internal error. Please try again.", 500)
        except Refusal as refusal:
            answer = error(protocol, service, refusal)
        except Exception:  # a bug of ours must never look like an AWS outage, which SDKs retry
            log.exception("%s %s", service, entry["operation"])
            answer = error(protocol, service, Refusal(NOT_SIMULATED, "the simulator failed at this request", 501))
        entry["status"] = answer.status
        return answer

    def _judged(
        self, request: Request, operation: Operation, claimed: Scope, body: bytes, environ: dict[str, Any],
        family: Codes, forbidden: bool,
    ) -> Answer:  # fmt: skip
        world = self.world
        region = claimed.region
        with world.lock:
            caller = authenticate(request, claimed, family, world.sessions, world.clock)
            address = request.headers.get("X-Sim-Source-IP", "") if self.trusted(request) else ""
            seen = {"source_ip": address or SOMEBODY, "user_agent": request.headers.get("User-Agent", "")}
            _used(caller, operation, region, world)
            try:
                known = operation.service in SERVICES and (
                    (operation.service, operation.name) in GAPS or backend.implements(operation.service, operation.name)
                )
                if not known:
                    raise Refusal(NOT_SIMULATED, f"{operation.service}.{operation.name} is not simulated", 501)
                operation, body = _completed(operation, body, caller)
                if forbidden:
                    raise Refusal(family.denied[0], "Denied by the weather of this world", family.denied[1])
                context = conditions(operation, caller, now=world.clock.now(), region=region, **seen)
                authorize(operation, caller, context, family)
                answer = self._done(operation, caller, region, body, environ)
            except Refusal as refusal:
                answer = error(operation.protocol, operation.service, refusal)
            if answer.code != NOT_SIMULATED:
                at = world.clock.now()
                world.events.append(recorder.event(operation, caller, answer, at=at, region=region, **seen))
        return answer

    def _done(self, operation: Operation, caller: Caller, region: str, body: bytes, environ: dict[str, Any]) -> Answer:
        gap = GAPS.get((operation.service, operation.name))
        if gap is not None:
            data = gap(Asked(self.world, operation, caller, region))
            return answers.result(operation.model, operation.protocol, data)
        return backend.call(operation, environ, body, caller.account)


def _completed(operation: Operation, body: bytes, caller: Caller) -> tuple[Operation, bytes]:
    """IAM takes a missing UserName to be the caller's own; moto does not."""
    shape = operation.model.input_shape
    if operation.service != "iam" or shape is None or operation.params.get("UserName"):
        return operation, body
    if "UserName" not in shape.members or "UserName" in shape.required_members or "AccessKeyLastUsed" in operation.name:
        return operation, body
    if caller.user is None or (caller.session is not None and caller.session.kind != "session"):
        raise Refusal("ValidationError", "Must specify userName when calling with non-User credentials")
    named = replace(operation, params={**operation.params, "UserName": caller.user.name})
    return named, body + f"&UserName={quote(caller.user.name)}".encode()


def _used(caller: Caller, operation: Operation, region: str, world: SimulatedWorld) -> None:
    """Any use of a long-term key counts, also a denied one."""
    owner = state.key_owner(caller.access_key_id) if caller.session is None else None
    if owner is not None:
        where = "us-east-1" if operation.service == "iam" else region
        owner[1].last_used = AccessKeyLastUsed(world.clock.now().replace(tzinfo=None), operation.service, where)


def _before(weather: dict[str, float], family: Codes) -> None:
    if "throttle" in weather:
        raise Refusal(family.throttled[0], "Rate exceeded", family.throttled[1])
    if "error" in weather:
        raise Refusal(family.unavailable[0], "The service is unavailable. Please try again.", family.unavailable[1])


def _hang_up(environ: dict[str, Any]) -> None:
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)


def _closed() -> Answer:
    return Answer(403, {"Content-Type": "application/json"}, b'{"error": "the token of this world is needed"}')


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-length"]
    start_response(
        f"{answer.status} {'OK' if answer.status < 400 else 'Refused'}",
        [*headers, ("Content-Length", str(len(answer.body)))],
    )
    return [answer.body]
