"""What the judge finds in a world: doors that the adversary made, legitimate work refused, trails stopped."""

from collections.abc import Callable
from typing import Any

import pytest

from irtui.gameday.scenario import Scenario, parse_scenario
from irtui.gameday.world import World
from tests.support.lab import LAB, Lab

Start = Callable[..., World]
DENY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
LATER = DENY.replace('"*"}', '"*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}')


def scenario() -> Scenario:
    """A laboratory where eve made herself a user with a key and a password, and a role."""
    allowed = """policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "*", Resource: "*"}]}}"""
    text = LAB.replace("name: eve, keys: {eves: -30d}", f"name: eve, keys: {{eves: -30d}}, {allowed}")
    text = text.replace(
        "objectives: []",
        "objectives:\n"
        "  - {id: doors, text: No door., kind: no_new_principal}\n"
        "  - {id: work, text: Work goes on., kind: unharmed}\n",
    )
    moves = """
    moves:
      - {at: -2h, by: eves, call: iam.CreateUser, params: {UserName: backup}}
      - {at: -2h, by: eves, call: iam.CreateAccessKey, params: {UserName: backup}, gains: second}
      - {at: -1h, by: eves, call: iam.CreateLoginProfile, params: {UserName: backup, Password: Long-enough-2026!}}
      - at: -1h
        by: eves
        call: iam.CreateRole
        params: {RoleName: audit, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}'}
    uses: [{by: second, call: sts.GetCallerIdentity}, {by: eves, call: sts.GetCallerIdentity}]
  worker:
    source_ip: 198.51.100.7
    user_agent: worker/1.0
    keys: [works]
    uses: [{by: works, call: iam.ListUsers}]
"""
    text = text.replace("    uses: [{by: eves, call: sts.GetCallerIdentity}]\n", moves[1:])
    worker = """    worker: {name: worker, keys: {works: -30d}, policies: {p: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "iam:ListUsers", Resource: "*"}]}}}
  roles:
"""
    return parse_scenario(text.replace("  roles:\n", worker, 1), "lab.yaml")


@pytest.fixture
def lab(start: Start) -> Lab:
    return Lab(start(scenario()))


def verdict(lab: Lab, which: str) -> Any:
    return {objective.id: objective for objective in lab.world.judge()}[which]


def test_every_door_that_the_adversary_made_is_named_until_it_is_shut(lab: Lab) -> None:
    """Key, password and role each keep the objective lost; only when the last one is gone is it met."""
    iam = lab.client("iam")
    detail = verdict(lab, "doors").detail
    assert "key …" in detail and "user backup has a console password" in detail and "role audit" in detail
    key = iam.list_access_keys(UserName="backup")["AccessKeyMetadata"][0]["AccessKeyId"]
    iam.update_access_key(UserName="backup", AccessKeyId=key, Status="Inactive")
    iam.delete_role(RoleName="audit")
    assert verdict(lab, "doors").detail == "user backup has a console password"
    iam.delete_login_profile(UserName="backup")
    assert verdict(lab, "doors").met


def test_an_unconditional_deny_shuts_a_door_and_a_conditional_one_does_not(lab: Lab) -> None:
    """A deny that depends on something leaves the door on the latch."""
    iam = lab.client("iam")
    iam.delete_role(RoleName="audit")
    iam.put_user_policy(UserName="backup", PolicyName="stop", PolicyDocument=LATER)
    assert not verdict(lab, "doors").met
    iam.put_user_policy(UserName="backup", PolicyName="stop", PolicyDocument=DENY)
    assert verdict(lab, "doors").met


def test_what_others_made_is_nobodys_door(lab: Lab) -> None:
    """A user whom the operator makes is not held against them."""
    iam = lab.client("iam")
    iam.create_user(UserName="new-colleague")
    iam.create_access_key(UserName="new-colleague")
    assert "new-colleague" not in verdict(lab, "doors").detail


def test_a_workload_that_was_refused_counts_although_it_works_again(lab: Lab) -> None:
    """An hour of denials is collateral, also when it was taken back."""
    iam = lab.client("iam")
    assert verdict(lab, "work").met
    iam.put_user_policy(UserName="worker", PolicyName="stop", PolicyDocument=DENY)
    lab.world.advance(3600)
    iam.delete_user_policy(UserName="worker", PolicyName="stop")
    lab.world.advance(60)
    found = verdict(lab, "work")
    assert not found.met
    assert "calls of worker refused" in found.detail
