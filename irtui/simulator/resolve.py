"""Which operation of which service is this request? Answered from botocore's models, for every protocol.

The credential scope of the signature names service and Region; the rest is the model's: the Action of a form
(query, ec2), the X-Amz-Target header (json), or method, path and query (rest-json, rest-xml).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from botocore.exceptions import DataNotFoundError, UnknownServiceError
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS, RequestDict, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from irtui.simulator import cbor
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.codes import CBOR

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")

_S3_CONTROL = "/v20180820/"
"""S3 Control signs as S3 does; no bucket is called like this."""

# Where the signing name is not the name of botocore's model.
_SIGNING = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "sso": "sso-admin",
    "email": "ses",
    "aws-marketplace": "marketplace-catalog",
    "access-analyzer": "accessanalyzer",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the signature claims; nothing of it is proven yet."""

    access_key_id: str
    region: str
    signing_name: str

    @property
    def service(self) -> str:
        return _SIGNING.get(self.signing_name, self.signing_name)


@dataclass(frozen=True, slots=True)
class Operation:
    """One resolved request."""

    service: str
    name: str
    protocol: str
    params: Mapping[str, Any]
    model: OperationModel


def scope(request: Request) -> Scope | None:
    """None: the request is not signed with Signature Version 4."""
    match = _SCOPE.search(request.headers.get("Authorization", ""))
    if match is None:
        return None
    key, region, name = match.groups()
    return Scope(key, region, "s3control" if name == "s3" and request.path.startswith(_S3_CONTROL) else name)


@lru_cache(maxsize=64)
def service_model(service: str) -> ServiceModel | None:
    """botocore's model. None: botocore knows no such service."""
    try:
        return get_service_model(service)
    except (DataNotFoundError, UnknownServiceError):
        return None


def protocol_of(service: str, request: Request) -> str:
    """The protocol to answer in, known even where the operation is not."""
    model = service_model(service)
    if model is not None:
        try:
            return determine_request_protocol(model, request.content_type)
        except NotImplementedError:
            return str(model.protocol)
    if request.headers.get("X-Amz-Target"):
        return "json"
    return "query" if "urlencoded" in (request.content_type or "") else "rest-json"


def resolve(service: str, request: Request) -> Operation:
    """The operation with its parameters. Raises Refusal."""
    model = service_model(service)
    if model is None:
        raise Refusal(NOT_SIMULATED, f"{service} is not simulated", 501)
    protocol = protocol_of(service, request)
    if protocol == CBOR:
        return _in_cbor(service, model, request)
    try:
        found, uri = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError) as error:
        raise Refusal("InvalidAction", f"no operation of {service} looks like this request", 400) from error
    values: RequestDict = {
        "method": request.method, "values": request.values, "headers": request.headers, "body": request.data,
        "url_path": request.path, "url_params": uri,
    }  # fmt: skip
    try:
        params = PROTOCOL_PARSERS[protocol](found).parse(values)
    except (RequestParserError, KeyError, ValueError, TypeError) as error:
        raise Refusal("MalformedInput", f"the request of {service}.{found.name} cannot be read") from error
    return _whole(Operation(service, str(found.name), protocol, params or {}, found))


def _in_cbor(service: str, model: ServiceModel, request: Request) -> Operation:
    name = cbor.operation_of(request.path)
    if not cbor.known(service, name):
        raise Refusal("InvalidAction", f"no operation of {service} looks like this request", 400)
    try:
        params = cbor.parameters(request.data)
    except ValueError as error:
        raise Refusal("MalformedInput", f"the request of {service}.{name} cannot be read") from error
    return _whole(Operation(service, name, CBOR, params, model.operation_model(name)))


def _whole(operation: Operation) -> Operation:
    """Raises Refusal where something required is missing."""
    shape = operation.model.input_shape
    missing = [name for name in shape.required_members if name not in operation.params] if shape is not None else []
    if missing:
        raise Refusal("ValidationError", f"{operation.service}.{operation.name}: {', '.join(missing)} must be given")
    return operation
