"""What the policies say of a request, asked of `irtui.policy` with moto's state.

Also here: what AWS allows without permission, and what temporary credentials may never do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.policy.document import Document, read_document
from irtui.policy.evaluate import Policies, Request, evaluate
from irtui.policy.explain import refusal
from irtui.simulator import resources, state
from irtui.simulator.answers import Codes, Refusal
from irtui.simulator.callers import Caller
from irtui.simulator.resolve import Operation

UNCONDITIONAL = ("sts:GetCallerIdentity", "sts:GetSessionToken")
"""No policy can forbid these: they only say, or prove, who the caller is."""


def authorize(operation: Operation, caller: Caller, context: Mapping[str, tuple[str, ...]], codes: Codes) -> None:
    """Raises Refusal (AccessDenied in the service's own words) unless everything allows it."""
    action = resources.action(operation.service, operation.name)
    _temporary_limits(action, caller, codes)
    if action in UNCONDITIONAL:
        return
    resource = resources.resource(operation.service, operation.name, operation.params, caller)
    request = Request(caller.principal, action, resource, _owner(operation, resource, caller), context)
    decision = evaluate(request, policies(operation, caller))
    if not decision.allowed:
        raise Refusal(codes.denied[0], refusal(request, decision), codes.denied[1])


def policies(operation: Operation, caller: Caller) -> Policies:
    """Everything that bears on this request."""
    identity = tuple(read_document(name, text) for name, text in state.policies_of(caller.entity))
    boundary = state.boundary_of(caller.entity)
    session = caller.session
    limits: tuple[Document, ...] | None = None
    if session is not None and session.policies is not None:
        limits = tuple(read_document(f"session policy {n}", text) for n, text in enumerate(session.policies, 1))
    resource, decides = _resource_policy(operation)
    return Policies(identity, read_document(*boundary) if boundary else None, limits, resource, decides)


def _resource_policy(operation: Operation) -> tuple[Document | None, bool]:
    if operation.service == "sts" and operation.name == "AssumeRole":
        role = state.role_by_arn(str(operation.params.get("RoleArn", "")))
        # a role that does not exist is denied like one that does not trust the caller: nobody can probe for names
        return (read_document("trust policy", role.assume_role_policy_document) if role else None), True
    if operation.service == "s3" and (bucket := state.bucket(str(operation.params.get("Bucket", "")))) is not None:
        return (read_document("bucket policy", bucket.policy.decode()) if bucket.policy else None), False
    return None, False


def _owner(operation: Operation, resource: str, caller: Caller) -> str:
    if operation.service == "s3":
        bucket = state.bucket(str(operation.params.get("Bucket", "")))
        return str(bucket.account_id) if bucket is not None else caller.account
    parts = resource.split(":")
    return parts[4] if len(parts) >= 6 and parts[4] else caller.account


def _temporary_limits(action: str, caller: Caller, codes: Codes) -> None:
    """User sessions (not role sessions) may not use IAM without MFA, and hardly anything of STS."""
    session = caller.session
    if session is None or session.kind == "role":
        return
    allowed = ("sts:GetCallerIdentity", "sts:AssumeRole") if session.kind == "session" else ("sts:GetCallerIdentity",)
    barred = action.startswith("iam:") and not (session.kind == "session" and session.mfa)
    if barred or (action.startswith("sts:") and action not in allowed):
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid", 403)


def conditions(
    operation: Operation, caller: Caller, *, now: datetime, region: str, source_ip: str, user_agent: str
) -> dict[str, tuple[str, ...]]:
    """The condition keys of a request, in lower case. A key that AWS would not send is not there."""
    session, user = caller.session, caller.user
    federated = session is not None and session.kind == "federation"
    context = {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now.timestamp())),
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.entity.arn,
        "aws:principaltype": "User" if user and not federated else "FederatedUser" if federated else "AssumedRole",
        "aws:userid": caller.user_id,
        "aws:requestedregion": region,
        "aws:sourceip": source_ip,
        "aws:useragent": user_agent,
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
    }
    if user and not federated:
        context["aws:username"] = user.name
    if session is not None:
        context["aws:tokenissuetime"] = session.issued.strftime("%Y-%m-%dT%H:%M:%SZ")
        context["aws:multifactorauthpresent"] = str(session.mfa).lower()
    for key, value in state.tags_of(caller.entity):
        context[f"aws:principaltag/{key.lower()}"] = value
    context |= _of_parameters(operation.params)
    return {key: (value,) for key, value in context.items()}


_PARAMETER_KEYS = {
    "PolicyArn": "iam:policyarn",
    "PermissionsBoundary": "iam:permissionsboundary",
    "ExternalId": "sts:externalid",
    "RoleSessionName": "sts:rolesessionname",
    "Prefix": "s3:prefix",
}


def _of_parameters(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(params[member]) for member, key in _PARAMETER_KEYS.items() if params.get(member)}
