"""What an object is locked with when it is written: for another account, and taken back by nobody."""

import json
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab, Tell

DAY = 86400
VAULT = "444455556666"
ACCOUNTS = f"""
accounts:
  archive:
    account: "{VAULT}"
    users:
      keeper: {{name: keeper, keys: {{keepers: -20d}}, policies: {{all: {{Version: "2012-10-17", Statement: [
        {{Effect: Allow, Action: "*", Resource: "*"}}]}}}}}}
    buckets:
      vault:
        name: checkpoints-444
        lock: true
        policy: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Principal: {{AWS: "111122223333"}},
          Action: ["s3:PutObject", "s3:PutObjectRetention", "s3:Get*", "s3:ListBucket"],
          Resource: ["${{vault.arn}}", "${{vault.arn}}/*"]}}]}}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this file's own: its days go by."""
    scenario = parse_scenario(QUIET + ACCOUNTS, "lab.yaml")
    world = World.start(scenario, seed=13, folder=tmp_path_factory.mktemp("locked"))
    yield Lab(world)
    world.stop()


def asked(own: Lab, key: str, **more: Any) -> dict[str, Any]:
    until = own.world.now().replace(microsecond=0, tzinfo=UTC) + timedelta(days=2)
    return {
        "Bucket": "checkpoints-444", "Key": key, "Body": b"1", "ObjectLockMode": "COMPLIANCE",
        "ObjectLockRetainUntilDate": until, "ChecksumAlgorithm": "SHA256", **more,
    }  # fmt: skip


def test_what_is_written_locked_into_another_account_stays(own: Lab, tell: Tell) -> None:
    """Mode and date are read back; no version goes before its time, also not by who may do everything there."""
    s3 = own.client("s3")
    wanted = asked(own, "kept")
    made = s3.put_object(**wanted, IfNoneMatch="*", ExpectedBucketOwner=VAULT)["VersionId"]
    found = s3.get_object_retention(Bucket=wanted["Bucket"], Key="kept")["Retention"]
    assert found == {"Mode": "COMPLIANCE", "RetainUntilDate": wanted["ObjectLockRetainUntilDate"]}
    version = {"Bucket": wanted["Bucket"], "Key": "kept", "VersionId": made}
    assert s3.get_object_retention(**version)["Retention"] == found
    assert tell(s3.delete_object, **version) == "AccessDenied"
    assert tell(s3.put_object, **wanted, IfNoneMatch="*") == "PreconditionFailed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ObjectLockRetainUntilDate": 1700000000}, "InvalidArgument"),
        ({"ObjectLockMode": None}, "InvalidArgument"),
        ({"ObjectLockMode": "FOREVER"}, "InvalidArgument"),
        ({"ObjectLockLegalHoldStatus": "ON"}, "NotSimulated"),
        ({"ExpectedBucketOwner": "111122223333"}, "AccessDenied"),
        ({"ChecksumAlgorithm": "SHA256"}, "ok"),
    ],
)
def test_a_lock_that_cannot_be_given_refuses_the_write(own: Lab, tell: Tell, change: dict[str, Any], code: str) -> None:
    """A date that is past, half a lock, a mode that there is not, and a bucket of somebody else's than was expected."""
    wanted = {name: value for name, value in asked(own, "refused", **change).items() if value is not None}
    assert tell(own.client("s3").put_object, **wanted) == code


def test_what_is_not_there_has_its_own_answers(own: Lab, tell: Tell) -> None:
    """No key, no version, no lock of the object, no lock of the bucket: each is told apart."""
    s3 = own.client("s3")
    s3.put_object(Bucket="checkpoints-444", Key="bare", Body=b"1")
    s3.create_bucket(Bucket="unlocked")
    s3.put_object(Bucket="unlocked", Key="bare", Body=b"1")
    told = [
        tell(s3.get_object_retention, Bucket=bucket, Key=key, **more)
        for bucket, key, more in (
            ("checkpoints-444", "none", {}), ("checkpoints-444", "bare", {"VersionId": "other"}),
            ("checkpoints-444", "bare", {}), ("unlocked", "bare", {}),
        )
    ]  # fmt: skip
    assert told == ["NoSuchKey", "NoSuchVersion", "NoSuchObjectLockConfiguration", "InvalidRequest"]
    assert tell(s3.put_object, **asked(own, "k", Bucket="unlocked")) == "InvalidRequest"


def test_writing_it_locked_needs_a_permission_of_its_own(own: Lab, tell: Tell) -> None:
    """s3:PutObject alone is not enough, and the policy of the other account's bucket must agree as well."""
    may = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "*"}
    poor = own.client("s3", own.user("poor", may))
    assert tell(poor.put_object, **asked(own, "poor")) == "AccessDenied"
    plain = asked(own, "poor") | {"ObjectLockMode": None, "ObjectLockRetainUntilDate": None}
    assert tell(poor.put_object, **{name: value for name, value in plain.items() if value is not None}) == "ok"
    policy = {"Version": "2012-10-17", "Statement": [{**may, "Action": "s3:*"}]}
    own.client("iam").put_user_policy(UserName="poor", PolicyName="p", PolicyDocument=json.dumps(policy))
    assert tell(poor.put_object, **asked(own, "rich")) == "ok"
    assert tell(poor.delete_object, Bucket="checkpoints-444", Key="rich") == "AccessDenied"
