"""Stands where the referee stands, before an emulator: carries every request there, and writes down what came of it.

Rules: a request goes on byte for byte, with its Host, so that its signature stays good; only what irtui's own actors
add (`X-Sim-…`) stays here. The emulator decides who may do what. What is no answer of AWS (a page of HTML, a failure
of the emulator, an operation it lacks) becomes NotSimulated. Weather is made here, before and after the emulator.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.model import StructureShape
from botocore.parsers import ResponseParserError, create_parser
from moto.core.request import Request

from irtui.gameday.elsewhere.emulator import Emulator, NoAnswer, NotThere, Raw
from irtui.simulator import answers
from irtui.simulator.answers import NOT_SIMULATED, Answer, Refusal
from irtui.simulator.codes import Codes
from irtui.simulator.recorder import scrubbed
from irtui.simulator.referee import SOMEBODY, Referee
from irtui.simulator.resolve import Operation, Scope, resolve
from irtui.simulator.resources import changes
from irtui.simulator.world import Done, SimulatedWorld

log = logging.getLogger("irtui.world")

_OWN = ("connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
"""Headers between two neighbours; each connection has its own."""
_LACKING = ("InvalidAction", "NotImplemented", "UnknownOperationException")
"""What AWS never says of an operation that its own models have."""


class Relay(Referee):
    def __init__(self, world: SimulatedWorld, control: Callable[[Request], Answer], emulator: Emulator) -> None:
        super().__init__(world, control)
        self._emulator = emulator
        self.ended: set[str] = set()
        """Access keys of sessions that the scenario's weather has ended: refused here."""
        self._arns: dict[str, str] = {}
        """Access key → whose it is, as far as its making went through here."""

    def _resolved(self, service: str, request: Request, claimed: Scope, family: Codes) -> Operation:
        try:
            return resolve(service, request)
        except Refusal as refusal:
            raise Refusal(NOT_SIMULATED, refusal.message, 501) from refusal

    def _judged(
        self, request: Request, operation: Operation, claimed: Scope, body: bytes, environ: dict[str, Any],
        family: Codes, forbidden: bool,
    ) -> Answer | None:  # fmt: skip
        key = claimed.access_key_id
        data: Mapping[str, Any] = {}
        try:
            if key in self.ended:
                raise Refusal(
                    family.expired[0], "The security token included in the request is expired", family.expired[1]
                )
            if forbidden:
                raise Refusal(family.denied[0], "Denied by the weather of this world", family.denied[1])
            target = str(environ["RAW_URI"])
            if not target.startswith("/"):
                raise Refusal(NOT_SIMULATED, "only a path is carried to an emulator", 501)
            answer, data = _read(operation, self._emulator.send(request.method, target, _passed(request, body), body))
        except Refusal as refusal:
            answer = answers.error(operation.protocol, operation.service, refusal)
        except NotThere as error:
            raise Refusal(NOT_SIMULATED, str(error), 501) from error
        except NoAnswer as error:
            log.warning("%s.%s: %s", operation.service, operation.name, error)
            return None
        if answer.code != NOT_SIMULATED:
            address = request.headers.get("X-Sim-Source-IP", "") if self.trusted(request) else ""
            self._written(operation, claimed, answer, data, address or SOMEBODY, request.headers.get("User-Agent", ""))
        return answer

    def _written(
        self, operation: Operation, claimed: Scope, answer: Answer, data: Mapping[str, Any], address: str, agent: str
    ) -> None:
        """One call, as far as the judge and the actors need to know of it."""
        world, key, now = self.world, claimed.access_key_id, self.world.clock.now()
        if not answer.code:
            self._arns |= _made(operation, data, self._arns.get(key, ""), world.account)
        arn = self._arns.get(key, "")
        event: dict[str, Any] = {
            "userIdentity": {"arn": arn, "accountId": world.account, "accessKeyId": key},
            "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{operation.service}.amazonaws.com", "eventName": operation.name,
            "awsRegion": claimed.region, "sourceIPAddress": address, "userAgent": agent,
            "requestParameters": scrubbed(operation.params) or None,
            "responseElements": scrubbed(data) or None,
            "readOnly": not changes(operation.name), "managementEvent": True, "recipientAccountId": world.account,
        }  # fmt: skip
        if answer.code:
            event |= {"errorCode": answer.code, "errorMessage": answer.message}
        with world.lock:
            event["eventID"] = f"{len(world.events)}"
            world.events.append(event)
        if not answer.code and changes(operation.name):
            done = Done(operation.service, operation.name, operation.params, key, arn, now)
            for listener in tuple(world.listeners):
                listener(done)


def _passed(request: Request, body: bytes) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        if name.lower() not in _OWN and not name.lower().startswith("x-sim-"):
            yield name, value
    if body or request.method in ("POST", "PUT"):
        yield "Content-Length", str(len(body))


def _read(operation: Operation, raw: Raw) -> tuple[Answer, Mapping[str, Any]]:
    """The answer as it is handed on, and its data. Raises Refusal for what AWS would not say."""
    data_of_s3 = operation.service == "s3" and raw.status < 300
    page = raw.body[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))  # moto calls its XML text/html, too
    if raw.status >= 500 or (page and not data_of_s3):
        words = f"the emulator failed at {operation.service}.{operation.name} with status {raw.status}"
        raise Refusal(NOT_SIMULATED, words, 501)
    shape = operation.model.output_shape or StructureShape("Nothing", {"type": "structure", "members": {}})
    try:
        told = {"status_code": raw.status, "headers": raw.headers, "body": raw.body}
        parsed = create_parser(operation.protocol).parse(told, shape)
    except (ResponseParserError, ValueError) as error:
        words = f"what the emulator said of {operation.service}.{operation.name} is no answer of AWS"
        raise Refusal(NOT_SIMULATED, words, 501) from error
    parsed.pop("ResponseMetadata", None)
    headers = {name: value for name, value in raw.headers.items() if name.lower() not in _OWN}
    if raw.status < 300:
        return Answer(raw.status, headers, raw.body), {k: v for k, v in parsed.items() if not isinstance(v, bytes)}
    said = parsed.get("Error", {})
    code = str(said.get("Code") or raw.status)
    if code in _LACKING:
        raise Refusal(NOT_SIMULATED, f"the emulator does not know {operation.service}.{operation.name}: {code}", 501)
    return Answer(raw.status, headers, raw.body, code, str(said.get("Message", ""))), {}


def _made(operation: Operation, data: Mapping[str, Any], arn: str, account: str) -> dict[str, str]:
    """The access key that this call made, and whose it is."""
    if operation.name == "CreateAccessKey":
        key = data["AccessKey"]
        return {str(key["AccessKeyId"]): f"arn:aws:iam::{account}:user/{key['UserName']}"}
    if not isinstance(credentials := data.get("Credentials"), Mapping) or operation.service != "sts":
        return {}
    other = data.get("AssumedRoleUser") or data.get("FederatedUser") or {}
    return {str(credentials.get("AccessKeyId", "")): str(other.get("Arn", arn))}
