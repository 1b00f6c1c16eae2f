"""Who tampered, what was remembered, lost and copied, and whether a canary arrives."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from irtui.actions.registry import ACTIONS
from irtui.actions.trail.tampering import NAMES
from irtui.actions.trail_repairs import REPAIRS
from irtui.aws.models import operations
from irtui.errors import RunbookError
from irtui.model.call import Call
from tests.support.forensics import Scene
from tests.unit.actions.test_sweep_actions import HERE, NOW, Account, fault, observe

MAIN = f"arn:aws:cloudtrail:us-east-1:{HERE}:trail/main"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/1"
TRAIL = {
    "Name": "main", "TrailARN": MAIN, "HomeRegion": "us-east-1", "S3BucketName": "logs", "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
}  # fmt: skip


def told(
    name: str, at: str = "2026-11-23T10:00:00Z", who: str = "eve", key: str = "AKIAEVE", **more: Any
) -> dict[str, Any]:
    return {
        "eventID": f"{name} {at} {who} {key} {more}", "eventName": name, "eventTime": at,
        "eventSource": "cloudtrail.amazonaws.com", "awsRegion": "us-east-1",
        "recipientAccountId": HERE, "sourceIPAddress": "203.0.113.9",
        "userIdentity": {"arn": f"arn:aws:iam::{HERE}:user/{who}", "accessKeyId": key}, **more,
    }  # fmt: skip


def history(*events: dict[str, Any]) -> Any:
    """LookupEvents of one event name, as the history is asked."""

    def answer(call: Call) -> dict[str, Any]:
        [asked] = call.params["LookupAttributes"]
        named = [event for event in events if event["eventName"] == asked["AttributeValue"]]
        at = NOW - timedelta(hours=1)
        return {
            "Events": [{"CloudTrailEvent": event, "EventId": f"{n}", "EventTime": at} for n, event in enumerate(named)]
        }

    return answer


ONE = {"DescribeRegions": {"Regions": [{"RegionName": "us-east-1"}]}}


def test_tampering_is_ranked_by_whoever_did_most_and_the_caller_is_left_out() -> None:
    """Sessions of the same user are no others; a lasting key comes before them; what was refused ranks nobody."""
    stop: Any = {"requestParameters": {"name": "main"}}
    events = [
        told("StopLogging", key="ASIAEVE", **stop), told("UpdateTrail", key="ASIAEVE", **stop),
        told("DeleteTrail", **stop),
        told("PutEventSelectors", who="bob", key="AKIABOB", requestParameters={"trailName": "main"}),
        told("PutInsightSelectors", who="jo", key="AKIAJO", errorCode="AccessDenied"),
        told("StopLogging", who="me", key="AKIAME"),
    ]  # fmt: skip
    mine = f"arn:aws:iam::{HERE}:user/me"
    found = observe("trail.tampering", Account(LookupEvents=history(*events), **ONE), since="1d", caller=mine)
    assert (found["key"], found["user"], found["others"]) == ("AKIAEVE", "eve", ["AKIABOB"])
    assert found["count"] == 5 and "AKIAME" not in found["words"]
    assert (found["root"], found["put_back"]) == ("", [])
    nothing = observe("trail.tampering", Account(LookupEvents=history(), **ONE), since="1d")
    assert (nothing["key"], nothing["others"], nothing["words"]) == ("", [], "no such event was found")


def test_what_root_did_is_told_apart_and_names_no_key() -> None:
    """Whoever did most is root, and the key to contain is another's; by root alone there is none."""
    root: dict[str, Any] = {
        "userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{HERE}:root", "accessKeyId": "ASIAROOT"}
    }
    events = [told("StopLogging", **root), told("DeleteTrail", **root), told("PutEventSelectors")]
    found = observe("trail.tampering", Account(LookupEvents=history(*events), **ONE), since="1d")
    assert (found["key"], found["others"]) == ("AKIAEVE", []) and "DeleteTrail" in found["root"]
    found = observe("trail.tampering", Account(LookupEvents=history(*events[:2]), **ONE), since="1d")
    assert (found["key"], found["user"], found["others"]) == ("", "", []) and "ASIAROOT" in found["root"]


def test_what_was_taken_beside_trails_has_a_way_back_and_its_time() -> None:
    """Each thing once, by its newest event, not what was refused; a deleted event data store has seven days."""
    store: dict[str, Any] = {"eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"eventDataStore": "lake"}}
    duty: dict[str, Any] = {"eventSource": "guardduty.amazonaws.com", "requestParameters": {"detectorId": "d1"}}
    events = [
        told("DeleteEventDataStore", **store), told("DeleteEventDataStore", "2026-11-01T10:00:00Z", **store),
        told("DeleteDetector", **duty), told("UpdateDetector", **duty, errorCode="AccessDenied"), told("StopLogging"),
    ]  # fmt: skip
    lake, detector = observe("trail.tampering", Account(LookupEvents=history(*events), **ONE), since="30d")["put_back"]
    assert lake.startswith("DeleteEventDataStore lake in us-east-1") and "until 2026-11-30T10:00:00" in lake
    assert detector.startswith("DeleteDetector d1") and "CreateDetector" in detector
    late = [told("DeleteEventDataStore", "2026-11-01T10:00:00Z", **store)]
    [lake] = observe("trail.tampering", Account(LookupEvents=history(*late), **ONE), since="30d")["put_back"]
    assert "which ended on 2026-11-08" in lake


def test_every_tampering_has_a_step_or_a_way_back() -> None:
    """What is looked for and no step of the runbook mends says how it comes back; every call named there is AWS's."""
    mended = {"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "PutBucketLifecycle", "PutBucketPolicy",
              "DeleteBucketPolicy", "PutBucketVersioning", "DeleteBucket", "DeleteBucketReplication",
              "PutBucketObjectLockConfiguration", "DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"}  # fmt: skip
    services = {name.partition(".")[0] for name in NAMES}
    assert {name.rpartition(".")[2] for name in NAMES} - mended == set(REPAIRS)
    known = {name for service in services for name in operations(service)}
    named = {word for text in REPAIRS.values() for word in re.findall(r"\b[A-Z][a-z]+[A-Z]\w+", text)}
    assert named <= known, named - known


def test_deleted_and_moved_trails_are_remembered_as_they_were() -> None:
    """By the last change before `since`; what is older is unknown; a trail that is there is not gone."""
    made = {"name": "main", "s3BucketName": "logs", "trailARN": MAIN, "isMultiRegionTrail": True, "kmsKeyId": KEY}
    chosen = [{"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object", "values": ["x"]}]}]
    narrow = {"readWriteType": "ReadOnly"}
    early, late = "2026-11-20T00:00:00Z", "2026-11-23T10:00:00Z"
    events = [
        told("CreateTrail", early, requestParameters={"name": "main"}, responseElements=made),
        told("PutEventSelectors", early, requestParameters={"trailName": "main", "eventSelectors": chosen}),
        told("UpdateTrail", late, requestParameters={"name": "main"}, responseElements=made | {"s3BucketName": "evil"}),
        told("PutEventSelectors", late, requestParameters={"trailName": "main", "eventSelectors": [narrow]}),
        told("DeleteTrail", late, requestParameters={"name": "main"}),
        told("DeleteTrail", late, requestParameters={"name": "old"}),
    ]  # fmt: skip
    answers = {"LookupEvents": history(*events), "DescribeTrails": {"trailList": []}, **ONE}
    found = observe("trail.remembered", Account(**answers), since="2d")
    [was] = found["deleted"]
    assert (was["bucket"], was["key"], found["unknown"], found["open"]) == ("logs", KEY, ["old"], 2)
    assert was["selectors"] == [
        {"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["x"]}]}
    ]
    answers["DescribeTrails"] = fault("denied")
    assert observe("trail.remembered", Account(**answers), since="2d")["open"] == 3
    answers["LookupEvents"] = history(*(event for event in events if event["eventName"] != "DeleteTrail"))
    answers["DescribeTrails"] = {"trailList": [TRAIL | {"S3BucketName": "evil"}]}
    [moved] = observe("trail.remembered", Account(**answers), since="2d")["moved"]
    assert (moved["bucket"], moved["now"]) == ("logs", "evil")

    plan = ACTIONS["trail.make_again"].plan
    assert plan is not None
    calls = plan(Account(), {"trail": was}, NOW)
    assert [(one.call.operation, one.undo.operation if one.undo else "") for one in calls] == [
        ("CreateTrail", "DeleteTrail"), ("PutEventSelectors", "PutEventSelectors"), ("StartLogging", "StopLogging"),
    ]  # fmt: skip
    assert calls[0].call.params["KmsKeyId"] == KEY and {one.call.region for one in calls} == {"us-east-1"}
    half = {"S3BucketName": was["bucket"], "IsMultiRegionTrail": True, "LogFileValidationEnabled": True}
    for trail, first in ((half, "PutEventSelectors"), ({**half, "S3BucketName": "evil"}, "CreateTrail")):
        there = plan(Account(GetTrail={"Trail": trail}), {"trail": was}, NOW)
        assert there[0].call.operation == first  # an answer was lost: what was made is not made again
    with pytest.raises(RunbookError):
        plan(Account(), {"trail": {"name": "old"}}, NOW)


def test_lost_files_are_markers_with_a_version_below() -> None:
    """Of CloudTrail's files only, in batches of a thousand; one without a version below cannot be had back."""

    def version(number: int, latest: bool = True) -> dict[str, Any]:
        return {"Key": f"AWSLogs/{number:04}", "VersionId": f"v{number}", "IsLatest": latest, "LastModified": NOW}

    reply = {
        "Versions": [version(number, False) for number in range(1001)] + [{**version(0, False), "Key": "other"}],
        "DeleteMarkers": [version(number) for number in (*range(1001), 5000)] + [{**version(0), "Key": "other"}],
    }
    found = observe("trail.lost", Account(ListObjectVersions=reply), buckets=["logs"])
    assert (found["count"], [batch["count"] for batch in found["batches"]]) == (1001, [1000, 1])
    refused = observe("trail.lost", Account(ListObjectVersions=fault("denied")), buckets=["logs"])
    assert refused["words"] == "nothing could be listed" and refused["gaps"]
    assert (refused["count"], refused["open"], found["open"]) == (0, 1, 1001)
    with pytest.raises(RunbookError):
        observe("trail.lost", Account(), buckets="logs")


class Shelves(Account):
    """Buckets as lists of keys."""

    def __init__(self, **shelves: list[str]) -> None:
        super().__init__()
        self.shelves = shelves

    def objects(self) -> Any:
        return self

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        if bucket not in self.shelves:
            raise fault("denied")
        return iter(sorted(self.shelves[bucket]))

    def close(self) -> None: ...


def test_a_replica_has_what_only_it_has_and_strange_names_do_not_count() -> None:
    """Pairs that S3 copies and the bucket that was named; a replica that cannot be listed is a gap."""
    names = [f"AWSLogs/1/CloudTrail/us-east-1/2026/11/0{day}/a.json.gz" for day in (1, 2, 3)]
    shelves = {"logs": names[1:2], "copy": [*names, "AWSLogs/x", "AWSLogs/1/CloudTrail/\x1b[2J.json.gz"]}
    inputs: dict[str, Any] = {"buckets": ["logs"], "replica": "copy", "copies": [{"bucket": "logs", "replica": "no"}]}
    found = observe("trail.replica", Shelves(**shelves), **inputs)
    assert [item["key"] for item in found["items"]] == [names[0], names[2]] and found["count"] == 2
    assert found["items"][0]["source"] == f"copy/{names[0]}" and len(found["gaps"]) == 1 and found["open"] == 3
    refused = observe("trail.replica", Shelves(logs=[]), buckets=["logs"], replica="copy")
    assert (refused["count"], refused["open"]) == (0, 1) and "could not be listed" in refused["words"]
    assert observe("trail.replica", Shelves(), copies=[], replica="")["words"] == "no replica is known"


class Reading:
    """The scene's door as an action is given it."""

    region = "us-east-1"

    def __init__(self, door: Any) -> None:
        self._door = door

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)

    def told(self, words: str) -> None: ...


def test_a_canary_counts_when_its_log_stands_in_the_bucket(scene: Scene) -> None:
    """Not yet at once, then by the very call of this operator; somebody else's, or an older one, is none."""
    world = scene.trailed.lab.world
    look = ACTIONS["trail.canary"].observe
    assert look is not None
    since = world.now() - timedelta(seconds=1)  # events are told to the second
    asked = {"trails": [scene.trailed.arn], "since": since.isoformat(), "caller": f"arn:aws:iam::{HERE}:user/responder"}
    first = look(Reading(scene.door), asked, since)
    assert first.data["waiting"] == [scene.trailed.arn] and first.again is not None
    world.advance(660)
    other = look(Reading(scene.door), {**asked, "caller": f"arn:aws:iam::{HERE}:user/nobody"}, since)
    assert other.data["waiting"] == [scene.trailed.arn]
    then = look(Reading(scene.door), asked, since)
    assert (then.data["arrived"], then.data["waiting"], then.again) == ([scene.trailed.arn], [], None)
    asked["since"] = world.now().isoformat()
    assert look(Reading(scene.door), asked, since).data["undigested"] == [scene.trailed.arn]


def test_a_digest_counts_when_it_is_younger_than_what_was_asked() -> None:
    """By the trail's own status; an older one, none at all and a status that was refused do not."""
    inputs = {"trails": [MAIN], "since": NOW.isoformat(), "caller": f"arn:aws:iam::{HERE}:user/responder"}
    for status, late in (
        ({"LatestDigestDeliveryTime": NOW + timedelta(minutes=1)}, []),
        ({"LatestDigestDeliveryTime": NOW}, [MAIN]),
        ({}, [MAIN]),
        (fault("denied"), [MAIN]),
    ):
        found = observe("trail.canary", Account(GetTrailStatus=status), **inputs)
        assert (found["undigested"], found["waiting"]) == (late, [MAIN])
