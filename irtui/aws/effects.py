"""What an operation does to the account: read, change or destroy. Decided here, never by who writes a runbook.

Rules: the exceptions first, each with its reason; then the verb. READ needs a verb that is listed as reading;
what hands out credentials is a CHANGE, however it is called. A verb nobody listed, and an operation that
botocore does not know, is DESTROY.
"""

import re
from functools import lru_cache

from irtui.aws.models import known
from irtui.model.call import Call
from irtui.model.effect import Effect

READING = frozenset({"Describe", "Filter", "Get", "Head", "List", "Lookup", "Search", "Simulate"})
CHANGING = frozenset({
    "Accept", "Activate", "Add", "Allocate", "Assign", "Associate", "Assume", "Attach", "Authorize", "Change",
    "Configure", "Confirm", "Copy", "Create", "Deactivate", "Detach", "Disable", "Disassociate", "Enable",
    "Generate", "Grant", "Import", "Initiate", "Invite", "Lock", "Modify", "Move", "Publish", "Put",
    "Reactivate", "Register", "Reject", "Replace", "Request", "Resend", "Resume", "Rotate", "Run", "Send",
    "Set", "Share", "Start", "Stop", "Submit", "Suspend", "Tag", "Unassign", "Unlock", "Untag", "Update",
    "Upgrade", "Upload",
})  # fmt: skip

_CREDENTIALS = "its reply is credentials or a signed-in address: whoever has it can act"
_DATA_LOSS = "it can make data, or the means to read it, unrecoverable"
_STATEMENT = "the statement decides what it does"

EXCEPTIONS: dict[str, tuple[Effect, str]] = {
    "accessanalyzer.CheckAccessNotGranted": (Effect.READ, "judges a policy text; keeps nothing"),
    "accessanalyzer.CheckNoNewAccess": (Effect.READ, "judges a policy text; keeps nothing"),
    "accessanalyzer.CheckNoPublicAccess": (Effect.READ, "judges a policy text; keeps nothing"),
    "accessanalyzer.ValidatePolicy": (Effect.READ, "judges a policy text; keeps nothing"),
    "cloudtrail.StartQuery": (Effect.READ, "CloudTrail Lake takes only SELECT"),
    "config.SelectAggregateResourceConfig": (Effect.READ, "takes only SELECT"),
    "config.SelectResourceConfig": (Effect.READ, "takes only SELECT"),
    "dynamodb.Query": (Effect.READ, "reads items; PartiQL has operations of its own"),
    "dynamodb.Scan": (Effect.READ, "reads items; PartiQL has operations of its own"),
    "iam.GenerateCredentialReport": (Effect.READ, "makes a report that GetCredentialReport then reads"),
    "iam.GenerateOrganizationsAccessReport": (Effect.READ, "makes a report that is then read"),
    "iam.GenerateServiceLastAccessedDetails": (Effect.READ, "makes a report that is then read"),
    "logs.TestMetricFilter": (Effect.READ, "judges a pattern by texts that are given; keeps nothing"),
    "logs.StartQuery": (Effect.READ, "a Logs Insights query only reads"),
    "sts.DecodeAuthorizationMessage": (Effect.READ, "decodes a text; keeps nothing"),
    # named like reads, but they make something, use something up, or reach somebody
    "acm.GetAcmeExternalAccountBindingCredentials": (Effect.CHANGE, _CREDENTIALS),
    "account-access-runtime.GetRoleCredentials": (Effect.CHANGE, _CREDENTIALS),
    "amplifybackend.GetToken": (Effect.CHANGE, _CREDENTIALS),
    "apigateway.GetSdk": (Effect.CHANGE, "generates a client of the API"),
    "athena.GetSessionEndpoint": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetResourceApiKey": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetResourceOauth2Token": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetResourcePaymentToken": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetWorkloadAccessToken": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetWorkloadAccessTokenForJWT": (Effect.CHANGE, _CREDENTIALS),
    "bedrock-agentcore.GetWorkloadAccessTokenForUserId": (Effect.CHANGE, _CREDENTIALS),
    "cloudwatchomni.GetSpaceCredentialsForOrganization": (Effect.CHANGE, _CREDENTIALS),
    "cloudwatchomni.GetSpaceDataAccess": (Effect.CHANGE, _CREDENTIALS),
    "codeartifact.GetAuthorizationToken": (Effect.CHANGE, _CREDENTIALS),
    "cognito-identity.GetCredentialsForIdentity": (Effect.CHANGE, _CREDENTIALS),
    "cognito-identity.GetId": (Effect.CHANGE, "makes an identity where there is none"),
    "cognito-identity.GetOpenIdToken": (Effect.CHANGE, _CREDENTIALS),
    "cognito-identity.GetOpenIdTokenForDeveloperIdentity": (Effect.CHANGE, _CREDENTIALS),
    "cognito-idp.GetClientToken": (Effect.CHANGE, _CREDENTIALS),
    "cognito-idp.GetDerivedToken": (Effect.CHANGE, _CREDENTIALS),
    "cognito-idp.GetTokensFromRefreshToken": (Effect.CHANGE, _CREDENTIALS),
    "cognito-idp.GetUserAttributeVerificationCode": (Effect.CHANGE, "sends a code to the user"),
    "connect.GetFederationToken": (Effect.CHANGE, _CREDENTIALS),
    "connectparticipant.GetAuthenticationUrl": (Effect.CHANGE, _CREDENTIALS),
    "continuum.GetCollectorDataAccessAuthorization": (Effect.CHANGE, _CREDENTIALS),
    "datazone.GetConnection": (Effect.CHANGE, _CREDENTIALS),
    "datazone.GetEnvironmentCredentials": (Effect.CHANGE, _CREDENTIALS),
    "datazone.GetIamPortalLoginUrl": (Effect.CHANGE, _CREDENTIALS),
    "ecr-public.GetAuthorizationToken": (Effect.CHANGE, _CREDENTIALS),
    "ecr.GetAuthorizationToken": (Effect.CHANGE, _CREDENTIALS),
    "emr-containers.GetManagedEndpointSessionCredentials": (Effect.CHANGE, _CREDENTIALS),
    "emr-serverless.GetDashboardForJobRun": (Effect.CHANGE, _CREDENTIALS),
    "emr-serverless.GetResourceDashboard": (Effect.CHANGE, _CREDENTIALS),
    "emr-serverless.GetSessionEndpoint": (Effect.CHANGE, _CREDENTIALS),
    "emr.GetClusterSessionCredentials": (Effect.CHANGE, _CREDENTIALS),
    "emr.GetOnClusterAppUIPresignedURL": (Effect.CHANGE, _CREDENTIALS),
    "emr.GetPersistentAppUIPresignedURL": (Effect.CHANGE, _CREDENTIALS),
    "emr.GetSessionEndpoint": (Effect.CHANGE, _CREDENTIALS),
    "evs.GetDepotUrl": (Effect.CHANGE, _CREDENTIALS),
    "gamelift.GetComputeAccess": (Effect.CHANGE, _CREDENTIALS),
    "gamelift.GetComputeAuthToken": (Effect.CHANGE, _CREDENTIALS),
    "glue.GetDashboardUrl": (Effect.CHANGE, _CREDENTIALS),
    "lakeformation.GetTemporaryDataLocationCredentials": (Effect.CHANGE, _CREDENTIALS),
    "lakeformation.GetTemporaryGlueFunctionCredentials": (Effect.CHANGE, _CREDENTIALS),
    "lakeformation.GetTemporaryGluePartitionCredentials": (Effect.CHANGE, _CREDENTIALS),
    "lakeformation.GetTemporaryGlueTableCredentials": (Effect.CHANGE, _CREDENTIALS),
    "license-manager.GetAccessToken": (Effect.CHANGE, _CREDENTIALS),
    "lightsail.GetInstanceAccessDetails": (Effect.CHANGE, _CREDENTIALS),
    "lightsail.GetRelationalDatabaseMasterUserPassword": (Effect.CHANGE, _CREDENTIALS),
    "m2.GetSignedBluinsightsUrl": (Effect.CHANGE, _CREDENTIALS),
    "marketplace-reporting.GetBuyerDashboard": (Effect.CHANGE, _CREDENTIALS),
    "pca-connector-scep.GetChallengePassword": (Effect.CHANGE, _CREDENTIALS),
    "quicksight.GetDashboardEmbedUrl": (Effect.CHANGE, _CREDENTIALS),
    "quicksight.GetSessionEmbedUrl": (Effect.CHANGE, _CREDENTIALS),
    "redshift-serverless.GetCredentials": (Effect.CHANGE, _CREDENTIALS),
    "redshift-serverless.GetIdentityCenterAuthToken": (Effect.CHANGE, _CREDENTIALS),
    "redshift.GetClusterCredentials": (Effect.CHANGE, _CREDENTIALS + "; it can make a database user"),
    "redshift.GetClusterCredentialsWithIAM": (Effect.CHANGE, _CREDENTIALS),
    "redshift.GetIdentityCenterAuthToken": (Effect.CHANGE, _CREDENTIALS),
    "s3control.GetDataAccess": (Effect.CHANGE, _CREDENTIALS),
    "ssm.GetAccessToken": (Effect.CHANGE, _CREDENTIALS),
    "sso.GetRoleCredentials": (Effect.CHANGE, _CREDENTIALS),
    "stepfunctions.GetActivityTask": (Effect.CHANGE, "takes a task that a worker then does not get"),
    "sts.GetDelegatedAccessToken": (Effect.CHANGE, _CREDENTIALS),
    "sts.GetFederationToken": (Effect.CHANGE, _CREDENTIALS),
    "sts.GetSessionToken": (Effect.CHANGE, _CREDENTIALS),
    "sts.GetWebIdentityToken": (Effect.CHANGE, _CREDENTIALS),
    # taken back by one call
    "cloudtrail.RemoveTags": (Effect.CHANGE, "AddTags puts them back"),
    "ec2.RevokeSecurityGroupEgress": (Effect.CHANGE, "AuthorizeSecurityGroupEgress puts the rule back"),
    "ec2.RevokeSecurityGroupIngress": (Effect.CHANGE, "AuthorizeSecurityGroupIngress puts the rule back"),
    "iam.RemoveRoleFromInstanceProfile": (Effect.CHANGE, "AddRoleToInstanceProfile puts it back"),
    "iam.RemoveUserFromGroup": (Effect.CHANGE, "AddUserToGroup puts it back"),
    "kms.CancelKeyDeletion": (Effect.CHANGE, "keeps a key that would be deleted"),
    "sns.Subscribe": (Effect.CHANGE, "Unsubscribe ends it, and so does the end of the topic"),
    "secretsmanager.RestoreSecret": (Effect.CHANGE, "keeps a secret that would be deleted"),
    # named like changes, but nothing takes them back
    "athena.StartQueryExecution": (Effect.DESTROY, _STATEMENT),
    "kms.PutKeyPolicy": (Effect.DESTROY, "a wrong policy locks everybody out of the key; only AWS Support can undo it"),
    "organizations.AcceptHandshake": (Effect.DESTROY, "moves an account to an organization"),
    "s3.PutBucketLifecycle": (Effect.DESTROY, _DATA_LOSS),
    "s3.PutBucketLifecycleConfiguration": (Effect.DESTROY, _DATA_LOSS),
    "s3.PutObject": (Effect.DESTROY, "overwrites what has no version"),
    "s3.CopyObject": (Effect.DESTROY, "overwrites what has no version"),
    "s3.PutObjectLegalHold": (Effect.DESTROY, "can lift the hold that keeps an object"),
    "s3.PutObjectRetention": (Effect.DESTROY, "can shorten what keeps an object"),
    "timestream-query.CreateScheduledQuery": (Effect.DESTROY, _STATEMENT),
}

_WORD = re.compile(r"[A-Z][a-z0-9]*|[A-Z]+(?![a-z])")
_CARRIERS = frozenset({"Admin", "Batch"})
"""First words that say nothing; the verb comes after them."""


@lru_cache(maxsize=4096)
def effect(service: str, operation: str) -> Effect:
    """READ, CHANGE or DESTROY."""
    exception = EXCEPTIONS.get(f"{service}.{operation}")
    if exception is not None:
        return exception[0]
    if not known(service, operation):
        return Effect.DESTROY
    word = verb(operation)
    if word in READING:
        return Effect.READ
    return Effect.CHANGE if word in CHANGING else Effect.DESTROY


def effect_of(call: Call) -> Effect:
    """The operation's, less what this call's parameters rule out: S3 writes nothing over where `IfNoneMatch` is `*`."""
    if call.name == "s3.PutObject" and call.params.get("IfNoneMatch") == "*":
        return Effect.CHANGE
    return effect(call.service, call.operation)


def verb(operation: str) -> str:
    """`Get` of `GetUser` and of `BatchGetItem`; empty where there is none."""
    words = _WORD.findall(operation)
    while words and words[0] in _CARRIERS:
        words = words[1:]
    return words[0] if words else ""


def reason(service: str, operation: str) -> str:
    """Why an operation is not what its verb says; empty where it is."""
    exception = EXCEPTIONS.get(f"{service}.{operation}")
    return exception[1] if exception else ""
