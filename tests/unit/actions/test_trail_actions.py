"""What logs, who tampered, what was remembered, lost and copied, and whether a canary arrives."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from irtui.actions import trail_grants
from irtui.actions.registry import ACTIONS
from irtui.actions.trail.tampering import NAMES
from irtui.actions.trail_repairs import REPAIRS
from irtui.aws.models import operations
from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call
from tests.support.forensics import Scene
from tests.support.trails import policy
from tests.unit.actions.test_sweep_actions import HERE, NOW, Account, fault, observe

MAIN = f"arn:aws:cloudtrail:us-east-1:{HERE}:trail/main"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/1"
SELECTORS = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
TRAIL = {
    "Name": "main", "TrailARN": MAIN, "HomeRegion": "us-east-1", "S3BucketName": "logs", "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
}  # fmt: skip
DENY = {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
MINE = {"Sid": "mine", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}


def state(
    trail: Mapping[str, Any] = TRAIL, inputs: Mapping[str, Any] | None = None, **answers: Any
) -> Mapping[str, Any]:
    """Of one trail `main` into the bucket `logs`, in which nothing is wrong but what `answers` say."""
    usual: dict[str, Any] = {
        "DescribeRegions": {"Regions": [{"RegionName": "us-east-1"}]},
        "DescribeTrails": {"trailList": [trail] if trail else []},
        "GetTrailStatus": {"IsLogging": True},
        "GetEventSelectors": SELECTORS,
        "GetBucketVersioning": {"Status": "Enabled"},
        "GetBucketPolicy": {"Policy": policy("logs")},
    }
    return observe("trail.state", Account(**usual | answers), **inputs or {})


LISTS = ("stopped", "narrowed", "narrowed_advanced", "partial", "expiring", "unversioned", "refusing", "bare", "doomed",
         "off", "closed", "gone")  # fmt: skip


def wrong(found: Mapping[str, Any]) -> list[str]:
    """The lists that hold something; `open` counts what is in them, and what could not be read."""
    assert found["open"] == sum(len(found[name]) for name in LISTS) + len(found["gaps"]) + found["trailless"]
    return [name for name in LISTS if found[name]]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"GetTrailStatus": {"IsLogging": False}}, ["stopped"]),
        ({"GetEventSelectors": {"EventSelectors": [{"ReadWriteType": "ReadOnly"}]}}, ["narrowed"]),
        ({"GetEventSelectors": {"AdvancedEventSelectors": [{"FieldSelectors": []}]}}, ["narrowed_advanced"]),
        ({"trail": TRAIL | {"IsMultiRegionTrail": False}}, ["partial"]),
        ({"GetBucketVersioning": {}}, ["unversioned"]),
        ({"GetBucketPolicy": {"Policy": {"Version": "2012-10-17", "Statement": [*policy("logs")["Statement"], DENY]}}},
         ["refusing"]),
        ({"GetBucketPolicy": fault("absent")}, ["bare"]),
        ({"GetBucketLifecycleConfiguration": {"Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 1}}]}},
         ["expiring"]),
        ({"GetBucketLifecycleConfiguration": {"Rules": [{"ID": "x", "Status": "Disabled", "Expiration": {"Days": 1}}]}},
         []),
    ],
)  # fmt: skip
def test_each_wrong_is_in_the_list_of_its_step(answers: dict[str, Any], expected: list[str]) -> None:
    """A trail that is whole has nothing; what is wrong stands in one list, with what puts it right."""
    assert wrong(state(**answers)) == expected


def test_a_key_is_told_by_its_state_and_its_policy() -> None:
    """Waiting for deletion it is doomed and off; closed to CloudTrail, the rest of its policy stays as it is."""
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"}, "Action": "kms:*", "Resource": "*"}
    described = {"KeyMetadata": {"KeyId": "1", "KeyState": "PendingDeletion"}}
    document = {"Version": "2012-10-17", "Statement": [root]}
    found = state(TRAIL | {"KmsKeyId": KEY}, DescribeKey=described, GetKeyPolicy={"Policy": document})
    assert wrong(found) == ["doomed", "off", "closed"]
    [key] = found["closed"]
    assert key["mended"]["Statement"][0] == root and key["mended"]["Statement"][1]["Sid"] == "irtuiTrailEncrypts"
    assert trail_grants.granted(key["mended"], trail_grants.of_key(KEY, [{"arn": MAIN}])) is True
    assert found["off"] == [{"arn": KEY, "region": "us-east-1"}]


def test_a_policy_is_mended_by_what_hits_cloudtrail_alone() -> None:
    """The deny of writing goes, a deny of one's own stays; what no statement mends is told with an empty policy."""
    document = {"Version": "2012-10-17", "Statement": [DENY, MINE]}
    [bucket] = state(GetBucketPolicy={"Policy": document})["refusing"]
    assert [one.get("Sid") for one in bucket["mended"]["Statement"]] == ["mine", "irtuiTrailChecks", "irtuiTrailWrites"]
    [broken] = state(GetBucketPolicy={"Policy": {"Version": "1999", "Statement": [MINE]}})["refusing"]
    assert broken["mended"] == {}


def test_what_could_not_be_read_is_a_gap_and_nothing_is_said_of_it() -> None:
    """A bucket of somebody else: no list has it, each refused read is named; an ended session ends the look."""
    denied = dict.fromkeys(
        ("GetBucketVersioning", "GetBucketPolicy", "GetBucketLifecycleConfiguration"), fault("denied")
    )
    found = state(TRAIL, None, **denied)
    assert wrong(found) == [] and found["unguarded"] == found["unretained"] == [] and len(found["gaps"]) == 3
    assert found["buckets"][0]["versioning"] == "not read"
    assert state(GetBucketReplication=fault("denied"))["uncopied"] == []
    with pytest.raises(type(fault("expired"))):
        state(GetTrailStatus=fault("expired"))


UNREAD = ("DescribeRegions", "DescribeTrails", "GetTrailStatus", "GetEventSelectors", "GetBucketVersioning",
          "GetBucketLifecycleConfiguration", "GetBucketPolicy", "GetObjectLockConfiguration", "GetBucketReplication",
          "DescribeKey", "GetKeyPolicy")  # fmt: skip


@pytest.mark.parametrize("operation", UNREAD)
def test_a_look_that_was_refused_anything_holds_nowhere(operation: str) -> None:
    """`open` is what steps wait for: nought only when everything was read, and was right."""
    encrypted = TRAIL | {"KmsKeyId": KEY}
    whole: dict[str, Any] = {
        "DescribeKey": {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled"}},
        "GetKeyPolicy": {"Policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": trail_grants.SERVICE}, "Action": "kms:*", "Resource": "*"}]}},
    }  # fmt: skip
    assert state(encrypted, **whole)["open"] == 0
    refused = state(encrypted, **whole | {operation: fault("denied")})
    assert refused["open"] > 0 and refused["unread"] and not refused["trailless"]


@pytest.mark.parametrize("operation", ["GetTrailStatus", "GetEventSelectors"])
def test_an_answer_that_says_nothing_is_no_good_answer(operation: str) -> None:
    """A trail that is listed and not known to the next call, and an answer without what was asked."""
    for answer in (fault("absent"), {}):
        assert state(**{operation: answer})["open"] == 1


def test_a_bucket_and_a_key_that_are_gone_are_told_by_name() -> None:
    """Each is one thing that is open, for a step of its own; of a bucket nothing else is asked."""
    nowhere = AwsFault("absent", "NoSuchBucket", "no", call="s3.GetBucketVersioning")
    found = state(GetBucketVersioning=nowhere, GetBucketPolicy=nowhere)
    assert wrong(found) == ["gone"] and found["open"] == 1 and found["buckets"] == [] and found["unguarded"] == []
    assert found["gone"] == ["bucket logs is gone: nothing can be delivered"]
    for answer in (fault("absent"), {"KeyMetadata": {"KeyId": "1", "KeyState": "PendingImport"}}):
        assert "gone" in wrong(state(TRAIL | {"KmsKeyId": KEY}, DescribeKey=answer))


def test_an_account_without_a_trail_does_not_log() -> None:
    """There is nothing wrong with a trail then, and all the same it is open; whether there is one has to be known."""
    assert (state(trail={})["trailless"], state(trail={})["open"]) == (True, 1)


def test_what_kms_encrypts_is_copied_where_a_rule_asks_for_it() -> None:
    """S3 leaves it out of a rule that does not: such a bucket is not copied, and a rule of that kind would not help."""
    rule: dict[str, Any] = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::audit"}}
    plain = {"ReplicationConfiguration": {"Rules": [rule]}}
    asking = rule | {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}}}
    encrypted = TRAIL | {"KmsKeyId": KEY}
    assert state(GetBucketReplication=plain)["copies"] == [{"bucket": "logs", "replica": "audit"}]
    found = state(encrypted, GetBucketReplication=plain)
    assert (found["uncopied"], found["uncopied_encrypted"], found["copies"]) == ([], ["logs"], [])
    found = state(encrypted, GetBucketReplication={"ReplicationConfiguration": {"Rules": [asking]}})
    assert (found["uncopied_encrypted"], len(found["copies"])) == ([], 1)
    assert state()["uncopied"] == ["logs"]


def test_where_a_deleted_trail_wrote_is_looked_at_too() -> None:
    """Without a trail there is no bucket to be seen but by what is remembered; a list of anything else is refused."""
    assert state(trail={})["buckets"] == []
    was = {"arn": MAIN, "bucket": "logs", "prefix": "", "key": ""}
    found = state(trail={}, inputs={"deleted": [was]}, GetBucketPolicy=fault("absent"))
    assert [bucket["name"] for bucket in found["bare"]] == ["logs"]
    with pytest.raises(RunbookError):
        state(inputs={"deleted": ["main"]})


def test_a_guard_that_was_hollowed_out_is_no_guard() -> None:
    """The statement counts with everything it denies; in place of a weaker one of its name comes the whole."""
    [bucket] = state()["unguarded"]
    whole = bucket["guard"]
    assert state(GetBucketPolicy={"Policy": whole})["unguarded"] == []
    hollow = json.loads(json.dumps(whole))
    hollow["Statement"][-1]["Action"] = ["s3:DeleteBucket"]
    [again] = state(GetBucketPolicy={"Policy": hollow})["unguarded"]
    assert again["guard"] == whole


def test_the_retention_of_this_runbook_is_told_apart_from_anything_else() -> None:
    """It expires nothing that is open; a rule of its name with fewer days does."""
    [bucket] = state()["unretained"]
    kept = state(GetBucketLifecycleConfiguration={"Rules": bucket["retained"]})
    assert wrong(kept) == [] and kept["unretained"] == []
    short = [{**bucket["retained"][-1], "Expiration": {"Days": 2}}]
    assert wrong(state(GetBucketLifecycleConfiguration={"Rules": short})) == ["expiring"]


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
    root = {"userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{HERE}:root", "accessKeyId": "ASIAROOT"}}
    events = [told("StopLogging", **root), told("DeleteTrail", **root), told("PutEventSelectors")]
    found = observe("trail.tampering", Account(LookupEvents=history(*events), **ONE), since="1d")
    assert (found["key"], found["others"]) == ("AKIAEVE", []) and "DeleteTrail" in found["root"]
    found = observe("trail.tampering", Account(LookupEvents=history(*events[:2]), **ONE), since="1d")
    assert (found["key"], found["user"], found["others"]) == ("", "", []) and "ASIAROOT" in found["root"]


def test_what_was_taken_beside_trails_has_a_way_back_and_its_time() -> None:
    """Each thing once, by its newest event, not what was refused; a deleted event data store has seven days."""
    store = {"eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"eventDataStore": "lake"}}
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
