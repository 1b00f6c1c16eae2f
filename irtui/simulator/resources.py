"""The IAM action of an operation, and the ARN it acts on: what a policy's Action and Resource are matched with.

Only services whose resources are known here are simulated at all: a wrong ARN would teach a wrong deny.
"""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import athena_records, organization, state
from irtui.simulator.callers import Caller

SERVICES = ("iam", "sts", "cloudtrail", "s3", "organizations", "athena")
GLOBAL = ("iam", "organizations")
"""Services whose events are always recorded in us-east-1."""

_S3_ACTIONS = {
    "ListBuckets": "ListAllMyBuckets",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "CopyObject": "PutObject",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "DeleteBucketTagging": "PutBucketTagging",
}
_OF_VERSIONS = {"GetObject": "GetObjectVersion", "DeleteObject": "DeleteObjectVersion"}
S3_OPERATIONS = (
    "ListBuckets", "CreateBucket", "DeleteBucket", "HeadBucket", "GetBucketLocation", "ListObjects", "ListObjectsV2",
    "GetObject", "HeadObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects",
    "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy",
    "ListObjectVersions", "GetBucketVersioning", "PutBucketVersioning", "GetBucketLifecycleConfiguration",
    "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", "GetPublicAccessBlock", "PutPublicAccessBlock",
    "DeletePublicAccessBlock", "GetBucketEncryption",
    "GetBucketLogging", "GetBucketNotificationConfiguration", "GetBucketAcl",
    "GetBucketOwnershipControls", "GetBucketTagging", "PutBucketTagging", "DeleteBucketTagging",
)  # fmt: skip
"""moto answers OK to S3 sub-resources it does not know, so what may be asked is listed."""


_READS = (
    "Get", "List", "Describe", "Lookup", "Head", "Assume", "Simulate", "Search", "Generate", "Decode", "Select", "Test",
    "BatchGet",
)  # fmt: skip


def changes(operation: str) -> bool:
    """Whether an operation of that name changes anything that people or enforcement could notice."""
    return not operation.startswith(_READS)


# Where the prefix of IAM's actions is not the service's name in botocore.
_PREFIXES = {
    "elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing", "sso-admin": "sso", "sesv2": "ses",
    "marketplace-catalog": "aws-marketplace", "accessanalyzer": "access-analyzer", "efs": "elasticfilesystem",
    "emr": "elasticmapreduce", "stepfunctions": "states", "resourcegroupstaggingapi": "tag", "s3control": "s3",
}  # fmt: skip


def action(service: str, operation: str, params: Mapping[str, Any] | None = None) -> str:
    """`iam:PutUserPolicy`, `s3:ListBucket`; S3 has actions of their own for a version of an object."""
    if service == "s3" and operation == "DeleteObjects":
        return f"s3:DeleteObject{'Version' if any(each.get('VersionId') for each in batch(params)) else ''}"
    if service == "s3":
        name = _S3_ACTIONS.get(operation, operation)
        return f"s3:{_OF_VERSIONS.get(name, name) if params and params.get('VersionId') else name}"
    return f"{_PREFIXES.get(service, service)}:{operation}"


def resources(
    service: str, operation: str, params: Mapping[str, Any], caller: Caller, region: str = "*"
) -> tuple[str, ...]:
    """Every ARN acted on: each must be allowed. `*` where there is none."""
    if service == "organizations":
        return organization.resources(operation, params, caller.account)
    if service == "s3" and operation == "DeleteObjects":
        return tuple(dict.fromkeys(f"arn:aws:s3:::{params.get('Bucket')}/{each.get('Key')}" for each in batch(params)))
    if service == "athena":
        return _athena(operation, params, caller.account, region)
    if service in _MONITORING:
        return _MONITORING[service](operation, params, f"{region}:{caller.account}")
    if service in ("kms", "events"):
        return (_regional(service, params, caller.account, region),)
    return (_resource(service, operation, params, caller),)


def batch(params: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """What a batch delete names."""
    return list(((params or {}).get("Delete") or {}).get("Objects") or ())


def _resource(service: str, operation: str, params: Mapping[str, Any], caller: Caller) -> str:
    if service == "iam":
        return _iam(operation, params, caller)
    if operation == "AssumeRoot":
        return f"arn:aws:iam::{organization.target(params)}:root"
    if service == "account":
        return organization.account_arn(params, caller.account)
    if service == "sts":
        return str(params.get("RoleArn", "*")) if operation.startswith("AssumeRole") else _federated(params, caller)
    if service == "s3":
        bucket, key = params.get("Bucket"), params.get("Key")
        return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}" if bucket else "*"
    name = str(params.get("Name") or params.get("TrailName") or "")
    if service == "cloudtrail" and name:
        return name if name.startswith("arn:") else f"arn:aws:cloudtrail:*:{caller.account}:trail/{name}"
    return "*"


def _athena(operation: str, params: Mapping[str, Any], account: str, region: str) -> tuple[str, ...]:
    """Workgroups: a query is allowed or denied by the one it is in. The catalogue, where that is read."""
    if operation == "ListWorkGroups":
        return ("*",)
    if operation == "ListTableMetadata":
        return (f"arn:aws:athena:{region}:{account}:datacatalog/{params.get('CatalogName')}",)
    ids = params.get("QueryExecutionIds") if operation == "BatchGetQueryExecution" else None
    asked = [{"QueryExecutionId": each} for each in ids] if ids else [params]
    names = dict.fromkeys(athena_records.workgroup_of(account, region, each) for each in asked)
    return tuple(f"arn:aws:athena:{region}:{account}:workgroup/{name}" if name else "*" for name in names)


def _logs(operation: str, params: Mapping[str, Any], where: str) -> tuple[str, ...]:
    """A group is matched as all of its streams, as AWS's own refusals show it."""
    if operation == "TestMetricFilter":
        return ("*",)
    return (f"arn:aws:logs:{where}:log-group:{params.get('logGroupName', '')}:log-stream:",)


def _cloudwatch(operation: str, params: Mapping[str, Any], where: str) -> tuple[str, ...]:
    names = [params["AlarmName"]] if params.get("AlarmName") else params.get("AlarmNames") or ("*",)
    return tuple(f"arn:aws:cloudwatch:{where}:alarm:{name}" for name in names)


def _sns(operation: str, params: Mapping[str, Any], where: str) -> tuple[str, ...]:
    if operation == "CreateTopic":
        return (f"arn:aws:sns:{where}:{params.get('Name', '')}",)
    if operation == "Unsubscribe":
        return (str(params.get("SubscriptionArn", "")).rpartition(":")[0] or "*",)
    return (str(params.get("TopicArn") or "*"),)


_MONITORING = {"logs": _logs, "cloudwatch": _cloudwatch, "sns": _sns}


def _regional(service: str, params: Mapping[str, Any], account: str, region: str) -> str:
    """A key, or a rule of the default bus."""
    if service == "kms":
        key = str(params.get("KeyId", ""))
        return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{key}" if key else "*"
    name = params.get("Name") or params.get("Rule")
    return f"arn:aws:events:{region}:{account}:rule/{name}" if name else "*"


def _federated(params: Mapping[str, Any], caller: Caller) -> str:
    return f"arn:aws:sts::{caller.account}:federated-user/{params['Name']}" if "Name" in params else "*"


_IAM_KINDS = (
    ("UserName", "user"), ("RoleName", "role"), ("GroupName", "group"), ("InstanceProfileName", "instance-profile"),
    ("VirtualMFADeviceName", "mfa"),
)  # fmt: skip
OF_ROOT = (
    "GetUser", "CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed",
    "ListMFADevices", "DeactivateMFADevice", "ListSigningCertificates", "DeleteSigningCertificate",
    "CreateLoginProfile", "GetLoginProfile", "DeleteLoginProfile",
)  # fmt: skip
"""What a root user does to itself by naming nobody."""
_IAM_BARE = ("PolicyArn", "SerialNumber", "SAMLProviderArn", "OpenIDConnectProviderArn")


def _iam(operation: str, params: Mapping[str, Any], caller: Caller) -> str:
    if caller.is_root and not params.get("UserName") and operation in OF_ROOT:
        return caller.entity.arn
    if operation == "GetAccessKeyLastUsed":
        owner = state.key_owner(str(params.get("AccessKeyId", "")))
        return owner[0].arn if owner else "*"
    if params.get("AllUsers"):
        return _iam_arn("user", "*", "/", caller.account)
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
