"""Answers in the shape each AWS protocol gives them, refusals above all.

An `Answer` is what goes over the wire. Errors have the code, status and body that the real service would use,
so that an SDK reads them as AWS's own; what is not simulated is 501 `NotSimulated`, which no SDK retries.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from moto.core.model import OperationModel
from moto.core.serialize import SerializationContext, get_serializer_class

NOT_SIMULATED = "NotSimulated"


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


@dataclass(frozen=True, slots=True)
class Codes:
    """What a family of services calls the ways in which a request is refused: (code, HTTP status)."""

    unknown_key: tuple[str, int]
    signature: tuple[str, int]
    expired: tuple[str, int]
    unsigned: tuple[str, int]
    denied: tuple[str, int]
    throttled: tuple[str, int]
    unavailable: tuple[str, int] = ("ServiceUnavailable", 503)


_QUERY = Codes(
    ("InvalidClientTokenId", 403), ("SignatureDoesNotMatch", 403), ("ExpiredToken", 403),
    ("MissingAuthenticationToken", 403), ("AccessDenied", 403), ("Throttling", 400),
)  # fmt: skip
_S3 = Codes(
    ("InvalidAccessKeyId", 403), ("SignatureDoesNotMatch", 403), ("ExpiredToken", 400),
    ("AccessDenied", 403), ("AccessDenied", 403), ("SlowDown", 503),
)  # fmt: skip
_EC2 = Codes(
    ("AuthFailure", 401), ("AuthFailure", 401), ("RequestExpired", 400),
    ("AuthFailure", 401), ("UnauthorizedOperation", 403), ("RequestLimitExceeded", 503),
)  # fmt: skip
_JSON = Codes(
    ("UnrecognizedClientException", 400), ("InvalidSignatureException", 400), ("ExpiredTokenException", 400),
    ("MissingAuthenticationTokenException", 400), ("AccessDeniedException", 400), ("ThrottlingException", 400),
)  # fmt: skip


def codes(service: str, protocol: str) -> Codes:
    if service == "s3":
        return _S3
    if protocol == "ec2":
        return _EC2
    return _QUERY if protocol in ("query", "rest-xml") else _JSON


def error(protocol: str, service: str, refusal: Refusal) -> Answer:
    """`refusal` as that protocol writes it. Never HTML, whatever the service."""
    request_id = str(uuid.uuid4())
    code, message = escape(refusal.code), escape(refusal.message)
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    headers = {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}
    if service == "s3":
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    elif protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    elif protocol in ("query", "rest-xml"):
        kind = "Sender" if refusal.status < 500 else "Receiver"
        text = f"<Error><Type>{kind}</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
        text = f"<ErrorResponse>{text}</ErrorResponse>"
    else:
        headers |= {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": refusal.code}
        text = json.dumps({"__type": refusal.code, "message": refusal.message})
        return Answer(refusal.status, headers, text.encode(), refusal.code, refusal.message)
    return Answer(refusal.status, headers, f'<?xml version="1.0"?>\n{text}'.encode(), refusal.code, refusal.message)


def result(model: OperationModel, protocol: str, data: Mapping[str, Any]) -> Answer:
    """A reply written by botocore's own model of the operation."""
    serializer = get_serializer_class(str(model.service_model.service_name), protocol)
    request_id = str(uuid.uuid4())
    made = serializer(operation_model=model, context=SerializationContext(request_id)).serialize(data)
    body = made["body"]
    headers = {str(name): str(value) for name, value in made["headers"].items()}
    headers["x-amzn-RequestId"] = request_id
    return Answer(made["status_code"], headers, body.encode() if isinstance(body, str) else body)
