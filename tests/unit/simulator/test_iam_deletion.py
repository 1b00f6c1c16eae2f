"""What IAM refuses to delete while something hangs on it. Bare moto deletes all but the first two."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.lab import Lab, Tell
from tests.support.totp import current_codes

ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    return f"del-{next(_numbers)}"


def said(call: Any, **params: Any) -> tuple[str, int, str]:
    """(code, status, message) of a refusal."""
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def certificate() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(who, who, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


Give = Callable[[Lab, Any, str], Callable[[], Any]]
"""Gives the user one belonging; returns what takes it away again."""


def access_key(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    return lambda: iam.delete_access_key(UserName=name, AccessKeyId=key)


def login_profile(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    iam.create_login_profile(UserName=name, Password="Correct-Horse-7!")
    return lambda: iam.delete_login_profile(UserName=name)


def ssh_key(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    made = iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody="ssh-rsa AAAA")["SSHPublicKey"]["SSHPublicKeyId"]
    return lambda: iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=made)


def signing_certificate(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    made = iam.upload_signing_certificate(UserName=name, CertificateBody=certificate())["Certificate"]["CertificateId"]
    assert made == made.upper()
    return lambda: iam.delete_signing_certificate(UserName=name, CertificateId=made)


def service_credential(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    made = iam.create_service_specific_credential(UserName=name, ServiceName="codecommit.amazonaws.com")
    held = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    return lambda: iam.delete_service_specific_credential(UserName=name, ServiceSpecificCredentialId=held)


def mfa_device(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    first, second = current_codes(made["Base32StringSeed"].decode(), lab.world.now())
    serial = made["SerialNumber"]
    iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second)
    return lambda: iam.deactivate_mfa_device(UserName=name, SerialNumber=serial)


def inline_policy(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=ALL)
    return lambda: iam.delete_user_policy(UserName=name, PolicyName="p")


def attached_policy(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    arn = iam.create_policy(PolicyName=name, PolicyDocument=ALL)["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    return lambda: iam.detach_user_policy(UserName=name, PolicyArn=arn)


def membership(lab: Lab, iam: Any, name: str) -> Callable[[], Any]:
    iam.create_group(GroupName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    return lambda: iam.remove_user_from_group(GroupName=name, UserName=name)


BELONGINGS: list[tuple[Give, str]] = [
    (inline_policy, "must delete policies first"),
    (attached_policy, "must detach all policies first"),
    (access_key, "must delete access keys first"),
    (login_profile, "must delete login profile first"),
    (ssh_key, "must remove referenced objects first"),
    (signing_certificate, "must delete signing certificates first"),
    (service_credential, "must remove referenced objects first"),
    (mfa_device, "must delete MFA device first"),
    (membership, "must remove users from group first"),
]


@pytest.mark.parametrize(("give", "words"), BELONGINGS, ids=[give.__name__ for give, _ in BELONGINGS])
def test_a_user_is_deleted_only_when_it_has_nothing_left(
    lab: Lab, tell: Tell, name: str, give: Give, words: str
) -> None:
    """DeleteUser is a DeleteConflict while the user still has one of nine kinds of belongings, and works afterwards."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    take_away = give(lab, iam, name)
    assert said(iam.delete_user, UserName=name) == ("DeleteConflict", 409, f"Cannot delete entity, {words}.")
    take_away()
    assert tell(iam.delete_user, UserName=name) == "ok"
    assert tell(iam.get_user, UserName=name) == "NoSuchEntity"


def test_a_deleted_user_is_in_no_group(lab: Lab, name: str) -> None:
    """A user of the same name made later is not a member, and has another unique id."""
    iam = lab.client("iam")
    first = iam.create_user(UserName=name)["User"]["UserId"]
    membership(lab, iam, name)()
    iam.delete_user(UserName=name)
    assert iam.create_user(UserName=name)["User"]["UserId"] != first
    assert iam.get_group(GroupName=name)["Users"] == []


def test_a_group_is_deleted_only_when_it_is_empty(lab: Lab, tell: Tell, name: str) -> None:
    """Members, attached and inline policies each keep a group; moto deletes it all the same."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    leave = membership(lab, iam, name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=ALL)
    arn = iam.create_policy(PolicyName=name, PolicyDocument=ALL)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    words = []
    for step in (
        leave,
        lambda: iam.detach_group_policy(GroupName=name, PolicyArn=arn),
        lambda: iam.delete_group_policy(GroupName=name, PolicyName="p"),
    ):
        words.append(said(iam.delete_group, GroupName=name)[2])
        step()
    assert words == [
        f"Cannot delete entity, must {what} first."
        for what in ("remove users from group", "detach all policies", "delete policies")
    ]
    assert tell(iam.delete_group, GroupName=name) == "ok"
    assert tell(iam.delete_group, GroupName=name) == "NoSuchEntity"


def test_a_role_is_deleted_only_when_it_is_bare(lab: Lab, tell: Tell, name: str) -> None:
    """Instance profiles, attached and inline policies each keep a role."""
    iam = lab.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    assert said(iam.delete_instance_profile, InstanceProfileName=name)[0] == "DeleteConflict"
    assert "instance profile first" in said(iam.delete_role, RoleName=name)[2]
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=ALL)
    assert said(iam.delete_role, RoleName=name)[:2] == ("DeleteConflict", 409)
    iam.delete_role_policy(RoleName=name, PolicyName="p")
    assert tell(iam.delete_role, RoleName=name) == "ok"


def test_a_policy_is_deleted_only_when_nobody_uses_it(lab: Lab, tell: Tell, name: str) -> None:
    """An attachment, a boundary and a further version each keep a managed policy; moto deletes it under its users."""
    iam = lab.client("iam")
    iam.create_user(UserName=name)
    arn = iam.create_policy(PolicyName=name, PolicyDocument=ALL)["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert said(iam.delete_policy, PolicyArn=arn) == (
        "DeleteConflict", 409, "Cannot delete a policy attached to entities.",
    )  # fmt: skip
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=arn)
    assert tell(iam.delete_policy, PolicyArn=arn) == "DeleteConflict"
    iam.delete_user_permissions_boundary(UserName=name)
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALL)["PolicyVersion"]["VersionId"]
    assert "more than one version" in said(iam.delete_policy, PolicyArn=arn)[2]
    assert said(iam.delete_policy_version, PolicyArn=arn, VersionId="v1")[0] == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    assert tell(iam.delete_policy, PolicyArn=arn) == "ok"
    assert tell(iam.delete_policy, PolicyArn=arn) == "NoSuchEntity"
