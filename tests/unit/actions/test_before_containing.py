"""What is told and kept before something is contained: who works with a key, and a role as it is."""

from collections.abc import Mapping
from typing import Any

import pytest

from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call
from tests.unit.actions.test_sweep_actions import DENY, KEY, Account, fault, observe

USED = {"LastUsedDate": "2026-11-23T10:00:00Z", "ServiceName": "s3", "Region": "eu-west-1"}
REGIONS = {"Regions": [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1"}]}
NEVER = {"ServiceName": "N/A", "Region": "N/A"}


def calls(**by_region: list[tuple[str, str, str]]) -> Any:
    """Region, its dashes as underscores → (address, program, service) of each call."""

    def lookup(call: Call) -> dict[str, Any]:
        found = by_region.get(str(call.region).replace("-", "_"), [])
        return {"Events": [
            {"CloudTrailEvent": {
                "eventID": f"{call.region}{n}", "eventTime": f"2026-11-23T08:0{n}:00Z", "sourceIPAddress": address,
                "userAgent": program, "eventSource": f"{service}.amazonaws.com", "eventName": "X",
            }}
            for n, (address, program, service) in enumerate(found)
        ]}  # fmt: skip

    return lookup


def callers(lookup: Any, last: Mapping[str, Any] = USED) -> Mapping[str, Any]:
    return observe(
        "cloudtrail.key_calls", Account(LookupEvents=lookup, DescribeRegions=REGIONS), access_key_id=KEY, last_used=last
    )


def test_who_breaks_is_told_by_number_of_calls() -> None:
    """Addresses and programs of every Region, the most frequent first, with IAM's last use and the services."""
    ours, theirs = ("198.51.100.7", "ledger-sync/4.2 x", "s3"), ("203.0.113.66", "Boto3/1.40.1", "iam")
    found = callers(calls(us_east_1=[theirs, theirs], eu_west_1=[ours, ours, ours]))
    assert found["words"] == (
        "IAM: last used 2026-11-23 10:00Z (s3, eu-west-1). CloudTrail: 5 calls since 2026-11-23 08:00Z: "
        "3 from 198.51.100.7 (ledger-sync/4.2), 2 from 203.0.113.66 (Boto3/1.40.1). Services: s3 3, iam 2."
    )
    assert found["source_ips"] == {"198.51.100.7": 3, "203.0.113.66": 2} and found["calls"] == 5
    many = callers(calls(us_east_1=[(f"192.0.2.{n}", "a" * 99, "ec2") for n in range(6)]))["words"]
    assert f"1 from 192.0.2.3 ({'a' * 24}) and 2 more. Services: ec2 6." in many


def test_a_key_that_nobody_was_seen_with_and_one_that_could_not_be_read_are_not_the_same() -> None:
    """Nobody is said only where every Region answered."""
    assert callers(calls(), NEVER)["words"] == "CloudTrail: no calls in any Region."
    for blind in (fault("denied"), fault("throttled")):
        found = callers(blind, NEVER)
        assert found["words"] == "Not all could be read." and len(found["gaps"]) == 2
    cut = callers(lambda call: {**calls()(call), "NextToken": "more"}, NEVER)
    assert "Not all could be read." in cut["words"] and "over 200 events in eu-west-1" in cut["gaps"][0]
    with pytest.raises(AwsFault):
        callers(fault("expired"))


def test_a_role_is_kept_whole() -> None:
    """Trust, boundary, inline and managed policies with their documents, where it is at work; a refusal is a gap."""
    role = {
        "RoleName": "deploy",
        "AssumeRolePolicyDocument": DENY,
        "PermissionsBoundary": {"PermissionsBoundaryArn": "b"},
    }
    arn = "arn:aws:iam::111122223333:policy/own"
    answers: dict[str, Any] = {
        "GetRole": {"Role": role},
        "ListRoleTags": {"Tags": [{"Key": "team", "Value": "x"}]},
        "ListRolePolicies": {"PolicyNames": ["p"]},
        "GetRolePolicy": {"PolicyDocument": DENY},
        "ListAttachedRolePolicies": {"AttachedPolicies": [{"PolicyArn": arn}]},
        "ListPolicyVersions": {"Versions": [{"VersionId": "v1", "IsDefaultVersion": True}]},
        "GetPolicyVersion": {"PolicyVersion": {"Document": DENY}},
        "ListInstanceProfilesForRole": fault("denied"),
    }
    found = observe("iam.snapshot_role", Account(**answers), role="arn:aws:iam::111122223333:role/x/deploy")
    assert (found["role"], found["trust"], found["permissions_boundary"]) == (
        "deploy",
        DENY,
        role["PermissionsBoundary"],
    )
    assert found["inline_policies"] == {"p": DENY} and found["managed_policies"] == {arn: {"default": "v1", "v1": DENY}}
    assert found["instance_profiles"] is None and len(found["gaps"]) == 1


def test_a_role_that_is_not_there_is_absent_but_a_hidden_one_is_a_gap() -> None:
    """NoSuchEntity fails the snapshot; AccessDenied does not; no name is refused."""
    with pytest.raises(AwsFault, match="There is no role deploy"):
        observe("iam.snapshot_role", Account(), role="deploy")
    assert observe("iam.snapshot_role", Account(GetRole=fault("denied")), role="deploy")["gaps"]
    with pytest.raises(RunbookError):
        observe("iam.snapshot_role", Account(), role=" ")
