"""Every call by anybody becomes a CloudTrail record, as CloudTrail writes it.

Rules: requests that fail authentication leave no record (AWS has no principal to put down); a denial does. IAM
is recorded in us-east-1, everything else in the Region that it was signed for. Secrets are hidden;
`credentials.accessKeyId` of STS stays, because it is how a session is found. Ids come from the world's seed and
the order of its records. A role assumed from another account is recorded in both.
"""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import StructureShape
from botocore.parsers import create_parser
from moto.core.model import OperationModel

from irtui.canonical import plain
from irtui.redact import SECRET_FIELDS
from irtui.simulator import event_names, s3_records
from irtui.simulator.answers import Answer
from irtui.simulator.callers import Caller
from irtui.simulator.identities import foreign, identity
from irtui.simulator.resolve import Operation
from irtui.simulator.resources import GLOBAL, changes
from irtui.simulator.world import SimulatedWorld

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
OMITTED = "***OMITTED***"
"""What CloudTrail writes in place of Athena's SQL."""
_WITH_REPLY = ("AssumeRole", "AssumeRoot", "GetSessionToken", "GetFederationToken")
"""Reads whose reply CloudTrail keeps all the same."""
_CODES = {"AccessDeniedException": "AccessDenied", "Throttling": "ThrottlingException"}
"""What CloudTrail calls an error that the wire calls otherwise, and no model tells."""


def record(
    world: SimulatedWorld, operation: Operation, caller: Caller, answer: Answer, *, region: str, source_ip: str,
    user_agent: str,
) -> None:  # fmt: skip
    """Writes down one call, now."""
    at, number = world.clock.now(), len(world.events)
    made = event(operation, caller, answer, at=at, region=region, source_ip=source_ip, user_agent=user_agent)
    made |= {"requestID": _request_id(answer) or _id(world.seed, "request", number)}
    made |= {"eventID": _id(world.seed, "event", number)}
    account = str(operation.params.get("RoleArn", "")).split(":")[4:5]
    shared = operation.name == "AssumeRole" and not answer.code and account != [caller.account]
    if shared:
        made["sharedEventID"] = _id(world.seed, "shared", number)
    world.events.append(made)
    if shared:
        theirs = {"userIdentity": foreign(caller), "recipientAccountId": account[0]}
        world.events.append(made | theirs | {"eventID": _id(world.seed, "event", number + 1)})


def event(
    operation: Operation, caller: Caller, answer: Answer, *, at: datetime, region: str, source_ip: str, user_agent: str
) -> dict[str, Any]:
    """One CloudTrail record, but for its ids."""
    s3 = operation.service == "s3"
    read_only = not changes(operation.name)
    data_event = s3 and s3_records.is_data(operation.name, operation.params)
    where = "us-east-1" if operation.service in GLOBAL else region
    asked = s3_records.parameters(operation.name, operation.params, where) if s3 else operation.params
    if operation.service == "athena" and "QueryString" in asked:
        asked = {**asked, "QueryString": OMITTED}
    reply: Any = None
    if not answer.code and not s3 and (not read_only or operation.name in _WITH_REPLY):
        reply = _reply(operation, answer)
    made: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity(caller),
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{event_names.source(operation.service)}.amazonaws.com",
        "eventName": event_names.name(operation.service, operation.name),
        "awsRegion": where,
        "sourceIPAddress": source_ip,
        "userAgent": user_agent,
        "requestParameters": scrubbed(asked, top=not s3) or None,
        "responseElements": reply,
        "requestID": "",
        "eventID": "",
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": not data_event,
        "recipientAccountId": caller.account,
        "eventCategory": "Data" if data_event else "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": _host(operation, where),
        },
    }
    if resources := _resources(operation, caller):
        made["resources"] = resources
    if more := _additional(operation, answer, where):
        made["additionalEventData"] = more
    if answer.code:
        made["errorCode"] = _shape_name(operation.model, answer.code)
        made["errorMessage"] = answer.message
    return made


def _request_id(answer: Answer) -> str:
    """The id that the caller was given; empty when there was none."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return headers.get("x-amzn-requestid") or headers.get("x-amz-request-id") or ""


def _id(seed: int, kind: str, number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"{seed} {kind} {number}".encode()).digest()[:16], version=4))


def _host(operation: Operation, region: str) -> str:
    """Global services have one host; S3's buckets have their own."""
    if operation.service == "s3":
        return s3_records.host(operation.params, region)
    if operation.service in GLOBAL:
        return f"{operation.service}.amazonaws.com"
    return f"{event_names.source(operation.service)}.{region}.amazonaws.com"


def _additional(operation: Operation, answer: Answer, region: str) -> dict[str, Any]:
    """additionalEventData, where the service writes any."""
    if operation.service == "sts":
        return {"RequestDetails": {"awsServingRegion": region, "endpointType": "regional"}}
    if operation.service == "s3":
        sent = operation.params.get("Body")
        return {
            "SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "AuthenticationMethod": "AuthHeader",
            "bytesTransferredIn": len(sent) if isinstance(sent, bytes | str) else 0,
            "bytesTransferredOut": len(answer.body),
        }  # fmt: skip
    return {}


def _reply(operation: Operation, answer: Answer) -> Any:
    """The reply by member name. None where the operation has none."""
    shape = operation.model.output_shape
    if shape is None or not shape.members:
        return None
    parser = create_parser(operation.protocol)
    parsed = parser.parse({"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body}, shape)
    parsed.pop("ResponseMetadata", None)
    return scrubbed({key: value for key, value in parsed.items() if not hasattr(value, "read")})


def _resources(operation: Operation, caller: Caller) -> list[dict[str, str]]:
    """The element `resources`, which only some services write."""
    if operation.service == "s3":
        return s3_records.resources(operation.params, caller.account)
    if operation.name == "AssumeRole" and (arn := str(operation.params.get("RoleArn", ""))).count(":") >= 5:
        return [{"accountId": arn.split(":")[4], "type": "AWS::IAM::Role", "ARN": arn}]
    return []


def scrubbed(value: Any, top: bool = True) -> Any:
    """By CloudTrail's member names, which begin small; S3 writes its own (`top` False)."""
    if isinstance(value, Mapping):
        return {
            key[:1].lower() + key[1:] if top else key: HIDDEN if key.lower() in SECRET_FIELDS else scrubbed(item, top)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrubbed(item, top) for item in value]
    if isinstance(value, datetime):
        return value.strftime("%b %d, %Y, %I:%M:%S %p")
    return HIDDEN if isinstance(value, bytes) else plain(value) if not hasattr(value, "read") else None


def _shape_name(model: OperationModel, code: str) -> str:
    """CloudTrail names the exception's shape (NoSuchEntityException), the wire its code (NoSuchEntity)."""
    shapes = (shape for shape in model.error_shapes if isinstance(shape, StructureShape))
    return next((str(shape.name) for shape in shapes if shape.error_code == code), _CODES.get(code, code))
