"""What a CloudTrail record says: who, how it ended, which ids; two worlds of one seed say the same."""

import json
from pathlib import Path
from typing import Any

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab, Tell
from tests.support.trails import ALL

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}],
}


def last(lab: Lab, name: str) -> dict[str, Any]:
    return next(e for e in reversed(lab.world.events()) if e["eventName"] == name)


def test_each_kind_of_caller_is_written_its_own_way(lab: Lab) -> None:
    """User, role session, federated user and the user's own session, each with what AWS tells of it."""
    key = lab.user("recorded", ALL)
    lab.client("iam", key).list_groups()
    user = last(lab, "ListGroups")["userIdentity"]
    assert (user["type"], user["userName"], "sessionContext" in user) == ("IAMUser", "recorded", False)
    lab.client("iam", key).create_role(RoleName="worn", AssumeRolePolicyDocument=json.dumps(TRUST))
    lab.world.advance(10)
    sts = lab.client("sts", key)
    worn = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/worn", RoleSessionName="me")
    lab.client("sts", worn).get_caller_identity()
    role = last(lab, "GetCallerIdentity")["userIdentity"]
    assert (role["type"], role["principalId"].split(":")[1]) == ("AssumedRole", "me")
    assert role["sessionContext"]["sessionIssuer"]["userName"] == "worn"
    assert role["accessKeyId"] == last(lab, "AssumeRole")["responseElements"]["credentials"]["accessKeyId"]
    lab.client("sts", sts.get_federation_token(Name="guest")).get_caller_identity()
    guest = last(lab, "GetCallerIdentity")["userIdentity"]
    assert (guest["type"], guest["sessionContext"]["sessionIssuer"]["type"]) == ("FederatedUser", "IAMUser")
    lab.client("sts", sts.get_session_token()).get_caller_identity()
    again = last(lab, "GetCallerIdentity")["userIdentity"]
    assert (again["type"], again["sessionContext"]["attributes"]["mfaAuthenticated"]) == ("IAMUser", "false")
    assert again["accessKeyId"].startswith("ASIA")


def test_errors_have_cloudtrails_own_names(lab: Lab, tell: Tell) -> None:
    """The wire's code and the record's differ: by protocol, and by shape."""
    nobody = lab.user("nobody")
    assert tell(lab.client("cloudtrail", nobody).describe_trails) == "AccessDeniedException"
    assert last(lab, "DescribeTrails")["errorCode"] == "AccessDenied"
    assert tell(lab.client("iam").get_role, RoleName="none-such") == "NoSuchEntity"
    assert last(lab, "GetRole")["errorCode"] == "NoSuchEntityException"
    assert tell(lab.client("s3").get_bucket_policy, Bucket="none-such-bucket") == "NoSuchBucket"
    record = last(lab, "GetBucketPolicy")
    assert (record["errorCode"], record["responseElements"]) == ("NoSuchBucket", None)


def test_the_request_id_is_the_callers(lab: Lab) -> None:
    """What the client was given as request id stands in the record, so that both can be brought together."""
    for service, call, name in (
        ("sts", "get_caller_identity", "GetCallerIdentity"), ("iam", "list_groups", "ListGroups"),
        ("cloudtrail", "describe_trails", "DescribeTrails"),
    ):  # fmt: skip
        given = getattr(lab.client(service), call)()["ResponseMetadata"]
        assert last(lab, name)["requestID"] in (given["RequestId"], given["HTTPHeaders"]["x-amzn-requestid"])


def test_two_worlds_of_one_seed_have_the_same_records(tmp_path: Path) -> None:
    """Ids of events, requests, keys and principals are the same, of another seed they are others."""
    told = []
    for number, seed in enumerate((3, 3, 4)):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=seed, folder=folder)
        lab = Lab(world)
        lab.client("iam").list_users()
        told.append([(e["eventID"], e["requestID"], e["eventName"], e["userIdentity"]) for e in world.events()])
        world.stop()
    first, again, other = ([(i, r, n, w["accessKeyId"]) for i, r, n, w in each] for each in told)
    assert len(first) > 5
    assert first == again
    assert not {row[0] for row in first} & {row[0] for row in other}
