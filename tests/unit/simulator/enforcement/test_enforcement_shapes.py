"""Credentials and refusals, in the shape and the code of every protocol, also of services that are only refused."""

from collections.abc import Callable

import pytest

from tests.support.enforcement import ALL, DENY, Ground, Probe, Table, tell

TABLE = Table()
UNKNOWN = ("AKIAIOSFODNN7EXAMPLE", "x" * 40, None)


def unknown(service: str, call: str) -> Callable[[Ground], str]:
    return lambda ground: tell(getattr(ground.client(service, UNKNOWN), call))


def forged(service: str, call: str) -> Callable[[Ground], str]:
    """A key that exists, with a secret that is not its own."""

    def ask(ground: Ground) -> str:
        key_id = ground.user(ALL)["AccessKey"]["AccessKeyId"]
        return tell(getattr(ground.client(service, (key_id, "x" * 40, None)), call))

    return ask


def denied(service: str, call: str) -> Callable[[Ground], str]:
    return lambda ground: tell(getattr(ground.client(service, ground.user(ALL, DENY)), call))


SERVICES = {
    # service: (protocol, call, unknown key, wrong secret, denied)
    "iam": ("query", "list_users", "InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
    "sns": ("query", "list_topics", "InvalidClientTokenId", "SignatureDoesNotMatch", "AuthorizationError"),
    "ec2": ("ec2", "describe_instances", "AuthFailure", "AuthFailure", "UnauthorizedOperation"),
    "s3": ("rest-xml", "list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied"),
    "cloudfront": ("rest-xml", "list_distributions", "InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
    "cloudtrail": ("json 1.1", "describe_trails", "UnrecognizedClientException", "InvalidSignatureException",
                   "AccessDeniedException"),
    "kms": ("json 1.1", "list_keys", "UnrecognizedClientException", "InvalidSignatureException",
            "AccessDeniedException"),
    "dynamodb": ("json 1.0", "list_tables", "UnrecognizedClientException", "InvalidSignatureException",
                 "AccessDeniedException"),
    "sqs": ("json 1.0 with query codes", "list_queues", "InvalidClientTokenId", "SignatureDoesNotMatch",
            "AccessDenied"),
    "guardduty": ("rest-json", "list_detectors", "UnrecognizedClientException", "InvalidSignatureException",
                  "AccessDeniedException"),
    "lambda": ("rest-json", "list_functions", "UnrecognizedClientException", "InvalidSignatureException",
               "AccessDeniedException"),
    "cloudwatch": ("rpc-v2-cbor", "list_metrics", "InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
}  # fmt: skip
MOTO = {
    # service: what bare moto answers to the same three
    "iam": ("InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
    "sns": ("InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
    "ec2": ("AuthFailure", "AuthFailure", "AccessDenied"),
    "s3": ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied"),
    "cloudfront": ("", "", ""),
    "cloudtrail": ("403", "403", "403"),
    "kms": ("403", "403", "403"),
    "dynamodb": ("403", "403", "403"),
    "sqs": ("403", "403", "403"),
    "guardduty": ("403", "403", "403"),
    "lambda": ("403", "403", "403"),
    "cloudwatch": ("403", "403", "403"),
}  # fmt: skip
for service, (protocol, call, *aws) in SERVICES.items():
    bare_answers = MOTO[service]
    kinds = ((unknown, "an unknown key"), (forged, "a wrong secret"), (denied, "a denied caller"))
    for (make, what), answer, moto_answer in zip(kinds, aws, bare_answers, strict=True):
        rule = f"{service} ({protocol}) answers {what} in its own code and shape."
        TABLE.append(Probe(f"{service}_{make.__name__}", rule, make(service, call), answer, moto_answer))


@TABLE.row(
    "Nothing is allowed by default, also where no operation is simulated.",
    aws="UnauthorizedOperation",
    moto="AccessDenied",
)
def not_simulated_and_not_allowed(ground: Ground) -> str:
    return tell(ground.client("ec2", ground.user({**ALL, "Action": "s3:*"})).describe_instances)


@TABLE.row("What may be allowed and is not simulated is said to be so, and is no answer of AWS.", aws="NotSimulated",
           moto="ok")  # fmt: skip
def not_simulated(ground: Ground) -> str:
    return tell(ground.client("ec2", ground.user({**ALL, "Action": "ec2:*"})).describe_instances)


@TABLE.row(
    "A Deny of one resource is not certain where the resource is not known.",
    aws="NotSimulated",
    moto="NotFoundException",
)
def not_simulated_and_uncertain(ground: Ground) -> str:
    other = {**DENY, "Resource": "arn:aws:kms:*:*:key/other"}
    return tell(ground.client("kms", ground.user(ALL, other)).get_key_rotation_status, KeyId="one")


@TABLE.row("An inactive key is as unknown.", aws="InvalidClientTokenId", moto="ok")
def inactive_key(ground: Ground) -> str:
    key = ground.user(ALL)["AccessKey"]
    ground.client("iam").update_access_key(UserName=key["UserName"], AccessKeyId=key["AccessKeyId"], Status="Inactive")
    return tell(ground.client("sts", {"AccessKey": key}).get_caller_identity)


@TABLE.row(
    "An inactive key is unknown to JSON services in their own code.", aws="UnrecognizedClientException", moto="ok"
)
def inactive_key_json(ground: Ground) -> str:
    key = ground.user(ALL)["AccessKey"]
    ground.client("iam").update_access_key(UserName=key["UserName"], AccessKeyId=key["AccessKeyId"], Status="Inactive")
    return tell(ground.client("kms", {"AccessKey": key}).list_keys)


@TABLE.row("A key that is active again works again.", aws="ok", moto="ok")
def reactivated_key(ground: Ground) -> str:
    key = ground.user(ALL)["AccessKey"]
    for status in ("Inactive", "Active"):
        ground.client("iam").update_access_key(UserName=key["UserName"], AccessKeyId=key["AccessKeyId"], Status=status)
    return tell(ground.client("sts", {"AccessKey": key}).get_caller_identity)


@TABLE.row("A deleted key is unknown.", aws="InvalidClientTokenId", moto="InvalidClientTokenId")
def deleted_key(ground: Ground) -> str:
    key = ground.user(ALL)["AccessKey"]
    ground.client("iam").delete_access_key(UserName=key["UserName"], AccessKeyId=key["AccessKeyId"])
    return tell(ground.client("sts", {"AccessKey": key}).get_caller_identity)


@TABLE.row("A session's key without its token is worthless.", aws="InvalidClientTokenId", moto="InvalidClientTokenId")
def session_without_token(ground: Ground) -> str:
    made = ground.client("sts", ground.user(ALL)).get_session_token()["Credentials"]
    return tell(ground.client("sts", (made["AccessKeyId"], made["SecretAccessKey"], None)).get_caller_identity)


@pytest.mark.parametrize("probe", TABLE, ids=[probe.id for probe in TABLE])
def test_shapes(probe: Probe, referee: Ground, bare: Ground) -> None:
    """The referee answers as AWS does; bare moto as it did when this was written."""
    assert (probe.asked(referee), probe.asked(bare)) == (probe.aws, probe.moto), probe.rule
