"""How IAM scopes the actions that runbooks use: which operation needs which action, on which kind of resource.

Rules: `*` as a resource only where AWS has no resource for the action, or where irtui does not know the
service's resources; both with the reason.
"""

ACTION_NAMES = {
    "lambda.Invoke": "lambda:InvokeFunction",
    "s3.CopyObject": "s3:PutObject",
    "s3.DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3.DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3.DeleteObjects": "s3:DeleteObject",
    "s3.GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3.GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3.GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3.GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3.GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3.HeadBucket": "s3:ListBucket",
    "s3.HeadObject": "s3:GetObject",
    "s3.ListBuckets": "s3:ListAllMyBuckets",
    "s3.ListObjectVersions": "s3:ListBucketVersions",
    "s3.ListObjects": "s3:ListBucket",
    "s3.ListObjectsV2": "s3:ListBucket",
    "s3.PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3.PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3.PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3.PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3.PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
"""Operations whose IAM action has another name."""

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
    "ec2:DescribeInstances": _LISTING,
    "ec2:DescribeKeyPairs": _LISTING,
    "ec2:DescribeRegions": _LISTING,
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
    "cloudtrail.UpdateTrail": ("iam:PassRole",),
    "s3.CopyObject": ("s3:GetObject",),
    "s3.DeleteObjects": ("s3:DeleteObjectVersion",),
    "s3.PutBucketReplication": ("iam:PassRole",),
}  # fmt: skip
"""What an operation does in the caller's name elsewhere: Athena reads and writes with the caller's permissions (Athena
user guide, "Example policies"). Of the catalogue only the database that irtui makes. A copy reads its source; whoever
lets S3 replicate hands it a role."""

UNKNOWN = "irtui does not know the resources of this service's actions"


def reason(action: str) -> str:
    """Why an action stands with the resource `*`; empty where it does not."""
    prefix = action.partition(":")[0]
    if action in UNSCOPED:
        return UNSCOPED[action]
    return "" if prefix in ARNS or prefix in ("iam", "sts") else UNKNOWN
