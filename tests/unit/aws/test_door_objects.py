"""Objects through the door: with whose session they are read, and that nothing can be written."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from irtui.aws.door import Objects
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.clock import ManualClock
from irtui.errors import AwsFault
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.model.runbook import SessionSpec
from tests.support.lab import QUIET, Lab

ASSUMES = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


@pytest.fixture(scope="module")
def object_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=5, folder=tmp_path_factory.mktemp("objects"))
    yield Lab(world)
    world.stop()


def _read(objects: Objects) -> list[tuple[str, bytes]]:
    found = []
    for key in objects.keys("kept", ""):
        with objects.get("kept", key) as one:
            found.append((key, b"".join(one.chunks)))
    return found


def test_objects_are_read_with_the_session_that_was_asked_for(object_lab: Lab) -> None:
    """A caller who may not read the bucket reads it in a session of a role that may; only reads reach AWS."""
    s3 = object_lab.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="a/one", Body=b"1")
    made = object_lab.user("narrow", ASSUMES)["AccessKey"]
    tester = "arn:aws:iam::111122223333:role/auditor"
    object_lab.client("iam").create_role(
        RoleName="auditor", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}',
    )  # fmt: skip
    object_lab.client("iam").put_role_policy(
        RoleName="auditor", PolicyName="reads", PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": '
        '"Allow", "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"], "Resource": "*"}]}',
    )  # fmt: skip
    object_lab.world.advance(26 * 3600)  # botocore judges by this machine's clock when a session has ended
    door = open_simulated(
        endpoint_url=object_lab.world.url, region="us-east-1", clock=ManualClock(object_lab.world.now()),
        sign_in=lambda: SignedIn(made["AccessKeyId"], made["SecretAccessKey"]),
    )  # fmt: skip
    door.add_session(SessionSpec("audit", tester))
    before = len(object_lab.world.requests())
    with closing(door.objects("audit")) as objects:
        assert _read(objects) == [("a/one", b"1")] and objects.folders("kept", "") == ["a"]
    with closing(door.objects()) as objects, pytest.raises(AwsFault, match="AccessDenied"):
        _read(objects)
    seen = {one["operation"] for one in object_lab.world.requests()[before:] if one["service"] == "s3"}
    assert seen == {"GetBucketLocation", "ListObjectsV2", "GetObject"}
