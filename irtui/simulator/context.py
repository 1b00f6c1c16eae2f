"""The condition keys of a request, as AWS would send them. A key that AWS would not send is not there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from irtui.policy.patterns import Context
from irtui.simulator import organization, state
from irtui.simulator.callers import Caller
from irtui.simulator.directory import View
from irtui.simulator.resolve import Operation
from irtui.simulator.root import Root


def conditions(
    operation: Operation, caller: Caller, view: View, *, now: datetime, region: str, source_ip: str, user_agent: str
) -> Context:
    """Every key in lower case, with its values."""
    session, user = caller.session, caller.user
    federated = session is not None and session.kind == "federation"
    context = {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now.timestamp())),
        "aws:principalaccount": caller.account,
        "aws:principalarn": caller.entity.arn,
        "aws:principaltype": _type(caller, federated),
        "aws:principalisawsservice": "false",
        "aws:userid": caller.user_id,
        "aws:requestedregion": "us-east-1" if operation.service in ("iam", "organizations") else region,
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
        if session.kind == "root":
            context["aws:assumedroot"] = "true"
        if session.mfa:
            context["aws:multifactorauthage"] = str(int((now - session.issued).total_seconds()))
    if operation.service == "sts" and operation.params.get("TokenCode"):  # a wrong code is refused before it counts
        context |= {"aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0"}
    if operation.name == "AssumeRoot":
        context["sts:taskpolicyarn"] = str((operation.params.get("TaskPolicyArn") or {}).get("arn", ""))
    if (organized := organization.organization_of(caller.account)) is not None:
        context["aws:principalorgid"] = str(organized.id)
    tags = {f"aws:principaltag/{key}": value for key, value in state.tags(caller.entity, view)}
    tags |= _resource_tags(operation, caller, view)
    context |= tags | _of_parameters(operation.params)
    found = {key.lower(): (value,) for key, value in context.items()}
    return found | _requested_tags(operation.params)


def further(context: Context, operation: Operation) -> Context:
    """The keys of what a request needs besides: its own, and for a role that it hands over, to which service."""
    service = operation.params.get("PassedToService") if operation.name == "PassRole" else None
    return {**context, "iam:passedtoservice": (str(service),)} if service else context


def _type(caller: Caller, federated: bool) -> str:
    if federated:
        return "FederatedUser"
    return "User" if caller.user else "Account" if isinstance(caller.entity, Root) else "AssumedRole"


_PARAMETER_KEYS = {
    "PolicyArn": "iam:policyarn",
    "PermissionsBoundary": "iam:permissionsboundary",
    "ExternalId": "sts:externalid",
    "RoleSessionName": "sts:rolesessionname",
    "DurationSeconds": "sts:durationseconds",
    "Prefix": "s3:prefix",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "VersionId": "s3:versionid",
    "ObjectLockMode": "s3:object-lock-mode",
}


def _of_parameters(params: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(params[member]) for member, key in _PARAMETER_KEYS.items() if params.get(member)}


def _resource_tags(operation: Operation, caller: Caller, view: View) -> dict[str, str]:
    """Tags of the IAM user or role acted on, or assumed."""
    params, directory = operation.params, view(caller.account)
    entity: Any = None
    if operation.service == "iam":
        entity = directory.users.get(str(params.get("UserName", "")))
        wanted = params.get("RoleName")
        entity = next((role for role in directory.roles.values() if role.name == wanted), entity)
    elif operation.name == "AssumeRole":
        entity = state.role_by_arn(str(params.get("RoleArn", "")), view)
    found = state.tags(entity, view) if entity is not None else []
    return {f"{kind}:resourcetag/{key}": value for key, value in found for kind in ("aws", "iam")}


def _requested_tags(params: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    given = params.get("Tags")
    items: Iterable[Any] = given if isinstance(given, list) else ()
    tags = {str(item["Key"]): str(item["Value"]) for item in items if isinstance(item, Mapping) and "Value" in item}
    named = tuple(tags) or tuple(str(key) for key in params.get("TagKeys") or ())
    found = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    return found | ({"aws:tagkeys": named} if named else {})
