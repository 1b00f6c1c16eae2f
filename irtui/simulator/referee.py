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
from irtui.simulator import answers, athena_records, backend, logdelivery, recorder, state
from irtui.simulator.answers import NOT_SIMULATED, Answer, Refusal, error
from irtui.simulator.authorize import authorize
from irtui.simulator.besides import besides
from irtui.simulator.callers import Caller, authenticate
from irtui.simulator.clock import monotonic
from irtui.simulator.codes import Codes, codes
from irtui.simulator.context import conditions, further
from irtui.simulator.directory import View
from irtui.simulator.fidelity import simulated
from irtui.simulator.gaps import GAPS, lifecycle, object_lock, replication, root
from irtui.simulator.managed import load_named
from irtui.simulator.resolve import Operation, Scope, protocol_of, resolve, scope
from irtui.simulator.resources import changes
from irtui.simulator.world import Asked, Done, SimulatedWorld

SOMEBODY = "192.0.2.10"
"""Where a client on this machine seems to come from: an address for documentation."""

_NAMELESS = ("GetMFADevice",)
"""What works on a thing of its own where IAM otherwise takes a missing UserName to be the caller's."""

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
        return [] if answer is None else _send(answer, start_response, request.method == "HEAD")

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
            operation = self._resolved(service, request, claimed, family)
            entry["operation"] = operation.name
            now = self.world.clock.now()
            weather = self.world.weather.strike(service, operation.name, entry["key"], claimed.region, now)
            time.sleep(weather.get("delay", 0.0))
            _before(weather, family)
            if "drop" in weather:
                _hang_up(environ)
                return None
            answer = self._judged(request, operation, claimed, body, environ, family, "deny" in weather)
            if answer is None or "drop_after" in weather:
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

    def _resolved(self, service: str, request: Request, claimed: Scope, family: Codes) -> Operation:
        """Whoever is not known is told so, before anything is said of the request."""
        try:
            return resolve(service, request)
        except Refusal:
            with self.world.lock:
                self._caller(request, claimed, family)
            raise

    def _caller(self, request: Request, claimed: Scope, family: Codes) -> tuple[Caller, View]:
        world = self.world
        view = world.propagation.view(world.clock.now())
        return authenticate(request, claimed, family, world.sessions, world.clock, view), view

    def _judged(
        self, request: Request, operation: Operation, claimed: Scope, body: bytes, environ: dict[str, Any],
        family: Codes, forbidden: bool,
    ) -> Answer | None:  # fmt: skip
        """What is answered. None: nothing is, and the connection is closed."""
        world = self.world
        region = claimed.region
        done: Done | None = None
        with world.lock:
            if operation.service in ("s3", "cloudtrail"):
                world.delivery.tick(world.clock.now())
                replication.tick()
                lifecycle.tick(world.delivery, world.clock.now())
            logdelivery.tick(
                world.monitoring, world.delivery, world.propagation.view(world.clock.now()), world.clock.now()
            )
            if operation.service in ("s3", "athena"):
                athena_records.tick(world.clock.now())
            caller, view = self._caller(request, claimed, family)
            address = request.headers.get("X-Sim-Source-IP", "") if self.trusted(request) else ""
            seen = {"source_ip": address or SOMEBODY, "user_agent": request.headers.get("User-Agent", "")}
            _used(caller, operation, region, world)
            try:
                known = simulated(operation.service, operation.name)
                if known:
                    operation, body = _completed(operation, body, caller)
                    load_named(operation.params, caller.account)
                if forbidden:
                    raise Refusal(family.denied[0], "Denied by the weather of this world", family.denied[1])
                context = conditions(operation, caller, view, now=world.clock.now(), region=region, **seen)
                authorize(operation, caller, context, family, view, known)
                if not known:
                    raise Refusal(NOT_SIMULATED, f"{operation.service}.{operation.name} is not simulated", 501)
                for more in besides(operation):
                    authorize(more, caller, further(context, more), family, view)
                object_lock.refuse(operation, world.clock.now())
                answer = self._done(operation, caller, region, body, environ)
                if not answer.code and changes(operation.name):
                    done = Done(
                        operation.service, operation.name, operation.params, caller.access_key_id, caller.arn,
                        world.clock.now(),
                    )  # fmt: skip
            except Refusal as refusal:
                answer = error(operation.protocol, operation.service, refusal)
            if answer.code != NOT_SIMULATED:
                recorder.record(world, operation, caller, answer, region=region, **seen)
        if done is not None:
            for listener in tuple(world.listeners):
                listener(done)
        return answer

    def _done(self, operation: Operation, caller: Caller, region: str, body: bytes, environ: dict[str, Any]) -> Answer:
        """What it answers; a change of IAM is enforced when it has propagated."""
        propagation = self.world.propagation
        moves = operation.service == "iam" and changes(operation.name)
        before = propagation.before(caller.account) if moves else None
        of_root = caller.is_root and operation.service == "iam" and not operation.params.get("UserName")
        gap = (of_root and root.OPERATIONS.get(operation.name)) or GAPS.get((operation.service, operation.name))
        if gap is not None:
            data = gap(Asked(self.world, operation, caller, region))
            answer = answers.result(operation.model, operation.protocol, data)
        else:
            answer = backend.call(operation, environ, body, caller.account)
        if moves and not answer.code:
            propagation.changed(before, self.world.clock.now())
        return answer


def _completed(operation: Operation, body: bytes, caller: Caller) -> tuple[Operation, bytes]:
    """IAM takes a missing UserName to be the caller's own; moto does not."""
    shape = operation.model.input_shape
    if operation.service != "iam" or shape is None or operation.params.get("UserName"):
        return operation, body
    if "UserName" not in shape.members or "UserName" in shape.required_members or operation.name in _NAMELESS:
        return operation, body
    if operation.params.get("AllUsers"):
        return operation, body
    if caller.is_root and operation.name in root.OPERATIONS:
        return operation, body
    if caller.user is None or (caller.session is not None and caller.session.kind != "session"):
        raise Refusal("ValidationError", "Must specify userName when calling with non-User credentials")
    named = replace(operation, params={**operation.params, "UserName": caller.user.name})
    return named, body + f"&UserName={quote(caller.user.name)}".encode()


def _used(caller: Caller, operation: Operation, region: str, world: SimulatedWorld) -> None:
    """Any use of a long-term key counts, also a denied one."""
    if caller.session is not None:
        return
    owner = state.key_owner(caller.access_key_id) or state.root_key(caller.access_key_id)
    if owner is not None:
        where = "us-east-1" if operation.service == "iam" else region
        owner[1].last_used = AccessKeyLastUsed(world.clock.now().replace(tzinfo=None), operation.service, where)


def _before(weather: dict[str, float], family: Codes) -> None:
    if "throttle" in weather:
        raise Refusal(family.throttled[0], "Rate exceeded", family.throttled[1])
    for _, status, code in (effect.split(" ") for effect in weather if effect.startswith("refuse ")):
        raise Refusal(code, "Refused by the weather of this world", int(status))
    if "error" in weather or "outage" in weather:
        raise Refusal(family.unavailable[0], "The service is unavailable. Please try again.", family.unavailable[1])


def _hang_up(environ: dict[str, Any]) -> None:
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)


def _closed() -> Answer:
    return Answer(403, {"Content-Type": "application/json"}, b'{"error": "the token of this world is needed"}')


def _send(answer: Answer, start_response: StartResponse, head: bool = False) -> Iterable[bytes]:
    """The answer to HEAD has the length of what is not sent."""
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-length"]
    told = next((value for name, value in answer.headers.items() if name.lower() == "content-length"), "")
    start_response(
        f"{answer.status} {'OK' if answer.status < 400 else 'Refused'}",
        [*headers, ("Content-Length", told if head and told else str(len(answer.body)))],
    )
    return [answer.body]
