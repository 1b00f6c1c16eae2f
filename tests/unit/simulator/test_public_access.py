"""Block Public Access: what a bucket's block refuses, and which policies S3 calls public."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.policy.document import read_document
from irtui.simulator.public_access import public
from tests.support.lab import LAB, Lab, Tell

ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::records"}
ADA = "arn:aws:iam::222233334444:user/ada"
PUBLIC: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"Principal": {"AWS": "*"}}, True),
    ({"Principal": {"AWS": [ADA, "*"]}}, True),
    ({"Principal": {"AWS": ADA}}, False),
    ({"Principal": {"Service": "cloudtrail.amazonaws.com"}}, False),
    ({"Effect": "Deny"}, False),
    ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
    ({"Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}}, True),
    ({"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}, True),
    ({"Condition": {"StringEquals": {"aws:UserAgent": "mine"}}}, True),
    ({"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}, False),
    ({"Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "0.0.0.0/1"]}}}, True),
    ({"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
    ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
]


@pytest.mark.parametrize(("change", "expected"), PUBLIC, ids=range(len(PUBLIC)))
def test_a_policy_is_public_unless_each_allow_is_bound_to_fixed_values(change: dict[str, Any], expected: bool) -> None:
    """As the S3 user guide has it: principals, keys of fixed values, and no range of addresses wider than /8."""
    policy = {"Version": "2012-10-17", "Statement": [{**ANYBODY, **change}]}
    assert public(read_document("p", policy)) is expected


def test_the_block_refuses_public_policies_and_whoever_comes_by_one(tmp_path: Path, tell: Tell) -> None:
    """A new bucket has it: no public policy is put. Without it others read; with it again none whom nothing names."""
    other = """
accounts:
  strangers:
    account: "222233334444"
    users:
      ada: {name: ada, keys: {adas: -3d}, policies: {all: {Version: "2012-10-17", Statement: [
        {Effect: Allow, Action: "s3:*", Resource: "*"}]}}}
"""
    text = LAB.replace("keys: [eves]", "keys: [eves, adas]").replace(
        "    uses: [", "    uses: [{by: adas, call: s3.ListObjectsV2, params: {Bucket: records}}, "
    )
    text = text.replace("objectives: []", "objectives: [{id: out, text: t, kind: cut_off, params: {actor: adversary}}]")
    world = World.start(parse_scenario(text + other, "lab.yaml"), seed=1, folder=tmp_path / "w", idle_seconds=120)
    try:
        s3 = Lab(world).client("s3")
        s3.create_bucket(Bucket="records")
        policy = json.dumps({"Version": "2012-10-17", "Statement": [ANYBODY]})
        with pytest.raises(ClientError, match="blocked by the BlockPublicPolicy block public access setting"):
            s3.put_bucket_policy(Bucket="records", Policy=policy)
        s3.delete_public_access_block(Bucket="records")
        s3.put_bucket_policy(Bucket="records", Policy=policy)
        assert "adas can still call s3.ListObjectsV2" in world.judge()[0].detail
        s3.put_public_access_block(
            Bucket="records", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True, "BlockPublicPolicy": False}
        )
        assert "adas" not in world.judge()[0].detail
        assert tell(s3.list_objects_v2, Bucket="records") == "ok"
        named = policy.replace('"*"', json.dumps({"AWS": ADA}))
        s3.put_bucket_policy(Bucket="records", Policy=named)
        assert "adas can still call s3.ListObjectsV2" in world.judge()[0].detail
    finally:
        world.stop()
