"""What keeps logs or loses them: KMS keys and their states, Object Lock, lifecycle rules, replication, events."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab, Tell
from tests.support.trails import ACCOUNT, ALL, Trailed

DAY = 86400
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
TRAIL = {
    "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Resource": "*",
    "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
}  # fmt: skip


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this file's own: its days go by."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=13, folder=tmp_path_factory.mktemp("keeping"))
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="module")
def auditor(own: Lab) -> Any:
    made = own.user("auditor", ALL)
    own.world.advance(10)
    return made


def person(own: Lab, auditor: Any, name: str, *statements: dict[str, Any]) -> Any:
    """A new user, made with a key that does not expire; returns the reply of CreateAccessKey."""
    iam = own.client("iam", auditor)
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
    return iam.create_access_key(UserName=name)


def kept(s3: Any, bucket: str, key: str = "") -> list[bytes]:
    """What every version holds, the newest first."""
    told = s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", ())
    return [s3.get_object(Bucket=bucket, Key=v["Key"], VersionId=v["VersionId"])["Body"].read() for v in told]


def test_a_key_has_states_and_each_allows_only_its_own_ways_out(own: Lab, auditor: Any, tell: Tell) -> None:
    """Off and on; waiting for deletion only that can be cancelled, and then the key is off; at the end it is gone."""
    kms = own.client("kms", auditor)
    made = kms.create_key()["KeyMetadata"]
    arn = made["Arn"]
    assert (made["KeyState"], made["Enabled"]) == ("Enabled", True)
    assert tell(kms.cancel_key_deletion, KeyId=arn) == "KMSInvalidStateException"
    kms.disable_key(KeyId=made["KeyId"])
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=arn)
    assert tell(kms.schedule_key_deletion, KeyId=arn, PendingWindowInDays=3) == "ValidationException"
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    waiting = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert waiting["KeyState"] == "PendingDeletion"
    assert waiting["DeletionDate"] - own.world.now() > timedelta(days=6.9)
    for refused in (kms.enable_key, kms.disable_key, kms.schedule_key_deletion):
        assert tell(refused, KeyId=arn) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=arn)
    after = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert (after["KeyState"], after["Enabled"], "DeletionDate" in after) == ("Disabled", False, False)
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    own.world.advance(8 * DAY)
    assert tell(kms.describe_key, KeyId=arn) == "NotFoundException"
    assert arn not in [key["KeyArn"] for key in kms.list_keys()["Keys"]]
    assert tell(kms.describe_key, KeyId="alias/x") == "NotSimulated"


def test_who_may_use_a_key_its_policy_decides(own: Lab, auditor: Any, tell: Tell) -> None:
    """Without the account's root in it, no permission of a user counts; who is named needs none."""
    kms = own.client("kms", auditor)
    poor = person(own, auditor, "poor")
    own.world.advance(10)
    theirs = own.client("kms", poor)
    arn = kms.create_key(Policy=document(ROOT))["KeyMetadata"]["Arn"]
    assert tell(theirs.describe_key, KeyId=arn) == "AccessDeniedException"
    named = {**ROOT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/poor"}}
    kms.put_key_policy(KeyId=arn, Policy=document(named))
    assert tell(theirs.describe_key, KeyId=arn) == "ok"
    assert tell(kms.describe_key, KeyId=arn) == "AccessDeniedException"
    assert json.loads(theirs.get_key_policy(KeyId=arn)["Policy"])["Statement"] == [named]
    assert tell(theirs.put_key_policy, KeyId=arn, Policy="no") == "MalformedPolicyDocumentException"


def test_a_trail_writes_with_its_key_while_that_is_on(own: Lab, auditor: Any, tell: Tell) -> None:
    """An off key stops delivery and reading, and says so; what waited comes later. Reading needs the key as well."""
    kms, s3 = own.client("kms", auditor), own.client("s3", auditor)
    arn = kms.create_key(Policy=document(ROOT))["KeyMetadata"]["Arn"]
    trailed = Trailed(own, auditor, "encrypted-logs")
    told = trailed.cloudtrail.update_trail
    assert tell(told, Name="main", KmsKeyId=arn) == "InsufficientEncryptionPolicyException"
    assert tell(told, Name="main", KmsKeyId=arn[:-1] + "x") == "KmsKeyNotFoundException"
    kms.put_key_policy(KeyId=arn, Policy=document(ROOT, TRAIL))
    assert trailed.cloudtrail.update_trail(Name="main", KmsKeyId=arn)["KmsKeyId"] == arn
    trailed.start()
    trailed.busy(400, 2)
    [first, *_] = trailed.keys()
    head = s3.head_object(Bucket=trailed.bucket, Key=first)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", arn)
    assert trailed.read(first)["Records"]
    reader = person(own, auditor, "reader", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    own.world.advance(10)
    mine = own.client("s3", reader)
    assert tell(mine.get_object, Bucket=trailed.bucket, Key=first) == "AccessDenied"

    kms.disable_key(KeyId=arn)
    assert tell(s3.get_object, Bucket=trailed.bucket, Key=first) == "KMS.DisabledException"
    before = len(trailed.keys())
    trailed.busy(400, 3)
    assert len(trailed.keys()) == before
    status = trailed.cloudtrail.get_trail_status(Name="main")
    assert (status["IsLogging"], status["LatestDeliveryError"]) == (True, "KMS.DisabledException")
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert tell(s3.get_object, Bucket=trailed.bucket, Key=first) == "KMS.KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=arn)
    kms.enable_key(KeyId=arn)
    trailed.busy(400, 2)
    assert len(trailed.keys()) > before and trailed.read(first)["Records"]
    assert "LatestDeliveryError" not in trailed.cloudtrail.get_trail_status(Name="main")
    trailed.cloudtrail.delete_trail(Name="main")


def test_a_locked_version_outlives_deletion_and_rules(own: Lab, auditor: Any, tell: Tell) -> None:
    """A marker may hide it, and be taken away; the version goes only when its time is over, or by who may bypass."""
    s3 = own.client("s3", auditor)
    s3.create_bucket(Bucket="locked")
    lock: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    asked = {"Bucket": "locked", "ObjectLockConfiguration": lock | {"Rule": rule}}
    assert tell(s3.put_object_lock_configuration, **asked) == "InvalidBucketState"
    s3.put_bucket_versioning(Bucket="locked", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="locked", Key="before", Body=b"0")
    assert tell(s3.put_object_lock_configuration, **asked) == "ok"
    assert s3.get_object_lock_configuration(Bucket="locked")["ObjectLockConfiguration"]["Rule"] == rule
    off = {"Status": "Suspended"}
    assert tell(s3.put_bucket_versioning, Bucket="locked", VersioningConfiguration=off) == "InvalidBucketState"
    made = s3.put_object(Bucket="locked", Key="k", Body=b"1")["VersionId"]
    again = s3.put_object(Bucket="locked", Key="k", Body=b"2")["VersionId"]
    gone = {"Bucket": "locked", "Key": "k", "VersionId": made}
    assert tell(s3.delete_object, **gone) == "AccessDenied"
    assert tell(s3.delete_object, Bucket="locked", Key="before") == "ok"
    poor = person(own, auditor, "deleter", {"Effect": "Allow", "Action": "s3:Delete*", "Resource": "*"})
    own.world.advance(10)
    assert tell(own.client("s3", poor).delete_object, **gone, BypassGovernanceRetention=True) == "AccessDenied"
    assert tell(s3.delete_object, **gone, BypassGovernanceRetention=False) == "AccessDenied"
    rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""},
              "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}]  # fmt: skip
    s3.put_bucket_lifecycle_configuration(Bucket="locked", LifecycleConfiguration={"Rules": rules})
    own.world.advance(2.5 * DAY)
    assert kept(s3, "locked", "k") == [b"2", b"1"]
    own.world.advance(2 * DAY)
    assert kept(s3, "locked", "k") == [b"2"]
    assert tell(s3.delete_object, Bucket="locked", Key="k", VersionId=again) == "ok"
    compliance = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration=lock | {"Rule": compliance})
    held = s3.put_object(Bucket="locked", Key="c", Body=b"1")["VersionId"]
    forced = {"Bucket": "locked", "Key": "c", "VersionId": held, "BypassGovernanceRetention": True}
    assert tell(s3.delete_object, **forced) == "AccessDenied"


def test_a_lifecycle_rule_hides_what_has_versions_and_destroys_what_has_none(own: Lab, auditor: Any) -> None:
    """At midnight UTC, by prefix and age; a rule that is off, or asks for tags, does nothing."""
    s3 = own.client("s3", auditor)
    for name, versions in (("ruled", True), ("bare", False)):
        s3.create_bucket(Bucket=name)
        if versions:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for key in ("logs/a", "off/a", "tagged/a", "else/a"):
            s3.put_object(Bucket=name, Key=key, Body=b"1")
        rules = [
            {"ID": "on", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 1}},
            {"ID": "off", "Status": "Disabled", "Filter": {"Prefix": "off/"}, "Expiration": {"Days": 1}},
            {
                "ID": "tags",
                "Status": "Enabled",
                "Filter": {"Tag": {"Key": "a", "Value": "b"}},
                "Expiration": {"Days": 1},
            },
        ]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    own.world.advance(2.1 * DAY)
    for name in ("ruled", "bare"):
        assert [item["Key"] for item in s3.list_objects_v2(Bucket=name)["Contents"]] == ["else/a", "off/a", "tagged/a"]
    [marker] = s3.list_object_versions(Bucket="ruled")["DeleteMarkers"]
    assert (marker["Key"], marker["LastModified"].hour) == ("logs/a", 0)
    s3.delete_object(Bucket="ruled", Key="logs/a", VersionId=marker["VersionId"])
    assert kept(s3, "ruled", "logs/") == [b"1"] and kept(s3, "bare", "logs/") == []


def test_a_replica_has_what_was_written_since_and_no_deletion(own: Lab, auditor: Any, tell: Tell) -> None:
    """Only as the role may, only with versions, only what is new; what is deleted at the source stays there."""
    s3, iam = own.client("s3", auditor), own.client("iam", auditor)
    role = f"arn:aws:iam::{ACCOUNT}:role/replicator"
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="replicator", AssumeRolePolicyDocument=document(trust))
    rule = {
        "ID": "r", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "logs/"},
        "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::replica"},
    }  # fmt: skip
    asked = {"Bucket": "source", "ReplicationConfiguration": {"Role": role, "Rules": [rule]}}
    s3.create_bucket(Bucket="source")
    s3.create_bucket(Bucket="replica")
    assert tell(s3.put_bucket_replication, **asked) == "InvalidRequest"
    for name in ("source", "replica"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="source", Key="logs/old", Body=b"0")
    own.world.advance(2)
    s3.put_bucket_replication(**asked)
    assert s3.get_bucket_replication(Bucket="source")["ReplicationConfiguration"]["Rules"] == [rule]
    made = s3.put_object(Bucket="source", Key="logs/a", Body=b"1", Metadata={"signature": "x"})["VersionId"]
    s3.put_object(Bucket="source", Key="other/a", Body=b"1")
    assert kept(s3, "replica") == []
    allow = {"Effect": "Allow", "Action": "s3:ReplicateObject", "Resource": "arn:aws:s3:::replica/*"}
    iam.put_role_policy(RoleName="replicator", PolicyName="p", PolicyDocument=document(allow))
    own.world.advance(10)
    s3.delete_object(Bucket="source", Key="logs/a", VersionId=made)
    copied = s3.head_object(Bucket="replica", Key="logs/a")
    assert (copied["VersionId"], copied["Metadata"]) == (made, {"signature": "x"})
    assert copied["ContentLength"] == 1
    assert kept(s3, "replica") == [b"1"] and kept(s3, "source", "logs/a") == []
    s3.copy_object(Bucket="source", Key="logs/a", CopySource={"Bucket": "replica", "Key": "logs/a"})
    assert s3.head_object(Bucket="source", Key="logs/a")["Metadata"] == {"signature": "x"}
    s3.delete_bucket_replication(Bucket="source")
    assert tell(s3.get_bucket_replication, Bucket="source") == "ReplicationConfigurationNotFoundError"


def test_a_copy_needs_to_read_its_source(own: Lab, auditor: Any, tell: Tell) -> None:
    """Who may write here and not read there copies nothing; who may do both copies."""
    s3 = own.client("s3", auditor)
    for name in ("from-here", "to-there"):
        s3.create_bucket(Bucket=name)
    s3.put_object(Bucket="from-here", Key="a b", Body=b"1")
    write = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::to-there/*"}
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::from-here/*"}
    writer, both = person(own, auditor, "writer", write), person(own, auditor, "copier", write, read)
    own.world.advance(10)
    asked = {"Bucket": "to-there", "Key": "x", "CopySource": "from-here/a b"}
    assert tell(own.client("s3", writer).copy_object, **asked) == "AccessDenied"
    assert tell(own.client("s3", both).copy_object, **asked) == "ok"
    assert kept(s3, "to-there") == [b"1"]


def test_a_rule_of_events_is_kept_with_its_targets(own: Lab, auditor: Any, tell: Tell) -> None:
    """Made, shown, switched off, and deleted once it has no target; schedules are not simulated."""
    events = own.client("events", auditor)
    pattern = json.dumps({"source": ["aws.cloudtrail"]})
    arn = events.put_rule(Name="r", EventPattern=pattern)["RuleArn"]
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
    events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": topic}])
    told = events.describe_rule(Name="r")
    assert (told["Arn"], told["State"], json.loads(told["EventPattern"])) == (arn, "ENABLED", json.loads(pattern))
    events.disable_rule(Name="r")
    assert [rule["State"] for rule in events.list_rules(NamePrefix="r")["Rules"]] == ["DISABLED"]
    assert tell(events.delete_rule, Name="r") == "ValidationException"
    assert [one["Arn"] for one in events.list_targets_by_rule(Rule="r")["Targets"]] == [topic]
    events.remove_targets(Rule="r", Ids=["t"])
    events.delete_rule(Name="r")
    assert tell(events.describe_rule, Name="r") == "ResourceNotFoundException"
    assert tell(events.put_rule, Name="r", ScheduleExpression="rate(1 day)") == "NotSimulated"
