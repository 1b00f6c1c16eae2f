"""How true each operation is to AWS: exact, approximate (with the reason), or not simulated.

Rules: whether an operation is simulated at all is asked of what answers requests, never written down here. Exact is
claimed only where the answers were compared with AWS's documentation and are tested; whatever nobody compared is
approximate and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from botocore.loaders import Loader

from irtui.simulator import backend
from irtui.simulator.gaps import GAPS
from irtui.simulator.resources import SERVICES

Label = Literal["exact", "approximate", "not simulated"]


@dataclass(frozen=True, slots=True)
class Fidelity:
    label: Label
    why: str = ""
    """One sentence; empty when exact."""


EXACT = Fidelity("exact")
NOT_SIMULATED = Fidelity("not simulated", "The simulator refuses it with NotSimulated; AWS would answer.")
_UNCOMPARED = Fidelity("approximate", "It is kept and answered by moto, and nobody compared the answer with AWS's.")

_PROPAGATION = (
    "What it changes is enforced after a drawn delay of a few seconds; AWS names no bound, and has taken minutes."
)
_PROPAGATES = (
    "CreateUser UpdateUser DeleteUser CreateRole UpdateRole DeleteRole CreateAccessKey UpdateAccessKey DeleteAccessKey "
    "PutUserPolicy DeleteUserPolicy AttachUserPolicy DetachUserPolicy PutRolePolicy DeleteRolePolicy AttachRolePolicy "
    "DetachRolePolicy PutGroupPolicy DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy AddUserToGroup "
    "RemoveUserFromGroup UpdateAssumeRolePolicy CreatePolicyVersion DeletePolicyVersion SetDefaultPolicyVersion "
    "DeletePolicy PutUserPermissionsBoundary DeleteUserPermissionsBoundary PutRolePermissionsBoundary "
    "DeleteRolePermissionsBoundary TagUser UntagUser TagRole UntagRole"
)
_ONE_PAGE = "Everything comes on one page, whatever page size is asked for."
_NO_CONSOLE = "There is no console to sign in to, so nobody can use the password."
_NO_TOKENS = "Only virtual devices are simulated, neither hardware tokens nor FIDO keys."
_FIRST_USE = "Every use is recorded at once; AWS records the first of fifteen minutes, and later."
_UNUSABLE = "It is kept, but no simulated service takes such a credential."
_NO_INSIGHTS = "It is kept, but no Insights events are ever made."
_SCP = "What it changes is enforced at once; in AWS it takes a while, and nobody says how long."
_FEATURES = "It is done at once, and root credentials that new members do not get are not simulated."
_ROOT_ALONE = "Of the root user itself, without AssumeRoot, it is not simulated what AWS answers without a UserName."
_CONTACTS = "Every account has the same primary contact, and nobody is written to."
_AT_ONCE = "It is done at once; AWS takes minutes, and may fail on the way."
_BLOCK = (
    "Its block refuses public policies and, under one, other accounts; nobody comes without credentials, there are no "
    "public ACLs, and no block of a whole account."
)
_GROUPS = "Spark, encryption, managed results and metrics of a workgroup are not simulated."
_QUERIES = "It takes a second or two, whatever is asked, and errors are not AWS's to the letter."
_NO_TAGS = "It runs at midnight UTC, by prefix only; AWS takes longer, and knows tags, sizes and transitions."
_VERSIONS = "It is in force at once, and there is no MFA delete."
_WHOLE = "It is refused whole where AWS refuses single keys of it."
_GROUP = "Events are counted and cannot be read; there is no encryption, and one class of groups."
_ALARMS = "Metric alarms only, and of the history the words that matter."
_TOPICS = "Topics have the policy that AWS gives them, and no other attributes."
_NO_KEYS = "Only what CloudTrail encrypts is encrypted with a KMS key, by its state and policy alone."
_COPIES = "It copies at once, neither delete markers nor what a KMS key encrypts; AWS takes minutes."
_LOCKS = "It is in force at once; there is no legal hold, and nobody can change what one object has."
_RETENTION = "Who may not list the bucket is told all the same that there is no such key."
_SUMS = "Checksums that come with it are kept, not compared."
_NO_TAKING = "Nobody can sign in by it."

KMS = tuple(name for service, name in GAPS if service == "kms")
EVENTS = tuple(name for service, name in GAPS if service == "events")
_REASONS: Mapping[str, Mapping[str, str]] = {
    "iam": dict.fromkeys(_PROPAGATES.split(), _PROPAGATION) | {
        "ListUsers": _ONE_PAGE, "ListGroups": _ONE_PAGE, "ListGroupsForUser": _ONE_PAGE, "ListAccessKeys": _ONE_PAGE,
        "ListUserPolicies": _ONE_PAGE, "ListGroupPolicies": _ONE_PAGE, "ListPolicyVersions": _ONE_PAGE,
        "ListInstanceProfiles": _ONE_PAGE, "ListInstanceProfilesForRole": _ONE_PAGE, "ListUserTags": _ONE_PAGE,
        "ListSSHPublicKeys": _ONE_PAGE, "ListSigningCertificates": _ONE_PAGE, "GetGroup": _ONE_PAGE,
        "ListRolePolicies": _ONE_PAGE,
        "CreateLoginProfile": _NO_CONSOLE, "UpdateLoginProfile": _NO_CONSOLE,
        "CreateVirtualMFADevice": "Its picture is a placeholder that carries the address as text, not a QR code.",
        "EnableMFADevice": _NO_TOKENS, "ResyncMFADevice": _NO_TOKENS, "DeactivateMFADevice": _NO_TOKENS,
        "GetAccessKeyLastUsed": f"{_FIRST_USE} Whom it names for a root user's key AWS does not say; here it is root.",
        "GenerateCredentialReport": "It is ready two seconds later; AWS takes as long as the account is large.",
        "GetCredentialReport": _FIRST_USE,
        "GetAccountSummary": "Quotas are AWS's defaults.",
        "EnableOrganizationsRootCredentialsManagement": _FEATURES,
        "DisableOrganizationsRootCredentialsManagement": _FEATURES,
        "EnableOrganizationsRootSessions": _FEATURES, "DisableOrganizationsRootSessions": _FEATURES,
        "GetLoginProfile": _ROOT_ALONE, "DeleteLoginProfile": _ROOT_ALONE,
        "ListVirtualMFADevices": "Of the root user's devices those that a scenario gave it.",
        "GetAccountAuthorizationDetails": "Of AWS's own policies it shows those that somebody has.",
        "GetRole": "The role's last use is the last time it was assumed.",
        "SimulatePrincipalPolicy": "Service control policies are not seen, and positions are those of the given text.",
        "SimulateCustomPolicy": "Service control policies are not seen, and positions are those of the given text.",
        "ListServiceSpecificCredentials": "With AllUsers policies are asked of user/*; AWS does not say of what.",
        "CreateServiceSpecificCredential": _UNUSABLE, "UpdateServiceSpecificCredential": _UNUSABLE,
        "ResetServiceSpecificCredential": _UNUSABLE, "UploadSSHPublicKey": _UNUSABLE, "UpdateSSHPublicKey": _UNUSABLE,
        "UploadSigningCertificate": _UNUSABLE, "UpdateSigningCertificate": _UNUSABLE,
        "CreateSAMLProvider": _NO_TAKING, "UpdateSAMLProvider": _NO_TAKING, "CreateOpenIDConnectProvider": _NO_TAKING,
        "GetServiceLinkedRoleDeletionStatus": "It always says that the deletion has succeeded.",
        "UploadServerCertificate": "Ids and dates are made up.", "ListServerCertificates": "Ids and dates are made up.",
        "GetServerCertificate": "Ids and dates are made up.",
        "UpdateAccountPasswordPolicy": "It is applied to new passwords; none ever expires.",
    },
    "cloudtrail": {
        "LookupEvents": "An event is found after a delay drawn from the scenario's span; AWS says about five minutes "
                        "and promises nothing.",
        "CreateTrail": "Trails of an organization and topics are not simulated.",
        "UpdateTrail": "Trails of an organization and topics are not simulated.",
        "GetTrailStatus": "There are no errors of delivery to topics to be reported; other errors are not AWS's to the "
                          "letter.",
        "GetInsightSelectors": _NO_INSIGHTS, "PutInsightSelectors": _NO_INSIGHTS,
    },
    "logs": {
        "CreateLogGroup": _GROUP, "DescribeLogGroups": _GROUP,
        "PutMetricFilter": "JSON patterns without regular expressions; one metric, no dimensions, no default value.",
        "TestMetricFilter": "JSON patterns without regular expressions; no extracted values are told.",
    },
    "cloudwatch": {
        "PutMetricAlarm": "One metric without dimensions, one period and datapoint, topics as actions; a datapoint has "
                          "the minute in which the event was delivered.",
        "DescribeAlarms": _ALARMS, "DescribeAlarmHistory": _ALARMS, "SetAlarmState": _ALARMS,
    },
    "sns": {
        "CreateTopic": _TOPICS, "GetTopicAttributes": _TOPICS,
        "Subscribe": "By e-mail only; the mail is kept in the world, and somebody of the scenario opens it.",
        "ConfirmSubscription": "It needs a signature; AWS takes the link of the mail from anybody.",
        "ListSubscriptionsByTopic": "Who does not confirm is listed as pending for ever; AWS drops them after days.",
    },
    "sts": {
        "AssumeRoot": "The global endpoint is not told from a regional one, and which feature a task belongs to is "
                      "read from their descriptions.",
    },
    "account": {
        "GetContactInformation": _CONTACTS, "GetAlternateContact": _CONTACTS, "PutAlternateContact": _CONTACTS,
        "DeleteAlternateContact": _CONTACTS, "GetPrimaryEmail": "It is the address with which the account was made.",
    },
    "ec2": {"DescribeRegions": "There are the world's own Region, us-east-1, and those in which something happened."},
    "kms": dict.fromkeys(KMS, "It is in force at once, and nothing is really encrypted; no aliases, no grants."),
    "events": dict.fromkeys(EVENTS, "It is kept and shown, but no event ever reaches a target."),
    "organizations": {
        "AttachPolicy": _SCP, "DetachPolicy": _SCP, "UpdatePolicy": _SCP, "MoveAccount": _SCP, "EnablePolicyType": _SCP,
        "DisablePolicyType": _SCP, "CreateAccount": _AT_ONCE, "CloseAccount": _AT_ONCE,
    },
    "athena": {
        "CreateWorkGroup": _GROUPS, "UpdateWorkGroup": _GROUPS, "GetWorkGroup": _GROUPS, "ListWorkGroups": _GROUPS,
        "DeleteWorkGroup": _GROUPS,
        "StartQueryExecution": "SQL is transpiled by sqlglot and run by DuckDB, over JSON and CloudTrail's logs only; "
                               "its reads and writes in S3 and Glue need the caller's permission and leave no events.",
        "StopQueryExecution": "A query that is stopped has scanned nothing.",
        "GetQueryExecution": _QUERIES, "BatchGetQueryExecution": _QUERIES,
        "ListQueryExecutions": "Queries are kept for ever; AWS keeps them for 45 days.",
        "GetQueryResults": "Words and types are those DuckDB comes to; the .metadata file is JSON.",
        "ListTableMetadata": "Name, type and columns only; no times, comments or parameters.",
    },
    "s3": {
        "CreateBucket": _BLOCK, "PutBucketPolicy": _BLOCK,
        "GetPublicAccessBlock": _BLOCK, "PutPublicAccessBlock": _BLOCK, "DeletePublicAccessBlock": _BLOCK,
        "PutObject": f"{_NO_KEYS} {_SUMS}", "GetObjectRetention": _RETENTION, "GetObject": _NO_KEYS,
        "CopyObject": _NO_KEYS,
        "PutBucketReplication": _COPIES, "GetBucketReplication": _COPIES, "DeleteBucketReplication": _COPIES,
        "PutObjectLockConfiguration": _LOCKS, "GetObjectLockConfiguration": _LOCKS,
        "PutBucketLifecycleConfiguration": _NO_TAGS,
        "DeleteObjects": _WHOLE,
        "ListObjectVersions": _VERSIONS, "GetBucketVersioning": _VERSIONS, "PutBucketVersioning": _VERSIONS,
        "GetBucketLifecycleConfiguration": _NO_TAGS,
    },
}  # fmt: skip

# Compared with AWS's documentation: every row has a test, or was measured when moto was chosen.
_COMPARED: Mapping[str, str] = {
    "iam": "GetUser GetUserPolicy GetRolePolicy GetGroupPolicy GetPolicy GetPolicyVersion GetInstanceProfile ListRoles "
           "ListAttachedUserPolicies ListAttachedRolePolicies ListAttachedGroupPolicies ListPolicies "
           "DeleteSSHPublicKey ListEntitiesForPolicy DeleteSigningCertificate GetSSHPublicKey GetAccountPasswordPolicy "
           "ListRoleTags DeleteAccountPasswordPolicy AddRoleToInstanceProfile RemoveRoleFromInstanceProfile "
           "DeleteInstanceProfile ListAccountAliases",
    "cloudtrail": "ListTrails StartLogging StopLogging AddTags RemoveTags ListTags",
    "organizations": "CreateOrganization CreateOrganizationalUnit CreatePolicy DeletePolicy DescribeAccount "
                     "DescribePolicy DescribeOrganization DescribeOrganizationalUnit ListAccounts "
                     "ListAccountsForParent ListChildren ListParents ListPolicies ListPoliciesForTarget ListRoots "
                     "ListTargetsForPolicy ListOrganizationalUnitsForParent",
    "s3": "ListBuckets DeleteBucket HeadBucket GetBucketLocation ListObjects ListObjectsV2 HeadObject DeleteObject "
          "GetBucketPolicy DeleteBucketPolicy DeleteBucketLifecycle",
}  # fmt: skip


def simulated(service: str, operation: str) -> bool:
    """Whether anything answers it; the referee asks the same."""
    return (service, operation) in GAPS or (service in SERVICES and backend.implements(service, operation))


def of(service: str, operation: str) -> Fidelity:
    """The label of one operation, whether AWS has it or not."""
    if not simulated(service, operation):
        return NOT_SIMULATED
    if (why := _REASONS.get(service, {}).get(operation)) is not None:
        return Fidelity("approximate", why)
    if (service, operation) in GAPS or operation in _COMPARED.get(service, "").split():
        return EXACT
    return _UNCOMPARED


def table() -> tuple[tuple[str, str, Fidelity], ...]:
    """Every operation that botocore knows of the simulated services, those that are not simulated among them.

    Of a service of which only single operations are simulated, these alone.
    """
    models = ((service, Loader().load_service_model(service, "service-2")) for service in SERVICES)
    whole = [(service, name) for service, model in models for name in sorted(model["operations"])]
    single = sorted(each for each in GAPS if each[0] not in SERVICES)
    return tuple((service, name, of(service, name)) for service, name in (*whole, *single))


def named() -> tuple[tuple[str, str], ...]:
    """Operations that are written down here by name; each must be one that is simulated."""
    reasons = [(service, operation) for service, rows in _REASONS.items() for operation in rows]
    return (*reasons, *((service, name) for service, text in _COMPARED.items() for name in text.split()))
