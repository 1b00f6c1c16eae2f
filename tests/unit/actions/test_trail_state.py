"""The state of logging: each wrong in the list of its step, and nothing said of what could not be read."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from irtui.actions import trail_grants
from irtui.errors import AwsFault, RunbookError
from tests.support.trails import policy
from tests.unit.actions.test_sweep_actions import HERE, Account, fault, observe
from tests.unit.actions.test_trail_actions import KEY, MAIN, TRAIL

SELECTORS = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}
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
    answers: list[Any] = [fault("absent"), {}]
    assert [state(TRAIL, None, **{operation: answer})["open"] for answer in answers] == [1, 1]


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
    both = [{"bucket": "logs", "replica": "audit"}]  # what is there from before may still be had back
    assert state(GetBucketReplication=plain)["copies"] == both
    found = state(encrypted, GetBucketReplication=plain)
    assert (found["uncopied"], found["uncopied_encrypted"], found["copies"]) == ([], ["logs"], both)
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


def test_the_guard_and_the_mended_policy_hold_in_every_partition() -> None:
    """In GovCloud and China an ARN of `aws` names nothing there, and would deny and allow nobody."""
    found = state(TRAIL | {"TrailARN": MAIN.replace("arn:aws:", "arn:aws-us-gov:")}, GetBucketPolicy=fault("absent"))
    [bucket], written = found["unguarded"], json.dumps(found["bare"][0]["mended"])
    assert bucket["guard"]["Statement"][-1]["Resource"] == ["arn:aws-us-gov:s3:::logs", "arn:aws-us-gov:s3:::logs/*"]
    assert "arn:aws-us-gov:s3:::logs" in written and "arn:aws:s3" not in written


def test_the_retention_of_this_runbook_is_told_apart_from_anything_else() -> None:
    """It expires nothing that is open; a rule of its name with fewer days does."""
    [bucket] = state()["unretained"]
    kept = state(GetBucketLifecycleConfiguration={"Rules": bucket["retained"]})
    assert wrong(kept) == [] and kept["unretained"] == []
    short = [{**bucket["retained"][-1], "Expiration": {"Days": 2}}]
    assert wrong(state(GetBucketLifecycleConfiguration={"Rules": short})) == ["expiring"]
