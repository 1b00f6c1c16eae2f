"""What the simulator says of itself: limits, events, gaps, weather, control."""

import http.client
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.support.lab import Lab, Tell

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"ans-{next(_numbers)}"


@pytest.fixture
def fair(lab: Lab) -> Iterator[Callable[..., None]]:
    yield lab.world.weather
    lab.world.weather()


NOT_SIMULATED = [
    ("query", "iam", "get_service_last_accessed_details", {"JobId": "0" * 36}),
    ("query of another service", "rds", "describe_db_instances", {}),
    ("json", "cloudtrail", "list_channels", {}),
    ("json of another service", "secretsmanager", "list_secrets", {}),
    ("rest-json", "guardduty", "list_detectors", {}),
    ("rest-xml", "cloudfront", "list_distributions", {}),
    ("s3 sub-resource that moto would answer OK", "s3", "get_bucket_abac", {"Bucket": "bucket"}),
    ("ec2", "ec2", "describe_instances", {}),
    ("cbor", "cloudwatch", "list_metrics", {}),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "service", "call", "params"), NOT_SIMULATED, ids=[row[0] for row in NOT_SIMULATED])
def test_what_is_not_simulated_says_so(lab: Lab, shape: str, service: str, call: str, params: Any) -> None:
    """501 NotSimulated in the protocol's own shape: never HTML, never an answer of AWS, never retried."""
    with pytest.raises(ClientError) as refused:
        getattr(lab.client(service), call)(**params)
    assert refused.value.response["Error"]["Code"] == "NotSimulated"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def raw(
    lab: Lab, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", int(lab.world.url.rsplit(":", 1)[1]), timeout=5)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, data


def test_a_missing_parameter_is_a_validation_error(lab: Lab, tell: Tell) -> None:
    """What botocore would not even send is refused as AWS refuses it."""
    client = lab.client("iam")

    def strip(params: Any, **_: Any) -> None:
        params["body"].pop("UserName")

    client.meta.events.register("before-call.iam.DeleteUser", strip)
    assert tell(client.delete_user, UserName="eve") == "ValidationError"


def test_a_new_key_is_found_by_what_made_it(lab: Lab, name: str) -> None:
    """CreateAccessKey is found by the id of the new key, as the resource it made."""
    made = lab.user(name)["AccessKey"]["AccessKeyId"]
    assert [event["EventName"] for event in lookup(lab, "ResourceName", made)] == ["CreateAccessKey"]


def test_motos_own_api_is_closed(lab: Lab) -> None:
    """/moto-api is not reachable by anybody."""
    status, body = raw(lab, "POST", "/moto-api/reset")
    assert status == 403
    assert b"AccessDenied" in body


@pytest.mark.parametrize("path", ["/_world/clock", "/_world/judge", "/_world/stop", "/_world/operator"])
def test_the_worlds_control_needs_its_token(lab: Lab, path: str) -> None:
    """Without the token nothing of the world's control answers."""
    assert raw(lab, "GET", path)[0] == 403
    assert raw(lab, "GET", path, {"X-Sim-Token": "ü"})[0] == 403


def lookup(lab: Lab, key: str, value: str, region: str = "us-east-1", **params: Any) -> list[dict[str, Any]]:
    lab.world.advance(301)  # by then everything is delivered
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    pages = lab.client("cloudtrail", region=region).get_paginator("lookup_events")
    return [e for page in pages.paginate(LookupAttributes=attributes, **params) for e in page["Events"]]


def test_every_call_becomes_an_event(lab: Lab, tell: Tell, name: str) -> None:
    """Successes and denials are found by key, with what was asked and answered, newest first."""
    key = lab.user(name)
    key_id = key["AccessKey"]["AccessKeyId"]
    lab.client("sts", key).get_session_token()
    assert tell(lab.client("iam", key).list_users) == "AccessDenied"
    denied, token = lookup(lab, "AccessKeyId", key_id)
    record = json.loads(denied["CloudTrailEvent"])
    assert (record["eventName"], record["errorCode"], record["readOnly"]) == ("ListUsers", "AccessDenied", True)
    assert record["userIdentity"]["userName"] == denied["Username"] == name
    assert record["sourceIPAddress"] == "192.0.2.10"
    record = json.loads(token["CloudTrailEvent"])
    made = record["responseElements"]["credentials"]["accessKeyId"]
    assert {"ResourceType": "AWS::IAM::AccessKey", "ResourceName": made} in token["Resources"]
    assert made.startswith("ASIA")


def test_events_hold_no_secret(lab: Lab, name: str) -> None:
    """No secret key, token or password of anybody is in any event."""
    key = lab.user(name, ALL)
    session = lab.client("sts", key).get_session_token()["Credentials"]
    lab.client("iam").create_login_profile(UserName=name, Password="Correct-Horse-7!")
    issued = lab.client("iam").create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    text = json.dumps(lab.world.events())
    for secret in (
        key["AccessKey"]["SecretAccessKey"], session["SecretAccessKey"], session["SessionToken"], "Correct-Horse-7!",
        issued["ServiceSpecificCredential"]["ServicePassword"],
    ):  # fmt: skip
        assert secret not in text


def test_lookup_takes_one_attribute_and_pages_by_fifty(lab: Lab, tell: Tell, name: str) -> None:
    """LookupEvents: one attribute, at most 50 a page, no event twice even while new ones come."""
    key = lab.user(name, ALL)
    mine = lab.client("iam", key)
    for _ in range(60):
        mine.list_users(MaxItems=1)
    trail = lab.client("cloudtrail", key)
    lab.world.advance(1)  # two lookups a second
    two = [{"AttributeKey": "EventName", "AttributeValue": "x"}, {"AttributeKey": "Username", "AttributeValue": "y"}]
    assert tell(trail.lookup_events, LookupAttributes=two) == "InvalidLookupAttributesException"
    assert tell(trail.lookup_events, MaxResults=51) == "InvalidMaxResultsException"
    found = lookup(lab, "Username", name)
    assert len(found) == 62
    assert len({event["EventId"] for event in found}) == 62
    lab.world.advance(1)
    page = trail.lookup_events(LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": name}])
    assert len(page["Events"]) == 50
    assert page["NextToken"]


def test_events_belong_to_a_region_and_iam_to_us_east_1(lab: Lab, name: str) -> None:
    """IAM is recorded in us-east-1, regional STS where it was called, and history ends after 90 days."""
    key = lab.user(name, ALL)
    lab.client("iam", key, region="eu-central-1").list_users()
    lab.client("sts", key, region="eu-central-1").get_session_token()
    assert [e["EventName"] for e in lookup(lab, "Username", name)] == ["ListUsers"]
    assert [e["EventName"] for e in lookup(lab, "Username", name, "eu-central-1")] == ["GetSessionToken"]


def test_service_specific_credentials(lab: Lab, tell: Tell, name: str) -> None:
    """All five operations that moto lacks, with the limit of two a service."""
    lab.user(name)
    iam, service = lab.client("iam"), "codecommit.amazonaws.com"
    made = iam.create_service_specific_credential(UserName=name, ServiceName=service)["ServiceSpecificCredential"]
    key = {"UserName": name, "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    iam.update_service_specific_credential(**key, Status="Inactive")
    listed = iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]
    assert [(c["Status"], "ServicePassword" in c) for c in listed] == [("Inactive", False)]
    again = iam.reset_service_specific_credential(**key)["ServiceSpecificCredential"]
    assert again["ServicePassword"] != made["ServicePassword"]
    iam.create_service_specific_credential(UserName=name, ServiceName=service)
    assert tell(iam.create_service_specific_credential, UserName=name, ServiceName=service) == "LimitExceeded"
    iam.delete_service_specific_credential(**key)
    assert tell(iam.delete_service_specific_credential, **key) == "NoSuchEntity"


def test_access_key_info_and_last_use(lab: Lab, tell: Tell, name: str) -> None:
    """The account is in the key id, also of keys from elsewhere; any use counts, also a denied one."""
    sts, iam = lab.client("sts"), lab.client("iam")
    key = lab.user(name)
    key_id = key["AccessKey"]["AccessKeyId"]
    assert sts.get_access_key_info(AccessKeyId=key_id)["Account"] == "111122223333"
    assert sts.get_access_key_info(AccessKeyId="AKIAWO645SY5AJQOIHL2")["Account"] == "444455556666"
    assert tell(sts.get_access_key_info, AccessKeyId="AKIA" + "!" * 16) == "ValidationError"
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    assert tell(lab.client("s3", key, region="eu-west-1").list_buckets) == "AccessDenied"
    used = iam.get_access_key_last_used(AccessKeyId=key_id)
    assert (used["UserName"], used["AccessKeyLastUsed"]["ServiceName"]) == (name, "s3")
    assert used["AccessKeyLastUsed"]["Region"] == "eu-west-1"


def test_weather_throttles_so_often_and_no_more(lab: Lab, tell: Tell, fair: Callable[..., None]) -> None:
    """`times` requests are throttled in the service's own code, the next is answered."""
    fair({"effect": "throttle", "service": "iam", "operation": "ListUsers", "times": 2})
    codes = [tell(lab.client("iam").list_users) for _ in range(3)]
    assert codes == ["Throttling", "Throttling", "ok"]


@pytest.mark.parametrize(
    ("effect", "acted"), [("drop", False), ("drop_after", True), ("error", False), ("error_after", True)]
)
def test_weather_that_leaves_doubt(lab: Lab, fair: Callable[..., None], name: str, effect: str, acted: bool) -> None:
    """A closed connection or a 5xx says nothing of whether the call was done; here both kinds exist."""
    fair({"effect": effect, "service": "iam", "operation": "CreateUser", "times": 1})
    with pytest.raises((ConnectionClosedError, ClientError)):
        lab.client("iam").create_user(UserName=name)
    users = {user["UserName"] for user in lab.client("iam").list_users()["Users"]}
    assert (name in users) is acted
    last = [r for r in lab.world.requests() if r["operation"] == "CreateUser"][-1]
    assert last["status"] == (0 if "drop" in effect else 503 if effect == "error" else 500)


def test_weather_delays_beyond_a_timeout(lab: Lab, fair: Callable[..., None], name: str) -> None:
    """A slow answer is still an act: the client gives up, the world does not."""
    fair({"effect": "delay", "service": "iam", "operation": "TagUser", "seconds": 6, "times": 1})
    lab.user(name)
    with pytest.raises(ReadTimeoutError):
        lab.client("iam").tag_user(UserName=name, Tags=[{"Key": "k", "Value": "v"}])


def test_weather_denies_and_sessions_expire(lab: Lab, tell: Tell, fair: Callable[..., None]) -> None:
    """A permission can be taken away for a while, and the operator's session can end in the middle."""
    fair({"effect": "deny", "operation": "ListRoles", "access_key_id": lab.operator[0]})
    assert (tell(lab.client("iam").list_roles), tell(lab.client("iam").list_users)) == ("AccessDenied", "ok")
    seat = lab.world.operator_credentials()
    mine = lab.client("iam", (seat.access_key_id, seat.secret_access_key, seat.session_token))
    lab.world.expire(seat.access_key_id)
    assert tell(mine.list_users) == "ExpiredToken"


def test_the_clock_moves_sessions_and_dates(lab: Lab, tell: Tell, name: str) -> None:
    """The world's time is one: sessions run out by it, and what is made is dated by it."""
    key = lab.user(name, ALL)
    session = lab.client("sts", key).get_session_token(DurationSeconds=900)
    before = lab.world.now()
    after = lab.world.advance(901)
    assert 901 <= (after - before).total_seconds() < 60 + 901
    assert tell(lab.client("s3", session).list_buckets) == "ExpiredToken"
    made = lab.client("iam").create_access_key(UserName=name)["AccessKey"]["CreateDate"]
    assert abs((made - after).total_seconds()) < 60


def test_the_source_address_is_the_worlds_to_set(lab: Lab, name: str) -> None:
    """A client without the token cannot claim an address."""
    client = lab.client("iam", lab.user(name, ALL))
    client.meta.events.register(
        "before-sign.iam.*", lambda request, **_: request.headers.add_header("X-Sim-Source-IP", "10.9.8.7")
    )
    client.list_users()
    seen = {e["sourceIPAddress"] for e in lab.world.events() if e["userIdentity"].get("userName") == name}
    assert seen == {"192.0.2.10"}
    lab.world.judge()
    lab.world.advance(3600)  # the adversary acts on its clock, from its own address
    assert "203.0.113.66" in {e["sourceIPAddress"] for e in lab.world.events()}
