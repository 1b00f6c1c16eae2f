"""Every call by anybody becomes a CloudTrail event, as CloudTrail writes it.

Rules: requests that fail authentication leave no event (AWS has no principal to put down); a denial does. IAM
is recorded in us-east-1, everything else in its Region. Secrets are hidden; `credentials.accessKeyId` of STS
stays, because it is how a session is found. Object reads and writes of S3 are data events.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import StructureShape
from botocore.parsers import create_parser
from moto.core.model import OperationModel

from irtui.canonical import plain
from irtui.redact import SECRET_FIELDS
from irtui.simulator.answers import Answer
from irtui.simulator.callers import Caller
from irtui.simulator.resolve import Operation
from irtui.simulator.resources import GLOBAL

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_READS = ("Get", "List", "Describe", "Lookup", "Head", "Assume", "Simulate", "Search")
_WITH_REPLY = ("AssumeRole", "GetSessionToken", "GetFederationToken")
"""Reads whose reply CloudTrail keeps all the same."""


def event(
    operation: Operation, caller: Caller, answer: Answer, *, at: datetime, region: str, source_ip: str, user_agent: str
) -> dict[str, Any]:
    """One CloudTrail record."""
    read_only = operation.name.startswith(_READS)
    data_event = operation.service == "s3" and "Key" in operation.params
    model = operation.model
    reply: Any = None
    if not answer.code and (not read_only or operation.name in _WITH_REPLY):
        reply = _reply(operation, answer)
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity(caller),
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{operation.service}.amazonaws.com",
        "eventName": operation.name,
        "awsRegion": "us-east-1" if operation.service in GLOBAL else region,
        "sourceIPAddress": source_ip,
        "userAgent": user_agent,
        "requestParameters": _scrubbed(operation.params) or None,
        "responseElements": reply,
        "requestID": answer.headers.get("x-amzn-RequestId") or str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": read_only,
        "resources": _resources(operation, reply),
        "eventType": "AwsApiCall",
        "managementEvent": not data_event,
        "recipientAccountId": caller.account,
        "eventCategory": "Data" if data_event else "Management",
    }
    if answer.code:
        record["errorCode"] = _shape_name(model, answer.code)
        record["errorMessage"] = answer.message
    return record


def identity(caller: Caller) -> dict[str, Any]:
    """CloudTrail's userIdentity element."""
    session = caller.session
    who: dict[str, Any] = {
        "type": "IAMUser", "principalId": caller.user_id, "arn": caller.arn, "accountId": caller.account,
        "accessKeyId": caller.access_key_id,
    }  # fmt: skip
    if session is None or session.kind == "session":
        who["userName"] = caller.entity.name
    else:
        who["type"] = "AssumedRole" if session.kind == "role" else "FederatedUser"
    if session is not None:
        made = session.issued.strftime("%Y-%m-%dT%H:%M:%SZ")
        context: dict[str, Any] = {"attributes": {"creationDate": made, "mfaAuthenticated": str(session.mfa).lower()}}
        if session.kind != "session":
            context["sessionIssuer"] = {
                "type": "Role" if session.kind == "role" else "IAMUser", "principalId": caller.entity.id,
                "arn": caller.entity.arn, "accountId": caller.account, "userName": caller.entity.name,
            }  # fmt: skip
        who["sessionContext"] = context
    return who


def _reply(operation: Operation, answer: Answer) -> Any:
    """The reply by member name. None where the operation has none."""
    shape = operation.model.output_shape
    if shape is None or not shape.members:
        return None
    parser = create_parser(operation.protocol)
    parsed = parser.parse({"status_code": answer.status, "headers": dict(answer.headers), "body": answer.body}, shape)
    parsed.pop("ResponseMetadata", None)
    return _scrubbed({key: value for key, value in parsed.items() if not hasattr(value, "read")})


def _resources(operation: Operation, reply: Any) -> list[dict[str, str]]:
    """(type, name) of what the event concerns; LookupEvents searches it by ResourceName."""
    params = operation.params
    found = [
        (f"AWS::IAM::{member[:-4]}", str(params[member]))
        for member in ("UserName", "RoleName", "GroupName")
        if params.get(member)
    ]
    found += [("AWS::IAM::AccessKey", str(params["AccessKeyId"]))] if params.get("AccessKeyId") else []
    found += [("AWS::IAM::Role", str(params["RoleArn"]))] if params.get("RoleArn") else []
    if isinstance(reply, Mapping) and isinstance(reply.get("accessKey"), Mapping):
        found.append(("AWS::IAM::AccessKey", str(reply["accessKey"].get("accessKeyId"))))
    if isinstance(reply, Mapping) and isinstance(reply.get("credentials"), Mapping):
        found.append(("AWS::IAM::AccessKey", str(reply["credentials"].get("accessKeyId"))))
        assumed = reply.get("assumedRoleUser")
        found += [("AWS::STS::AssumedRole", str(assumed["arn"]))] if isinstance(assumed, Mapping) else []
    return [{"type": kind, "ARN": name} for kind, name in found]


def _scrubbed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key[:1].lower() + key[1:]: HIDDEN if key.lower() in SECRET_FIELDS else _scrubbed(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_scrubbed(item) for item in value]
    if isinstance(value, datetime):
        return value.strftime("%b %d, %Y, %I:%M:%S %p")
    return HIDDEN if isinstance(value, bytes) else plain(value) if not hasattr(value, "read") else None


def _shape_name(model: OperationModel, code: str) -> str:
    """CloudTrail names the exception's shape (NoSuchEntityException), the wire its code (NoSuchEntity)."""
    shapes = (shape for shape in model.error_shapes if isinstance(shape, StructureShape))
    return next((str(shape.name) for shape in shapes if shape.error_code == code), code)
