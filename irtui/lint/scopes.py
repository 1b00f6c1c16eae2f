"""How IAM scopes the actions that runbooks use: which operation needs which action, on which kind of resource.

Rules: `*` as a resource only where AWS has no resource for the action, or where irtui does not know the
service's resources; both with the reason.
"""

from collections.abc import Mapping
from typing import Any

from irtui.aws.models import signing_name
from irtui.lint.s3_actions import s3_action

ACTION_NAMES = {
    "kms.ReEncrypt": "kms:ReEncryptFrom",
    "lambda.Invoke": "lambda:InvokeFunction",
    "s3.CreateSession": "s3express:CreateSession",
    "s3.ListDirectoryBuckets": "s3express:ListAllMyDirectoryBuckets",
    "s3.RenameObject": "s3express:CreateSession",
    "s3.WriteGetObjectResponse": "s3-object-lambda:WriteGetObjectResponse",
    "sns.PublishBatch": "sns:Publish",
}
"""Operations whose IAM action has another name; those of S3 stand in `s3_actions`."""

PREFIXES = {"cloudwatch": "cloudwatch", "sesv2": "ses"}
"""Services whose IAM prefix is neither botocore's name nor the signing name."""

IAM_RESOURCES = (
    ("GroupName", "group"),
    ("InstanceProfileName", "instance-profile"),
    ("UserName", "user"),
    ("RoleName", "role"),
    ("PolicyArn", "policy"),
    ("PolicyName", "policy"),
    ("AWSServiceName", "role/aws-service-role"),
    ("ServerCertificateName", "server-certificate"),
    ("SAMLProviderArn", "saml-provider"),
    ("OpenIDConnectProviderArn", "oidc-provider"),
    ("VirtualMFADeviceName", "mfa"),
    ("SerialNumber", "mfa"),
    ("AccessKeyId", "user"),
)
"""Parameter → kind of IAM resource, in the order in which the first one decides."""

_LISTING = "lists or describes the whole account; IAM has no resource for it"

_ACCOUNT = "acts on the account or the organization; IAM has no resource for it"

UNSCOPED = {
    "cloudtrail:DescribeTrails": _LISTING,
    "cloudtrail:ListPublicKeys": "asks for keys of CloudTrail itself; IAM has no resource for it",
    "cloudtrail:ListTrails": _LISTING,
    "cloudtrail:LookupEvents": "searches the account's event history; IAM has no resource for it",
    "ec2:DescribeImages": _LISTING,
    "ec2:DescribeInstances": _LISTING,
    "ec2:DescribeKeyPairs": _LISTING,
    "ec2:DescribeRegions": _LISTING,
    "ec2:DescribeSnapshots": _LISTING,
    "iam:GenerateCredentialReport": _LISTING,
    "iam:GetAccountAuthorizationDetails": _LISTING,
    "iam:GetAccountPasswordPolicy": _LISTING,
    "iam:GetAccountSummary": _LISTING,
    "iam:GetCredentialReport": _LISTING,
    "iam:DeleteAccountPasswordPolicy": _ACCOUNT,
    "iam:EnableOrganizationsRootCredentialsManagement": _ACCOUNT,
    "iam:DisableOrganizationsRootCredentialsManagement": _ACCOUNT,
    "iam:ListOrganizationsFeatures": _ACCOUNT,
    "iam:UpdateAccountPasswordPolicy": _ACCOUNT,
    "iam:GetServiceLastAccessedDetails": "names a job, not a resource",
    "iam:ListAccountAliases": _LISTING,
    "iam:ListGroups": _LISTING,
    "iam:ListInstanceProfiles": _LISTING,
    "iam:ListOpenIDConnectProviders": _LISTING,
    "iam:ListPolicies": _LISTING,
    "iam:ListRoles": _LISTING,
    "iam:ListSAMLProviders": _LISTING,
    "iam:ListServerCertificates": _LISTING,
    "iam:ListUsers": _LISTING,
    "iam:ListVirtualMFADevices": _LISTING,
    "iam:SimulateCustomPolicy": "judges a policy text; IAM has no resource for it",
    "kms:ListKeys": _LISTING,
    "lambda:ListFunctions": _LISTING,
    "logs:TestMetricFilter": "judges a pattern by texts that are given; IAM has no resource for it",
    "organizations:DescribeOrganization": _LISTING,
    "organizations:DisableAWSServiceAccess": _ACCOUNT,
    "organizations:EnableAWSServiceAccess": _ACCOUNT,
    "organizations:ListAWSServiceAccessForOrganization": _LISTING,
    "organizations:ListAccounts": _LISTING,
    "organizations:ListPolicies": _LISTING,
    "organizations:ListRoots": _LISTING,
    "rolesanywhere:ListProfiles": _LISTING,
    "rolesanywhere:ListTrustAnchors": _LISTING,
    "s3:ListAllMyBuckets": _LISTING,
    "ssm:DescribeActivations": _LISTING,
    "ssm:ListDocuments": _LISTING,
    "sts:DecodeAuthorizationMessage": "IAM has no resource for it",
    "sts:GetAccessKeyInfo": "asks AWS whose a key is, in whatever account; IAM has no resource for it",
    "sts:GetCallerIdentity": "needs no permission; IAM has no resource for it",
    "sts:GetSessionToken": "acts on the caller; IAM has no resource for it",
}
"""Actions that take no resource, and why."""

ARNS = {
    "account": ("arn:aws:account::*:account", "arn:aws:account::*:account/*"),
    "athena": ("arn:aws:athena:*:*:workgroup/*",),
    "cloudtrail": ("arn:aws:cloudtrail:*:*:*",),
    "cloudwatch": ("arn:aws:cloudwatch:*:*:alarm:*",),
    "events": ("arn:aws:events:*:*:rule/*",),
    "glue": ("arn:aws:glue:*:*:catalog", "arn:aws:glue:*:*:database/irtui", "arn:aws:glue:*:*:table/irtui/*"),
    "kms": ("arn:aws:kms:*:*:key/*", "arn:aws:kms:*:*:alias/*"),
    "lambda": ("arn:aws:lambda:*:*:function:*",),
    "logs": ("arn:aws:logs:*:*:log-group:*",),
    "organizations": ("arn:aws:organizations::*:*",),
    "s3": ("arn:aws:s3:::*",),
    "sns": ("arn:aws:sns:*:*:*",),
    "secretsmanager": ("arn:aws:secretsmanager:*:*:secret:*",),
}
"""What the other actions of a service are scoped to."""

BESIDES = {
    "athena.StartQueryExecution": (
        "glue:CreateDatabase", "glue:CreateTable", "glue:DeleteTable", "glue:GetDatabase", "glue:GetTable",
        "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    ),
    "athena.ListTableMetadata": ("glue:GetTables",),
    "kms.ReEncrypt": ("kms:ReEncryptTo",),
    "s3.CopyObject": ("s3:GetObject",),
    "s3.DeleteObjects": ("s3:DeleteObjectVersion",),
    "s3.GetObjectAttributes": ("s3:GetObject",),
    "s3.UploadPartCopy": ("s3:GetObject",),
}  # fmt: skip
"""What an operation does in the caller's name elsewhere: Athena reads and writes with the caller's permissions (Athena
user guide, "Example policies"). Of the catalogue only the database that irtui makes. A copy reads its source."""

PASSED_TO = {"cloudtrail.UpdateTrail": "cloudtrail.amazonaws.com", "s3.PutBucketReplication": "s3.amazonaws.com"}
"""Operations that hand a role to a service, and to which: iam:PassRole without it lets any service have any such role
(IAM user guide, "Grant a user permissions to pass a role to an AWS service")."""

SAME_BUCKET = frozenset({"s3.DeleteObjects", "s3.GetObjectAttributes"})
"""Operations whose further needs are about the bucket that they name."""

UNKNOWN = "irtui does not know the resources of this service's actions"


def reason(action: str) -> str:
    """Why an action stands with the resource `*`; empty where it does not."""
    prefix = action.partition(":")[0]
    if action in UNSCOPED:
        return UNSCOPED[action]
    return "" if prefix in ARNS or prefix in ("iam", "sts") else UNKNOWN


def action_of(service: str, operation: str, params: Mapping[str, Any]) -> str:
    """`iam:GetUser`: the IAM action that an operation is allowed by, with its prefix."""
    name = f"{service}.{operation}"
    if name in ACTION_NAMES:
        return ACTION_NAMES[name]
    if service == "s3":
        return f"s3:{s3_action(operation, params)}"
    return f"{PREFIXES.get(service) or signing_name(service)}:{operation}"
