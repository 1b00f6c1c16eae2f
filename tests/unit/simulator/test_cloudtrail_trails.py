"""Trails: what they are told, which bucket they accept, what they write where and when, and what they say of it."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab, Tell
from tests.support.trails import ALL, Trailed, policy

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this file's own: its hours go by."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=13, folder=tmp_path_factory.mktemp("trails"))
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="module")
def auditor(own: Lab) -> Any:
    made = own.user("auditor", ALL)
    own.world.advance(10)
    return made


@pytest.fixture
def make(own: Lab, auditor: Any) -> Iterator[Callable[..., Trailed]]:
    """Makes the trail `main` with a bucket of its own; gone after the test."""
    made: list[Trailed] = []

    def maker(**trail: Any) -> Trailed:
        made.append(Trailed(own, auditor, f"trail-{next(_numbers)}", **trail))
        return made[-1]

    yield maker
    for each in made:
        each.cloudtrail.delete_trail(Name=each.arn)


def names(trailed: Trailed, region: str = "us-east-1") -> list[str]:
    return [r["eventName"] for key in trailed.keys(region=region) for r in trailed.read(key)["Records"]]


def test_the_bucket_must_let_cloudtrail_write(own: Lab, auditor: Any, tell: Tell) -> None:
    """No bucket, no policy, one for another account or trail, a deny: each is refused; the documented one is not."""
    s3, trail, name = own.client("s3", auditor), own.client("cloudtrail", auditor), "policies-of-a-trail"
    wanted = {"Name": "main", "S3BucketName": name}
    assert tell(trail.create_trail, **wanted) == "S3BucketDoesNotExistException"
    s3.create_bucket(Bucket=name)
    right = policy(name)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{name}/*"}
    wrong = (None, policy(name, "999999999999"), right | {"Statement": right["Statement"][1:]})
    for document in wrong:
        if document:
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
        assert tell(trail.create_trail, **wanted) == "InsufficientS3BucketPolicyException"
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(right))
    assert tell(trail.create_trail, **wanted | {"Name": "other"}) == "InsufficientS3BucketPolicyException"
    assert tell(trail.create_trail, **wanted | {"S3KeyPrefix": "x"}) == "InsufficientS3BucketPolicyException"
    assert tell(trail.create_trail, **wanted) == "ok"
    assert tell(trail.create_trail, **wanted) == "TrailAlreadyExistsException"
    s3.create_bucket(Bucket="elsewhere-of-a-trail")
    assert tell(trail.update_trail, Name="main", S3BucketName="elsewhere-of-a-trail") == (
        "InsufficientS3BucketPolicyException"
    )
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(right | {"Statement": [*right["Statement"], deny]}))
    assert tell(trail.update_trail, Name="main", S3BucketName=name) == "InsufficientS3BucketPolicyException"
    trail.delete_trail(Name="main")
    assert tell(trail.delete_trail, Name="main") == "TrailNotFoundException"


def test_a_trail_has_defaults_and_a_home(own: Lab, auditor: Any, make: Callable[..., Trailed], tell: Tell) -> None:
    """All management events and no data; other Regions see its shadow, and can change nothing of it."""
    trailed = make(IsMultiRegionTrail=True)
    chosen = trailed.cloudtrail.get_event_selectors(TrailName="main")["EventSelectors"]
    assert chosen == [
        {
            "ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [],
            "ExcludeManagementEventSources": [],
        }
    ]  # fmt: skip
    there = own.client("cloudtrail", auditor, region="eu-west-1")
    [shadow] = there.describe_trails()["trailList"]
    assert (shadow["Name"], shadow["HomeRegion"], shadow["HasCustomEventSelectors"]) == ("main", "us-east-1", False)
    assert there.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert there.get_trail_status(Name=trailed.arn)["IsLogging"] is False
    assert tell(there.delete_trail, Name=trailed.arn) == "InvalidHomeRegionException"
    assert tell(there.create_trail, Name="org", S3BucketName="x", IsOrganizationTrail=True) == "NotSimulated"


def test_each_event_is_in_one_log_file_of_its_region(own: Lab, auditor: Any, make: Callable[..., Trailed]) -> None:
    """From StartLogging to StopLogging, each once, five minutes' worth a file, named and dated by its delivery."""
    trailed = make(IsMultiRegionTrail=True)
    own.client("sts", auditor, region="eu-west-1").get_caller_identity()
    own.world.advance(2)
    trailed.start()
    for _ in range(3):
        own.client("iam", auditor).list_groups()
        own.client("sts", auditor, region="eu-west-1").get_caller_identity()
        own.world.advance(200)
    trailed.stop()
    own.world.advance(2)
    own.client("iam", auditor).list_groups()
    own.world.advance(700)
    assert names(trailed).count("ListGroups") == 3
    assert names(trailed).count("StopLogging") == 1
    assert names(trailed, "eu-west-1") == ["GetCallerIdentity"] * 3
    key = trailed.keys(region="eu-west-1")[0]
    assert key.startswith("AWSLogs/111122223333/CloudTrail/eu-west-1/20")
    item = trailed.s3.head_object(Bucket=trailed.bucket, Key=key)
    stamp = key.rsplit("_", 2)[1]
    assert item["LastModified"] == datetime.strptime(stamp, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    assert item["LastModified"].minute % 5 == 0


def test_a_regional_trail_logs_its_region(own: Lab, auditor: Any, make: Callable[..., Trailed]) -> None:
    """Nothing of another Region; what is global only where it was told to."""
    trailed = make(IncludeGlobalServiceEvents=False)
    trailed.start()
    own.client("iam", auditor).list_groups()
    own.client("sts", auditor, region="eu-west-1").get_caller_identity()
    own.world.advance(700)
    assert "StartLogging" in names(trailed)
    assert "ListGroups" not in names(trailed)
    assert trailed.keys(region="eu-west-1") == []


def test_selectors_choose(own: Lab, auditor: Any, make: Callable[..., Trailed], tell: Tell) -> None:
    """Data events of one bucket, no management events; then, advanced, only writes. Nonsense is refused."""
    trailed = make()
    s3 = own.client("s3", auditor)
    put = trailed.cloudtrail.put_event_selectors
    objects = {"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{trailed.bucket}/secret"]}
    chosen = {"ReadWriteType": "All", "IncludeManagementEvents": False, "DataResources": [objects]}
    put(TrailName="main", EventSelectors=[chosen])
    trailed.start()
    for key in ("secret-1", "open-1"):
        s3.put_object(Bucket=trailed.bucket, Key=key, Body=b"1")
    own.world.advance(700)
    assert names(trailed) == ["PutObject"]
    [record] = trailed.read(trailed.keys()[0])["Records"]
    assert (record["requestParameters"]["key"], record["eventCategory"]) == ("secret-1", "Data")
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]
    put(TrailName="main", AdvancedEventSelectors=[{"Name": "writes", "FieldSelectors": fields}])
    own.client("iam", auditor).list_groups()
    own.client("iam", auditor).create_group(GroupName="chosen")
    own.world.advance(700)
    assert names(trailed).count("CreateGroup") == 1
    assert "ListGroups" not in names(trailed)
    assert tell(put, TrailName="main", EventSelectors=[{"ReadWriteType": "Some"}]) == "InvalidEventSelectorsException"
    assert trailed.cloudtrail.get_trail(Name="main")["Trail"]["HasCustomEventSelectors"] is True


def test_the_status_tells_what_was_delivered(own: Lab, make: Callable[..., Trailed]) -> None:
    """Times of logging, of the last log and the last digest; why nothing comes, and that it comes once it can."""
    trailed = make()
    trailed.start()
    trailed.busy(3900)
    status = trailed.cloudtrail.get_trail_status(Name="main")
    assert status["IsLogging"] is True
    assert status["StartLoggingTime"] < status["LatestDeliveryTime"] <= own.world.now()
    digest = status["LatestDigestDeliveryTime"]
    assert abs(digest - status["StartLoggingTime"] - timedelta(hours=1)) < timedelta(seconds=2)
    trailed.s3.delete_bucket_policy(Bucket=trailed.bucket)
    before = len(trailed.keys())
    trailed.busy(3900)
    status = trailed.cloudtrail.get_trail_status(Name="main")
    assert (status["LatestDeliveryError"], status["LatestDigestDeliveryTime"]) == ("AccessDenied", digest)
    trailed.s3.put_bucket_policy(Bucket=trailed.bucket, Policy=json.dumps(policy(trailed.bucket)))
    assert len(trailed.keys()) > before
    status = trailed.cloudtrail.get_trail_status(Name="main")
    assert "LatestDeliveryError" not in status
    assert status["LatestDigestDeliveryTime"] > digest
    trailed.stop()
    assert trailed.cloudtrail.get_trail_status(Name="main")["StopLoggingTime"] > status["StartLoggingTime"]


def test_empty_hours_have_digests_too(own: Lab, make: Callable[..., Trailed]) -> None:
    """An hour without log files has a digest that says so, linked to the one before; without validation none come."""
    trailed = make()
    trailed.cloudtrail.put_event_selectors(TrailName="main", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    trailed.start()
    own.world.advance(3 * 3600 + 60)
    first, second, third = (trailed.read(key) for key in trailed.digests())
    assert [len(each["logFiles"]) for each in (second, third)] == [0, 0]
    assert (third["oldestEventTime"], third["previousDigestS3Object"]) == (None, second["digestS3Object"])
    assert first["previousDigestSignature"] is None
    assert second["digestStartTime"] == first["digestEndTime"]
    trailed.cloudtrail.update_trail(Name="main", EnableLogFileValidation=False)
    own.world.advance(2 * 3600)
    assert len(trailed.digests()) == 3


def test_public_keys_have_their_time_and_region(
    own: Lab, auditor: Any, make: Callable[..., Trailed], tell: Tell
) -> None:
    """The key that signed the digests, in their Region, valid then; none for other years, and no turned time."""
    trailed = make()
    trailed.start()
    own.world.advance(3700)
    [key] = trailed.cloudtrail.list_public_keys()["PublicKeyList"]
    assert key["Fingerprint"] == trailed.read(trailed.digests()[0])["digestPublicKeyFingerprint"]
    assert key["ValidityStartTime"] < own.world.now() < key["ValidityEndTime"]
    old, older = datetime(2001, 1, 2, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC)
    assert trailed.cloudtrail.list_public_keys(StartTime=older, EndTime=old)["PublicKeyList"] == []
    assert tell(trailed.cloudtrail.list_public_keys, StartTime=old, EndTime=older) == "InvalidTimeRangeException"
    there = own.client("cloudtrail", auditor, region="sa-east-1").list_public_keys()["PublicKeyList"]
    assert key["Fingerprint"] not in {each["Fingerprint"] for each in there}
