"""Read, change, destroy: decided by the operation."""

import pytest

from irtui.aws.effects import CHANGING, EXCEPTIONS, READING, effect, effect_of, reason, verb
from irtui.aws.models import known, operations, reply_shape, services
from irtui.model.call import Call
from irtui.model.effect import Effect


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("iam.GetUser", Effect.READ),
        ("iam.GenerateCredentialReport", Effect.READ),
        ("iam.SimulatePrincipalPolicy", Effect.READ),
        ("cloudtrail.LookupEvents", Effect.READ),
        ("secretsmanager.GetSecretValue", Effect.READ),
        ("dynamodb.BatchGetItem", Effect.READ),
        ("cognito-idp.AdminGetUser", Effect.READ),
        ("sts.GetCallerIdentity", Effect.READ),
        ("sts.AssumeRole", Effect.CHANGE),
        ("sts.GetSessionToken", Effect.CHANGE),
        ("sts.GetFederationToken", Effect.CHANGE),
        ("ecr.GetAuthorizationToken", Effect.CHANGE),
        ("redshift.GetClusterCredentials", Effect.CHANGE),
        ("iam.UpdateAccessKey", Effect.CHANGE),
        ("iam.PutUserPolicy", Effect.CHANGE),
        ("iam.DetachUserPolicy", Effect.CHANGE),
        ("iam.RemoveUserFromGroup", Effect.CHANGE),
        ("cognito-idp.AdminDisableUser", Effect.CHANGE),
        ("iam.DeleteUserPolicy", Effect.DESTROY),
        ("iam.DeleteAccessKey", Effect.DESTROY),
        ("ec2.TerminateInstances", Effect.DESTROY),
        ("kms.ScheduleKeyDeletion", Effect.DESTROY),
        ("s3.PutBucketLifecycleConfiguration", Effect.DESTROY),
        ("dynamodb.ExecuteStatement", Effect.DESTROY),
        ("dynamodb.BatchWriteItem", Effect.DESTROY),
        ("iam.GetNoSuchThing", Effect.DESTROY),
        ("nosuch.GetThing", Effect.DESTROY),
        ("iam.", Effect.DESTROY),
    ],
)
def test_known_operations(name: str, expected: Effect) -> None:
    """The operations that runbooks use, and the traps among names, have the effect that they have."""
    assert effect(*name.split(".")) is expected


def test_only_a_reading_verb_reads() -> None:
    """Over every operation of every service: READ needs a reading verb or a listed exception."""
    names = [(service, operation) for service in services() for operation in operations(service)]
    assert len(names) > 10_000
    for service, operation in names:
        if effect(service, operation) is Effect.READ and f"{service}.{operation}" not in EXCEPTIONS:
            assert verb(operation) in READING, f"{service}.{operation}"
        if verb(operation) not in READING | CHANGING and f"{service}.{operation}" not in EXCEPTIONS:
            assert effect(service, operation) is Effect.DESTROY


def test_a_write_that_cannot_overwrite_destroys_nothing() -> None:
    """S3 refuses it where an object of that name stands; with any other condition, or none, it may destroy one."""
    put = {"Bucket": "b", "Key": "k"}
    assert effect_of(Call("s3", "PutObject", {**put, "IfNoneMatch": "*"})) is Effect.CHANGE
    for more in ({}, {"IfNoneMatch": ""}, {"IfNoneMatch": '"etag"'}, {"IfMatch": "*"}):
        assert effect_of(Call("s3", "PutObject", {**put, **more})) is Effect.DESTROY
    assert effect_of(Call("s3", "CopyObject", {**put, "IfNoneMatch": "*"})) is Effect.DESTROY


def test_what_hands_out_credentials_is_never_a_read() -> None:
    """Over every operation: a reply with fresh credentials at its top is a change."""
    secrets = {
        "Credentials",
        "credentials",
        "SecretAccessKey",
        "secretAccessKey",
        "SessionToken",
        "sessionToken",
        "DbPassword",
        "dbPassword",
        "roleCredentials",
        "AuthToken",
        "authToken",
        "authorizationToken",
        "WebIdentityToken",
        "workloadAccessToken",
        "accessToken",
        "AccessToken",
        "EmbedUrl",
        "masterUserPassword",
    }
    stored = {
        "apigateway.GetIntegration": "the ARN of a role",
        "cognito-idp.ListWebAuthnCredentials": "the names of registered passkeys",
    }
    for service in services():
        for operation in operations(service):
            shape = reply_shape(service, operation)
            if shape and secrets & set(shape.members) and f"{service}.{operation}" not in stored:
                assert effect(service, operation) is not Effect.READ, f"{service}.{operation}"


def test_every_exception_exists_differs_and_has_a_reason() -> None:
    """The table holds operations that botocore has, each with a sentence, none that its verb would give anyway."""
    for name, (given, why) in EXCEPTIONS.items():
        service, _, operation = name.partition(".")
        assert known(service, operation), name
        assert why and reason(service, operation) == why
        word = verb(operation)
        by_verb = Effect.READ if word in READING else Effect.CHANGE if word in CHANGING else Effect.DESTROY
        assert given is not by_verb, name
    assert reason("iam", "GetUser") == ""
    assert not READING & CHANGING
