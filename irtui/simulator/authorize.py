"""What the policies say of a request, asked of `irtui.policy` with moto's state.

Also here: what AWS allows without permission, and what temporary credentials may never do.
"""

from irtui.policy.document import Document, read_document
from irtui.policy.evaluate import Policies, Request, evaluate
from irtui.policy.explain import refusal
from irtui.policy.patterns import Context
from irtui.simulator import encryption, organization, public_access, resources, state
from irtui.simulator.answers import Refusal
from irtui.simulator.callers import Caller
from irtui.simulator.codes import Codes
from irtui.simulator.directory import View
from irtui.simulator.resolve import Operation

UNCONDITIONAL = ("sts:GetCallerIdentity", "sts:GetSessionToken")
"""No policy can forbid these: they only say, or prove, who the caller is."""


def authorize(
    operation: Operation, caller: Caller, context: Context, codes: Codes, view: View, known: bool = True
) -> None:
    """Raises Refusal (AccessDenied in the service's own words) unless everything allows it.

    Of an operation that is not `known` the resource cannot be told: only what is certain is refused.
    """
    action = resources.action(operation.service, operation.name, operation.params)
    _temporary_limits(action, caller, codes)
    if action in UNCONDITIONAL:
        return
    _only_management(operation, caller, codes)
    service, name = operation.service, operation.name
    region = next(iter(context.get("aws:requestedregion", ("*",))))
    touched = resources.resources(service, name, operation.params, caller, region) if known else ("",)
    held = policies(operation, caller, view, touched[0])
    for resource in touched:
        request = Request(caller.principal, action, resource, _owner(operation, resource, caller), context)
        decision = evaluate(request, held)
        if not decision.allowed:
            raise Refusal(codes.denied[0], refusal(request, decision), codes.denied[1])
    expected = operation.params.get("ExpectedBucketOwner") if service == "s3" else None
    if expected and expected != _owner(operation, "*", caller):
        raise Refusal("AccessDenied", "Access Denied", 403)
    if known and service == "s3":
        public_access.refuse(operation, caller, codes)
    if caller.is_root and action == "sts:AssumeRole":
        raise Refusal("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    if action == "sts:AssumeRoot":
        organization.refuse_assume_root(operation.params, caller.account, caller.arn, caller.is_root)


def policies(operation: Operation, caller: Caller, view: View, touched: str = "") -> Policies:
    """Everything that bears on this request; `touched` is the ARN of what it acts on."""
    identity = tuple(read_document(name, text) for name, text in state.policies_of(caller.entity, view))
    boundary = state.boundary_of(caller.entity, view)
    session = caller.session
    limits: tuple[Document, ...] | None = None
    if session is not None and session.policies is not None:
        limits = tuple(read_document(f"session policy {n}", text) for n, text in enumerate(session.policies, 1))
    resource, decides = _resource_policy(operation, view, touched)
    if caller.is_root and f"{operation.service}:{operation.name}" in _WAYS_OUT and _own(operation, caller):
        resource = None
    scps: tuple[tuple[Document, ...], ...] = ()
    if not caller.entity.arn.split(":")[5].startswith("role/aws-service-role/"):
        levels = organization.service_control_policies(caller.account)
        scps = tuple(tuple(read_document(name, text) for name, text in level) for level in levels)
    limit = read_document(*boundary) if boundary else None
    return Policies(identity, limit, limits, resource, decides, scps)


_WAYS_OUT = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
"""What the root user of a bucket's account may do whatever the bucket's policy says."""


def _own(operation: Operation, caller: Caller) -> bool:
    return _owner(operation, "*", caller) == caller.account


def _only_management(operation: Operation, caller: Caller, codes: Codes) -> None:
    member = operation.service == "organizations" and organization.management_of(caller.account)
    if member and operation.name not in organization.MEMBER_MAY:
        raise Refusal(codes.denied[0], "You don't have permissions to access this resource.", codes.denied[1])


def _resource_policy(operation: Operation, view: View, resource: str) -> tuple[Document | None, bool]:
    if operation.service == "sts" and operation.name == "AssumeRole":
        role = state.role_by_arn(str(operation.params.get("RoleArn", "")), view)
        # a role that does not exist is denied like one that does not trust the caller: nobody can probe for names
        return (read_document("trust policy", role.assume_role_policy_document) if role else None), True
    if operation.service == "s3" and (bucket := state.bucket(str(operation.params.get("Bucket", "")))) is not None:
        return (read_document("bucket policy", bucket.policy.decode()) if bucket.policy else None), False
    if operation.service == "kms" and (key := encryption.key_of(resource)) is not None:
        return encryption.policy_of(key), True
    return None, False


def _owner(operation: Operation, resource: str, caller: Caller) -> str:
    if operation.service == "s3":
        bucket = state.bucket(str(operation.params.get("Bucket", "")))
        return str(bucket.account_id) if bucket is not None else caller.account
    if operation.name == "AssumeRoot":  # no policy of the member's is asked: the organization decides
        return caller.account
    parts = resource.split(":")
    if len(parts) >= 6 and parts[4] == "aws" and operation.name.startswith(("Get", "List")):
        return caller.account  # whoever may read policies may read those that AWS manages
    return parts[4] if len(parts) >= 6 and parts[4] else caller.account


def _temporary_limits(action: str, caller: Caller, codes: Codes) -> None:
    """User sessions (not role sessions) may not use IAM without MFA, and hardly anything of STS."""
    session = caller.session
    if session is None or session.kind in ("role", "root"):
        return
    allowed = ("sts:GetCallerIdentity", "sts:AssumeRole") if session.kind == "session" else ("sts:GetCallerIdentity",)
    barred = action.startswith("iam:") and not (session.kind == "session" and session.mfa)
    if barred or (action.startswith("sts:") and action not in allowed):
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid", 403)
