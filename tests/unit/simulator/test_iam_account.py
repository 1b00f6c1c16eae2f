"""What IAM says of a whole account: the summary, the credential report, the authorization details."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import LAB, Lab, Tell
from tests.support.totp import current_codes

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [ALL]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"acc-{next(_numbers)}"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this module's own: what is counted here, nobody else changes."""
    world = World.start(parse_scenario(LAB, "lab.yaml"), seed=11, folder=tmp_path_factory.mktemp("alone"))
    yield Lab(world)
    world.stop()


def test_the_summary_counts(alone: Lab, name: str) -> None:
    """Every count of GetAccountSummary follows what is made and deleted, versions of policies among them."""
    iam = alone.client("iam")
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName=name)
    arn = iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    first, second = current_codes(device["Base32StringSeed"].decode(), alone.world.now())
    iam.enable_mfa_device(
        UserName=name, SerialNumber=device["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second
    )
    after = iam.get_account_summary()["SummaryMap"]
    grown = {key: after[key] - before[key] for key in after if after[key] != before[key]}
    assert grown == {
        "Users": 1, "Groups": 1, "Roles": 1, "InstanceProfiles": 1, "Policies": 1, "PolicyVersionsInUse": 2,
        "MFADevices": 1, "MFADevicesInUse": 1,
    }  # fmt: skip
    root = {key: value for key, value in after.items() if key.startswith("Account")}
    assert root == {
        "AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0, "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
    }  # fmt: skip


def report(lab: Lab) -> tuple[list[dict[str, str]], Any]:
    made = lab.client("iam").get_credential_report()
    return list(csv.DictReader(io.StringIO(made["Content"].decode()))), made["GeneratedTime"]


def test_the_credential_report_is_made_and_kept_for_four_hours(alone: Lab, tell: Tell, name: str) -> None:
    """Absent, started, in progress, complete; then unchanged for four hours; then expired until it is made again."""
    iam = alone.client("iam")
    assert tell(iam.get_credential_report) == "ReportNotPresent"
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "INPROGRESS"
    assert tell(iam.get_credential_report) == "ReportInProgress"
    alone.world.advance(3)
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    rows, made = report(alone)
    assert abs((alone.world.now() - made).total_seconds()) < 60
    iam.create_user(UserName=name)
    alone.world.advance(3 * 3600)
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    assert report(alone) == (rows, made) and name not in {row["user"] for row in rows}
    alone.world.advance(3600)
    fresh = Lab(alone.world)  # the operator's session of before has ended
    assert tell(fresh.client("iam").get_credential_report) == "ReportExpired"
    assert fresh.client("iam").generate_credential_report()["State"] == "STARTED"
    alone.world.advance(3)
    rows, later = report(fresh)
    assert later > made and name in {row["user"] for row in rows}


def test_the_rows_of_the_report(alone: Lab, name: str) -> None:
    """Root first, then users; password, device, keys with their last use, N/A where there is nothing."""
    lab = Lab(alone.world)
    iam = lab.client("iam")
    key = lab.user(name, ALL)
    lab.client("s3", key).list_buckets()
    second = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName=name, AccessKeyId=second, Status="Inactive")
    iam.create_login_profile(UserName=name, Password="Correct-Horse-7!")
    alone.world.advance(5 * 3600)
    lab = Lab(alone.world)
    lab.client("iam").generate_credential_report()
    alone.world.advance(3)
    rows, _ = report(lab)
    by_name = {row["user"]: row for row in rows}
    root, mine = rows[0], by_name[name]
    assert (root["user"], root["arn"]) == ("<root_account>", "arn:aws:iam::111122223333:root")
    assert (root["password_enabled"], root["password_last_changed"]) == ("not_supported", "not_supported")
    assert list(by_name)[1:] == sorted(list(by_name)[1:], key=str.lower) and len(mine) == 22
    assert (mine["password_enabled"], mine["password_last_used"], mine["password_next_rotation"]) == (
        "true", "no_information", "N/A",
    )  # fmt: skip
    number = {key["AccessKey"]["AccessKeyId"]: "1", second: "2"}
    if second < key["AccessKey"]["AccessKeyId"]:
        number = {key["AccessKey"]["AccessKeyId"]: "2", second: "1"}
    used, unused = number[key["AccessKey"]["AccessKeyId"]], number[second]
    assert (mine[f"access_key_{used}_active"], mine[f"access_key_{used}_last_used_service"]) == ("true", "s3")
    assert (mine[f"access_key_{unused}_active"], mine[f"access_key_{unused}_last_used_date"]) == ("false", "N/A")
    assert mine[f"access_key_{unused}_last_rotated"].endswith("Z")
    assert (mine["mfa_active"], mine["cert_1_active"], mine["cert_2_last_rotated"]) == ("false", "false", "N/A")


def test_details_hold_what_gives_and_limits_permissions(lab: Lab, name: str) -> None:
    """Users have groups, policies, boundary and tags; roles trust, profiles and last use; policies versions."""
    iam = lab.client("iam")
    percent = json.dumps({"Version": "2012-10-17", "Statement": [{**ALL, "Resource": "arn:aws:s3:::a%20b/ü+*"}]})
    arn = iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="g", PolicyDocument=percent)
    iam.create_user(UserName=name, PermissionsBoundary=arn, Tags=[{"Key": "team", "Value": "blue"}])
    iam.put_user_policy(UserName=name, PolicyName="u", PolicyDocument=percent)
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    iam.add_user_to_group(GroupName=name, UserName=name)
    trust = json.loads(TRUST)
    trust["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::111122223333:root"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    lab.client("sts").assume_role(RoleArn=role, RoleSessionName="now")
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) > 1

    def only(member: str, key: str) -> Any:
        (found,) = [row for page in pages for row in page[member] if row[key] == name]
        return found

    user, group, held = (
        only("UserDetailList", "UserName"),
        only("GroupDetailList", "GroupName"),
        only("RoleDetailList", "RoleName"),
    )
    assert user["UserPolicyList"] == [{"PolicyName": "u", "PolicyDocument": json.loads(percent)}]
    assert (user["GroupList"], user["Tags"]) == ([name], [{"Key": "team", "Value": "blue"}])
    assert user["AttachedManagedPolicies"] == [{"PolicyName": name, "PolicyArn": arn}]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    assert group["GroupPolicyList"] == [{"PolicyName": "g", "PolicyDocument": json.loads(percent)}]
    assert held["AssumeRolePolicyDocument"] == trust and held["RoleLastUsed"]["LastUsedDate"]
    assert held["InstanceProfileList"][0]["Roles"][0]["RoleName"] == name
    policy = only("Policies", "PolicyName")
    assert (policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"]) == (1, 1)
    assert policy["PolicyVersionList"][0]["Document"] == json.loads(DOCUMENT)


def test_details_are_filtered(lab: Lab, tell: Tell, name: str) -> None:
    """A filter shows the named kinds only; an unknown one and a page of nothing are refused."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    seen = iam.get_account_authorization_details(Filter=["User"], MaxItems=1000)
    assert name in {row["UserName"] for row in seen["UserDetailList"]}
    assert (seen["RoleDetailList"], seen["GroupDetailList"], seen["Policies"]) == ([], [], [])
    assert tell(iam.get_account_authorization_details, Filter=["Everything"]) == "ValidationError"
    assert tell(iam.get_account_authorization_details, Marker="far") == "ValidationError"


def test_ids_follow_the_seed(tmp_path: Path) -> None:
    """Two worlds of one seed give the same unique ids, another seed others."""

    def made(seed: int) -> tuple[str, bytes]:
        world = World.start(parse_scenario(LAB, "lab.yaml"), seed=seed, folder=tmp_path)
        iam = Lab(world).client("iam")
        found = iam.create_user(UserName="x")["User"]["UserId"]
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName="x")["VirtualMFADevice"]["Base32StringSeed"]
        world.stop()
        return found, device

    assert made(3) == made(3) != made(4)
