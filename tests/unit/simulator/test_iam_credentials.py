"""Ids, keys, passwords and service-specific credentials of users, as IAM has them."""

import itertools
import json
import re

import pytest

from tests.support.lab import Lab, Tell

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [ALL]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"cred-{next(_numbers)}"


def test_unique_ids_look_like_awss(lab: Lab, name: str) -> None:
    """Users, groups, roles, policies and profiles have 21 upper-case characters after their kind; keys have 20."""
    iam = lab.client("iam")
    user = iam.create_user(UserName=name)["User"]["UserId"]
    made = {
        "AIDA": user,
        "AGPA": iam.create_group(GroupName=name)["Group"]["GroupId"],
        "AROA": iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["RoleId"],
        "ANPA": iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["PolicyId"],
        "AIPA": iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]["InstanceProfileId"],
    }
    assert all(re.fullmatch(f"{prefix}[A-Z2-7]{{17}}", made[prefix]) for prefix in made)
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    session = lab.client("sts").get_caller_identity()["UserId"].partition(":")[0]
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key) and re.fullmatch("AROA[A-Z2-7]{17}", session)
    ssh = iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa A")["SSHPublicKey"]["SSHPublicKeyId"]
    assert re.fullmatch("APKA[A-Z0-9]{16,17}", ssh)
    assert iam.get_user(UserName=name)["User"]["UserId"] == user
    assert iam.get_group(GroupName=name)["Group"]["GroupId"] == made["AGPA"]


def test_two_keys_at_most(lab: Lab, tell: Tell, name: str) -> None:
    """The third access key is LimitExceeded, also when the others are inactive."""
    iam = lab.client("iam")
    first = lab.user(name)["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName=name, AccessKeyId=first, Status="Inactive")
    assert tell(iam.create_access_key, UserName=name) == "ok"
    assert tell(iam.create_access_key, UserName=name) == "LimitExceeded"
    held = {k["AccessKeyId"]: k["Status"] for k in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]}
    assert len(held) == 2 and held[first] == "Inactive"
    iam.delete_access_key(UserName=name, AccessKeyId=first)
    assert tell(iam.delete_access_key, UserName=name, AccessKeyId=first) == "NoSuchEntity"
    assert tell(iam.create_access_key, UserName=name) == "ok"


def test_last_use_of_a_key(lab: Lab, tell: Tell, name: str) -> None:
    """A key that was never used says N/A, a used one when, where and for what; an unknown one is AccessDenied."""
    iam = lab.client("iam")
    key = lab.user(name, ALL)
    held = key["AccessKey"]["AccessKeyId"]
    never = iam.get_access_key_last_used(AccessKeyId=held)
    assert (never["UserName"], never["AccessKeyLastUsed"]) == (name, {"Region": "N/A", "ServiceName": "N/A"})
    lab.client("s3", key, region="eu-west-1").list_buckets()
    used = iam.get_access_key_last_used(AccessKeyId=held)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("s3", "eu-west-1")
    assert abs((lab.world.now() - used["LastUsedDate"]).total_seconds()) < 60
    assert tell(iam.get_access_key_last_used, AccessKeyId="AKIA" + "A" * 16) == "AccessDenied"


def test_names_are_unique_without_case(lab: Lab, tell: Tell, name: str) -> None:
    """Two users or groups cannot differ by case only; moto allows it."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    iam.create_group(GroupName=name)
    assert tell(iam.create_user, UserName=name.upper()) == "EntityAlreadyExists"
    assert tell(iam.create_group, GroupName=name.upper()) == "EntityAlreadyExists"
    iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)
    assert tell(iam.create_policy, PolicyName=name.upper(), PolicyDocument=DOCUMENT) == "EntityAlreadyExists"
    assert tell(iam.create_policy, PolicyName=f"{name}-x", PolicyDocument="{}") == "MalformedPolicyDocument"


def test_a_renamed_user_stays_itself(lab: Lab, tell: Tell, name: str) -> None:
    """Keys, policies, groups, tags and the unique id go along; the ARN changes, and a taken name is refused."""
    iam, new = lab.client("iam"), f"{name}-new"
    key = lab.user(name, ALL)
    iam.tag_user(UserName=name, Tags=[{"Key": "team", "Value": "blue"}])
    iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    before = iam.get_user(UserName=name)["User"]
    assert tell(iam.update_user, UserName=name, NewUserName="tester") == "EntityAlreadyExists"
    iam.update_user(UserName=name, NewUserName=new, NewPath="/x/")
    after = iam.get_user(UserName=new)["User"]
    assert (after["UserId"], after["Tags"], after["Path"]) == (before["UserId"], before["Tags"], "/x/")
    assert tell(iam.get_user, UserName=name) == "NoSuchEntity"
    assert iam.list_access_keys(UserName=new)["AccessKeyMetadata"][0]["UserName"] == new
    assert [user["UserName"] for user in iam.get_group(GroupName=name)["Users"]] == [new]
    assert lab.client("sts", key).get_caller_identity()["Arn"].endswith(f":user/x/{new}")
    iam.update_group(GroupName=name, NewPath="/y/")
    assert iam.get_group(GroupName=name)["Group"]["Path"] == "/y/"


def test_passwords_meet_the_policy(lab: Lab, tell: Tell, name: str) -> None:
    """A password that the account's policy forbids is PasswordPolicyViolation, a reused one too; moto takes any."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    assert tell(iam.create_login_profile, UserName=name, Password="short7!") == "PasswordPolicyViolation"
    assert tell(iam.create_login_profile, UserName=name, Password="alllowercase") == "PasswordPolicyViolation"
    iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, PasswordReusePrevention=2)
    try:
        assert tell(iam.create_login_profile, UserName=name, Password="Correct-7!") == "PasswordPolicyViolation"
        assert tell(iam.create_login_profile, UserName=name, Password="CorrectHorse777") == "PasswordPolicyViolation"
        assert tell(iam.create_login_profile, UserName=name, Password="Correct-Horse-7!") == "ok"
        assert tell(iam.update_login_profile, UserName=name, Password="Correct-Horse-7!") == "PasswordPolicyViolation"
        assert tell(iam.update_login_profile, UserName=name, Password="Another-Horse-8!") == "ok"
        assert tell(iam.update_login_profile, UserName=name, Password="Correct-Horse-7!") == "PasswordPolicyViolation"
    finally:
        iam.delete_account_password_policy()


def test_a_login_profile_keeps_what_it_was_given(lab: Lab, tell: Tell, name: str) -> None:
    """PasswordResetRequired is kept, the date is the profile's own, and a second profile is refused."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    assert tell(iam.get_login_profile, UserName=name) == "NoSuchEntity"
    lab.world.advance(100)
    made = iam.create_login_profile(UserName=name, Password="Correct-Horse-7!", PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    assert made["LoginProfile"]["CreateDate"] > iam.get_user(UserName=name)["User"]["CreateDate"]
    assert tell(iam.create_login_profile, UserName=name, Password="Correct-Horse-7!") == "EntityAlreadyExists"
    iam.update_login_profile(UserName=name, PasswordResetRequired=False)
    assert iam.get_login_profile(UserName=name)["LoginProfile"]["PasswordResetRequired"] is False
    iam.delete_login_profile(UserName=name)
    assert tell(iam.update_login_profile, UserName=name, Password="Correct-Horse-7!") == "NoSuchEntity"


def test_service_specific_credentials(lab: Lab, tell: Tell, name: str) -> None:
    """Two per user and service; the password is shown at creation and reset only; nobody else's are found."""
    iam, service = lab.client("iam"), "codecommit.amazonaws.com"
    iam.create_user(UserName=name)
    iam.create_user(UserName=f"{name}-b")
    first = iam.create_service_specific_credential(UserName=name, ServiceName=service)["ServiceSpecificCredential"]
    held = {"UserName": name, "ServiceSpecificCredentialId": first["ServiceSpecificCredentialId"]}
    assert first["ServiceSpecificCredentialId"].startswith("ACCA") and first["ServicePassword"]
    assert tell(iam.create_service_specific_credential, UserName=name, ServiceName=service) == "ok"
    assert tell(iam.create_service_specific_credential, UserName=name, ServiceName=service) == "LimitExceeded"
    iam.update_service_specific_credential(**held, Status="Inactive")
    listed = iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]
    everybodys = iam.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    assert {each["ServiceSpecificCredentialId"] for each in listed} <= {
        each["ServiceSpecificCredentialId"] for each in everybodys if each["UserName"] == name
    }
    assert tell(iam.list_service_specific_credentials, UserName=name, AllUsers=True) == "ValidationError"
    assert [row["Status"] for row in listed] == ["Inactive", "Active"] and "ServicePassword" not in listed[0]
    reset = iam.reset_service_specific_credential(**held)["ServiceSpecificCredential"]
    assert reset["ServicePassword"] != first["ServicePassword"]
    other = {**held, "UserName": f"{name}-b"}
    assert tell(iam.delete_service_specific_credential, **other) == "NoSuchEntity"
    assert iam.list_service_specific_credentials(UserName=f"{name}-b")["ServiceSpecificCredentials"] == []
