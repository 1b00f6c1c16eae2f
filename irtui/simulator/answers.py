"""Answers in the shape each AWS protocol gives them, refusals above all.

An `Answer` is what goes over the wire. Errors have the code, status and body that the real service would use,
so that an SDK reads them as AWS's own; what is not simulated is 501 `NotSimulated`, which no SDK retries.
"""

import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from moto.core.model import OperationModel
from moto.core.serialize import SerializationContext, get_serializer_class

from irtui.simulator import cbor
from irtui.simulator.codes import CBOR, QUERY_COMPATIBLE

NOT_SIMULATED = "NotSimulated"
_CBOR_HEADERS = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}

_ids = random.Random()


def number_requests(seed: int) -> None:
    """The ids of requests answered from now on come from `seed`, in their order."""
    _ids.seed(f"requests {seed}")


def _request_id() -> str:
    return str(uuid.UUID(int=_ids.getrandbits(128), version=4))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    code: str = ""
    """The error code; empty for a success."""
    message: str = ""


class Refusal(Exception):
    """An error that this service answers."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def error(protocol: str, service: str, refusal: Refusal) -> Answer:
    """`refusal` as that protocol writes it. Never HTML, whatever the service."""
    request_id = str(uuid.uuid4())
    code, message = escape(refusal.code), escape(refusal.message)
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    headers = {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}
    kind = "Sender" if refusal.status < 500 else "Receiver"
    if service == "s3":
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    elif protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol in ("query", "rest-xml"):
        text = f"<Error><Type>{kind}</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
        text = f"<ErrorResponse>{text}</ErrorResponse>"
    elif protocol == CBOR:
        headers |= _CBOR_HEADERS
        headers["x-amzn-query-error"] = f"{refusal.code};{kind}"
        told = _cbor({"__type": refusal.code, "message": refusal.message})
        return Answer(refusal.status, headers, told, refusal.code, refusal.message)
    else:
        headers |= {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": refusal.code}
        if service in QUERY_COMPATIBLE:
            headers["x-amzn-query-error"] = f"{refusal.code};{kind}"
        text = json.dumps({"__type": refusal.code, "message": refusal.message})
        return Answer(refusal.status, headers, text.encode(), refusal.code, refusal.message)
    return Answer(refusal.status, headers, f'<?xml version="1.0"?>\n{text}'.encode(), refusal.code, refusal.message)


def _cbor(fields: Mapping[str, str]) -> bytes:
    """A map of short texts in CBOR: all that an error needs of it."""
    items = (text.encode()[:0xFFFF] for pair in fields.items() for text in pair)
    return bytes([0xA0 | len(fields)]) + b"".join(b"\x79" + len(item).to_bytes(2, "big") + item for item in items)


def result(model: OperationModel, protocol: str, data: Mapping[str, Any]) -> Answer:
    """A reply written by botocore's own model of the operation."""
    if protocol == CBOR:
        written = cbor.written(str(model.service_model.service_name), str(model.name), data)
        return Answer(200, {**_CBOR_HEADERS, "x-amzn-RequestId": _request_id()}, written)
    serializer = get_serializer_class(str(model.service_model.service_name), protocol)
    request_id = _request_id()
    made = serializer(operation_model=model, context=SerializationContext(request_id)).serialize(data)
    body = made["body"]
    headers = {str(name): str(value) for name, value in made["headers"].items()}
    headers["x-amzn-RequestId"] = request_id
    return Answer(made["status_code"], headers, body.encode() if isinstance(body, str) else body)
