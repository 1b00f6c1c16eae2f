"""Who may come in: keys and sessions, each service answering in its own code."""

import http.client
import itertools
from typing import Any

import pytest

from tests.support.lab import Lab, Tell

JSON = ("UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException")
CODES = {
    # service: (call, unknown or inactive key, wrong secret, expired session)
    "iam": ("list_users", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
    "sts": ("get_caller_identity", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"),
    "s3": ("list_buckets", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"),
    "cloudtrail": ("describe_trails", *JSON),
    "ec2": ("describe_instances", "AuthFailure", "AuthFailure", "RequestExpired"),
    "guardduty": ("list_detectors", *JSON),
}  # fmt: skip
_numbers = itertools.count()
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture
def name() -> str:
    return f"auth-{next(_numbers)}"


@pytest.mark.parametrize("service", CODES)
def test_unknown_key(lab: Lab, tell: Tell, service: str) -> None:
    """A key that nobody has is refused in the service's own code."""
    call, unknown, _, _ = CODES[service]
    assert tell(getattr(lab.client(service, ("AKIAIOSFODNN7EXAMPLE", "x" * 40, None)), call)) == unknown


@pytest.mark.parametrize("service", CODES)
def test_wrong_secret(lab: Lab, tell: Tell, service: str) -> None:
    """The signature is verified: knowing a key id is not enough."""
    call, _, wrong, _ = CODES[service]
    key, _, token = lab.operator
    assert tell(getattr(lab.client(service, (key, "x" * 40, token)), call)) == wrong


@pytest.mark.parametrize("service", CODES)
def test_expired_session(lab: Lab, tell: Tell, service: str, name: str) -> None:
    """A session that has run out is told so."""
    session = lab.client("sts", lab.user(name, ALL)).get_session_token()
    lab.world.expire(session["Credentials"]["AccessKeyId"])
    call, _, _, expired = CODES[service]
    assert tell(getattr(lab.client(service, session), call)) == expired


@pytest.mark.parametrize("service", ["iam", "sts", "s3", "cloudtrail"])
def test_inactive_and_deleted_keys_are_as_unknown(lab: Lab, tell: Tell, service: str, name: str) -> None:
    """moto lets an inactive key go on; AWS does not, not even for GetCallerIdentity."""
    call, unknown, _, _ = CODES[service]
    key = lab.user(name, ALL)
    theirs = getattr(lab.client(service, key), call)
    assert tell(theirs) == "ok"
    iam, key_id = lab.client("iam"), key["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName=name, AccessKeyId=key_id, Status="Inactive")
    assert tell(theirs) == unknown
    iam.update_access_key(UserName=name, AccessKeyId=key_id, Status="Active")
    assert tell(theirs) == "ok"
    iam.delete_access_key(UserName=name, AccessKeyId=key_id)
    assert tell(theirs) == unknown


def test_a_session_needs_its_own_token(lab: Lab, tell: Tell) -> None:
    """A session's key without its token, or with another's, is worthless."""
    key, secret, _ = lab.operator
    assert tell(lab.client("iam", (key, secret, None)).list_users) == "InvalidClientTokenId"
    assert tell(lab.client("iam", (key, secret, "IQoJ" + "x" * 80)).list_users) == "InvalidClientTokenId"


@pytest.mark.parametrize("body", [b"Action=ListUsers&Version=2010-05-08", b""])
def test_unsigned_requests_are_refused(lab: Lab, body: bytes) -> None:
    """Without a signature nothing is answered, and never with HTML."""
    connection = http.client.HTTPConnection("127.0.0.1", int(lab.world.url.rsplit(":", 1)[1]), timeout=5)
    connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    response = connection.getresponse()
    assert response.status == 403
    assert b"<html" not in response.read().lower()
    connection.close()


def test_a_request_changed_on_the_way_is_refused(lab: Lab, tell: Tell) -> None:
    """The signature covers the body."""
    client = lab.client("iam", region="us-east-1")

    def tamper(request: Any, **_: Any) -> None:
        request.body = request.body.replace("nobody-1", "nobody-2")

    client.meta.events.register("before-send.iam.GetUser", tamper)
    try:
        assert tell(client.get_user, UserName="nobody-1") == "SignatureDoesNotMatch"
    finally:
        client.meta.events.unregister("before-send.iam.GetUser", tamper)
