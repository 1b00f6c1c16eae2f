"""The IAM action of an operation, and the ARN it acts on: what a policy's Action and Resource are matched with.

Only services whose resources are known here are simulated at all: a wrong ARN would teach a wrong deny.
"""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.callers import Caller

SERVICES = ("iam", "sts", "cloudtrail", "s3")
GLOBAL = ("iam",)
"""Services whose events are always recorded in us-east-1."""

_S3_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObject",
}
S3_OPERATIONS = (
    "ListBuckets", "CreateBucket", "DeleteBucket", "HeadBucket", "GetBucketLocation", "ListObjects", "ListObjectsV2",
    "GetObject", "HeadObject", "PutObject", "DeleteObject", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy",
)  # fmt: skip
"""moto answers OK to S3 sub-resources it does not know, so what may be asked is listed."""


def action(service: str, operation: str) -> str:
    """`iam:PutUserPolicy`, `s3:ListBucket`."""
    return f"{service}:{_S3_ACTIONS.get(operation, operation) if service == 's3' else operation}"


def resource(service: str, operation: str, params: Mapping[str, Any], caller: Caller) -> str:
    """The ARN acted on; `*` where the operation has none, or where it does not exist by that name."""
    if service == "iam":
        return _iam(operation, params, caller)
    if service == "sts":
        return str(params.get("RoleArn", "*")) if operation.startswith("AssumeRole") else _federated(params, caller)
    if service == "s3":
        bucket, key = params.get("Bucket"), params.get("Key")
        return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}" if bucket else "*"
    name = str(params.get("Name") or params.get("TrailName") or "")
    if service == "cloudtrail" and name:
        return name if name.startswith("arn:") else f"arn:aws:cloudtrail:*:{caller.account}:trail/{name}"
    return "*"


def _federated(params: Mapping[str, Any], caller: Caller) -> str:
    return f"arn:aws:sts::{caller.account}:federated-user/{params['Name']}" if "Name" in params else "*"


_IAM_KINDS = (
    ("UserName", "user"), ("RoleName", "role"), ("GroupName", "group"), ("InstanceProfileName", "instance-profile"),
    ("VirtualMFADeviceName", "mfa"),
)  # fmt: skip
_IAM_BARE = ("PolicyArn", "SerialNumber", "SAMLProviderArn", "OpenIDConnectProviderArn")


def _iam(operation: str, params: Mapping[str, Any], caller: Caller) -> str:
    if operation == "GetAccessKeyLastUsed":
        owner = state.key_owner(str(params.get("AccessKeyId", "")))
        return owner[0].arn if owner else "*"
    if operation == "CreatePolicy":
        return f"arn:aws:iam::{caller.account}:policy{params.get('Path', '/')}{params.get('PolicyName', '')}"
    kinds = reversed(_IAM_KINDS) if operation in ("AddUserToGroup", "RemoveUserFromGroup") else _IAM_KINDS
    for member, kind in kinds:
        if params.get(member):
            return _iam_arn(kind, str(params[member]), str(params.get("Path", "/")), caller.account)
    return next((str(params[member]) for member in _IAM_BARE if params.get(member)), "*")


def _iam_arn(kind: str, name: str, path: str, account: str) -> str:
    backend = state.iam(account)
    kinds: dict[str, Mapping[str, Any]] = {"user": backend.users, "group": backend.groups}
    known = {role.name: role for role in backend.get_roles()} if kind == "role" else kinds.get(kind, {})
    return str(known[name].arn) if name in known else f"arn:aws:iam::{account}:{kind}{path}{name}"
