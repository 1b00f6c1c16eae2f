"""LookupEvents as CloudTrail has it: late, slow, by one attribute, a page at a time, of one Region."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab, Tell
from tests.support.trails import ALL

_client: Any = boto3.client


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this file's own, where nobody else acts: its months go by."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=5, folder=tmp_path_factory.mktemp("lookups"))
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="module")
def auditor(own: Lab) -> Any:
    made = own.user("auditor", ALL)
    own.world.advance(60)
    return made


def names(trail: Any, **params: Any) -> list[str]:
    return [event["EventName"] for event in trail.lookup_events(**params)["Events"]]


def by(key: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def test_an_event_is_seen_one_to_five_minutes_later(own: Lab, auditor: Any) -> None:
    """What has just happened cannot be looked up; after five minutes it can, with everything it holds."""
    own.client("iam", auditor).create_user(UserName="late")
    trail = own.client("cloudtrail", auditor)
    assert names(trail, **by("ResourceName", "late")) == []
    own.world.advance(58)
    assert names(trail, **by("ResourceName", "late")) == []
    own.world.advance(245)
    [event] = trail.lookup_events(**by("ResourceName", "late"))["Events"]
    assert (event["EventName"], event["ReadOnly"], event["Username"]) == ("CreateUser", "false", "auditor")
    assert {"ResourceType": "AWS::IAM::User", "ResourceName": "late"} in event["Resources"]
    record = json.loads(event["CloudTrailEvent"])
    assert record["tlsDetails"]["clientProvidedHostHeader"] == "iam.amazonaws.com"
    assert record["eventID"] == event["EventId"]


def test_two_lookups_a_second_in_each_region(own: Lab, auditor: Any, tell: Tell) -> None:
    """The third is throttled, another Region has its own two, and a second later there are two more."""
    own.world.advance(2)
    here = own.client("cloudtrail", auditor)
    elsewhere = own.client("cloudtrail", auditor, region="eu-west-1")
    codes = [tell(here.lookup_events) for _ in range(12)]
    assert codes[:2] == ["ok", "ok"]
    assert "ThrottlingException" in codes
    assert tell(elsewhere.lookup_events) == "ok"
    own.world.advance(1)
    assert [tell(here.lookup_events) for _ in range(2)] == ["ok", "ok"]


def test_the_sdks_own_retries_get_through_the_throttle(own: Lab, auditor: Any) -> None:
    """Twelve pages as fast as they go, by a client that retries as boto3 does by default in standard mode."""
    made = auditor["AccessKey"]
    iam = own.client("iam", auditor)
    for _ in range(12):
        iam.list_users(MaxItems=1)
    own.world.advance(301)
    config = Config(retries={"mode": "standard", "total_max_attempts": 5})
    trail = _client(
        "cloudtrail", region_name="us-east-1", endpoint_url=own.world.url, config=config,
        aws_access_key_id=made["AccessKeyId"], aws_secret_access_key=made["SecretAccessKey"],
    )  # fmt: skip
    pages = trail.get_paginator("lookup_events").paginate(
        **by("EventName", "ListUsers"), PaginationConfig={"PageSize": 3}
    )
    assert len([event for page in pages for event in page["Events"]]) >= 12


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "bm9uc2Vuc2U="}, "InvalidNextTokenException"),
        ({"NextToken": "%%%"}, "InvalidNextTokenException"),
        ({"StartTime": 2_000_000_000, "EndTime": 1_000_000_000}, "InvalidTimeRangeException"),
        ({"EventCategory": "insight"}, "ok"),
    ],
)
def test_what_cannot_be_asked(own: Lab, auditor: Any, tell: Tell, params: dict[str, Any], code: str) -> None:
    """Each wrong argument has CloudTrail's own code; there are no Insights events."""
    own.world.advance(1)
    assert tell(own.client("cloudtrail", auditor).lookup_events, **params) == code


def test_a_token_is_bound_to_its_question(own: Lab, auditor: Any) -> None:
    """It goes on where the page ended, though new events came; with other parameters it is refused."""
    iam, trail = own.client("iam", auditor), own.client("cloudtrail", auditor)
    for _ in range(6):
        iam.list_groups()
    own.world.advance(301)
    asked = by("EventName", "ListGroups") | {"MaxResults": 4}
    first = trail.lookup_events(**asked)
    iam.list_groups()
    own.world.advance(301)
    second = trail.lookup_events(**asked, NextToken=first["NextToken"])
    ids = [event["EventId"] for event in first["Events"] + second["Events"]]
    assert len(ids) == len(set(ids)) == 6
    assert "NextToken" not in second
    with pytest.raises(ClientError) as refused:
        trail.lookup_events(**by("EventName", "ListUsers"), NextToken=first["NextToken"])
    assert refused.value.response["Error"]["Code"] == "InvalidNextTokenException"


def test_objects_are_no_management_events(own: Lab, auditor: Any) -> None:
    """Reads and writes of objects, and listing them, are not in the event history; the bucket's making is."""
    s3, trail = own.client("s3", auditor), own.client("cloudtrail", auditor)
    s3.create_bucket(Bucket="things-of-lookup")
    s3.put_object(Bucket="things-of-lookup", Key="a", Body=b"1")
    s3.list_objects_v2(Bucket="things-of-lookup")
    own.world.advance(301)
    assert names(trail, **by("ResourceName", "things-of-lookup")) == ["CreateBucket"]
    data = [e for e in own.world.events() if "things-of-lookup" in str(e["requestParameters"])]
    assert [(e["eventName"], e["eventCategory"]) for e in data if e["eventSource"] == "s3.amazonaws.com"] == [
        ("CreateBucket", "Management"), ("PutObject", "Data"), ("ListObjects", "Data"),
    ]  # fmt: skip


def test_history_ends_after_ninety_days(own: Lab, auditor: Any) -> None:
    """What is older cannot be looked up, whatever start is asked for."""
    trail = own.client("cloudtrail", auditor)
    own.client("iam", auditor).create_group(GroupName="forgotten")
    own.world.advance(301)
    before = own.world.now() - timedelta(days=1)
    assert names(trail, **by("EventName", "CreateGroup"), StartTime=before) == ["CreateGroup"]
    own.world.advance(90 * 86400)
    assert names(trail, **by("EventName", "CreateGroup"), StartTime=before) == []
