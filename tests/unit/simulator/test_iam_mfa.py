"""Virtual MFA devices prove themselves by codes. Bare moto takes any code, of any device, existing or not."""

import base64
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from irtui.simulator.gaps.iam.totp import code, step_at, step_of, step_of_pair
from tests.support.lab import Lab, Tell
from tests.support.totp import current_codes, shown

_numbers = itertools.count()
RFC_SEED = base64.b32encode(b"12345678901234567890").decode()
RFC_ROWS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.fixture
def name() -> str:
    return f"mfa-{next(_numbers)}"


def a_device(lab: Lab, name: str) -> tuple[str, str]:
    """(serial number, seed) of a new device of a new user, not enabled."""
    lab.client("iam").create_user(UserName=name)
    made = lab.client("iam").create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    return made["SerialNumber"], made["Base32StringSeed"].decode()


def enable(lab: Lab, name: str, serial: str, codes: tuple[str, str]) -> str:
    try:
        lab.client("iam").enable_mfa_device(
            UserName=name, SerialNumber=serial, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1]
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


@pytest.mark.parametrize(("at", "digits"), RFC_ROWS)
def test_codes_are_those_of_rfc_6238(at: int, digits: str) -> None:
    """The test vectors of the RFC, their last six digits."""
    moment = datetime.fromtimestamp(at, UTC)
    assert code(RFC_SEED, step_at(moment)) == shown(RFC_SEED, at) == digits
    assert step_of(RFC_SEED, digits, range(at // 30 - 1, at // 30 + 2)) == at // 30
    assert step_of_pair(RFC_SEED, code(RFC_SEED, at // 30 - 1), digits, range(at // 30, at // 30 + 1)) == at // 30


def test_a_new_device_shows_its_seed_once(lab: Lab, name: str) -> None:
    """Seed and picture come with the creation; no list shows them again, and the device belongs to nobody."""
    made = lab.client("iam").create_virtual_mfa_device(VirtualMFADeviceName=name, Path="/team/")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    assert len(base64.b32decode(seed)) >= 20 and made["SerialNumber"].endswith(f":mfa/team/{name}")
    assert made["QRCodePNG"].startswith(b"\x89PNG") and f"secret={seed}".encode() in made["QRCodePNG"]
    listed = lab.client("iam").list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert {"SerialNumber": made["SerialNumber"]} in listed


def test_enabling_needs_two_consecutive_codes(lab: Lab, tell: Tell, name: str) -> None:
    """Wrong, equal, swapped and old codes are InvalidAuthenticationCode; the right pair enables the device."""
    serial, seed = a_device(lab, name)
    first, second = current_codes(seed, lab.world.now())
    wrong = [("000000", "000001"), (first, first), (second, first), current_codes(seed, lab.world.now(), ago=60)]
    assert {enable(lab, name, serial, pair) for pair in wrong} == {"InvalidAuthenticationCode"}
    assert lab.client("iam").list_mfa_devices(UserName=name)["MFADevices"] == []
    assert enable(lab, name, serial, current_codes(seed, lab.world.now())) == "ok"
    (held,) = lab.client("iam").list_mfa_devices(UserName=name)["MFADevices"]
    assert (held["SerialNumber"], held["UserName"]) == (serial, name)
    assert lab.client("iam").get_mfa_device(SerialNumber=serial)["UserName"] == name
    assigned = lab.client("iam").list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert name in {row["User"]["UserName"] for row in assigned}


def test_codes_follow_the_worlds_clock(lab: Lab, name: str) -> None:
    """What the app shows an hour later is right an hour later, not now."""
    serial, seed = a_device(lab, name)
    later = current_codes(seed, lab.world.now(), ago=-120)
    assert enable(lab, name, serial, later) == "InvalidAuthenticationCode"
    lab.world.advance(3600)
    assert enable(lab, name, serial, later) == "ok"


def test_a_device_has_one_owner(lab: Lab, name: str) -> None:
    """A device that is in use cannot be enabled again, and one that does not exist cannot be enabled at all."""
    serial, seed = a_device(lab, name)
    assert enable(lab, name, serial + "-none", ("123456", "234567")) == "NoSuchEntity"
    assert enable(lab, name, serial, current_codes(seed, lab.world.now())) == "ok"
    lab.client("iam").create_user(UserName=f"{name}-b")
    lab.world.advance(60)
    assert enable(lab, f"{name}-b", serial, current_codes(seed, lab.world.now())) == "EntityAlreadyExists"


def test_hardware_tokens_are_not_simulated(lab: Lab, name: str) -> None:
    """A serial number that is no ARN is somebody's token: the simulator says that it cannot tell."""
    a_device(lab, name)
    assert enable(lab, name, "GAHT12345678", ("123456", "234567")) == "NotSimulated"


def test_a_device_in_use_is_not_deleted(lab: Lab, tell: Tell, name: str) -> None:
    """DeleteVirtualMFADevice is a DeleteConflict until the device is deactivated; moto deletes it under its user."""
    iam = lab.client("iam")
    serial, seed = a_device(lab, name)
    enable(lab, name, serial, current_codes(seed, lab.world.now()))
    with pytest.raises(ClientError) as refused:
        iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert refused.value.response["Error"]["Code"] == "DeleteConflict"
    assert refused.value.response["Error"]["Message"] == "MFA VirtualDevice in use. Must deactivate first."
    iam.create_user(UserName=f"{name}-b")
    assert tell(iam.deactivate_mfa_device, UserName=f"{name}-b", SerialNumber=serial) == "NoSuchEntity"
    assert tell(iam.deactivate_mfa_device, UserName=name, SerialNumber=serial) == "ok"
    assert tell(iam.deactivate_mfa_device, UserName=name, SerialNumber=serial) == "NoSuchEntity"
    assert tell(iam.delete_virtual_mfa_device, SerialNumber=serial) == "ok"
    assert tell(iam.get_mfa_device, SerialNumber=serial) == "NoSuchEntity"


def test_a_device_is_brought_back_into_step(lab: Lab, tell: Tell, name: str) -> None:
    """ResyncMFADevice takes codes of a clock that is off, but none that was used already."""
    serial, seed = a_device(lab, name)
    used = current_codes(seed, lab.world.now())
    assert enable(lab, name, serial, used) == "ok"
    resync: dict[str, Any] = {"UserName": name, "SerialNumber": serial}

    def again(codes: tuple[str, str]) -> str:
        return tell(
            lab.client("iam").resync_mfa_device, AuthenticationCode1=codes[0], AuthenticationCode2=codes[1], **resync
        )

    assert again(used) == "InvalidAuthenticationCode"
    lab.world.advance(600)
    assert again(current_codes(seed, lab.world.now(), ago=10)) == "ok"


def test_sts_takes_codes(lab: Lab, tell: Tell, name: str) -> None:
    """A session with a right code counts as one with MFA and may use IAM; a wrong or used code is AccessDenied."""
    serial, seed = a_device(lab, name)
    assert enable(lab, name, serial, current_codes(seed, lab.world.now())) == "ok"
    rule = {"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}  # fmt: skip
    document = {"Version": "2012-10-17", "Statement": [rule]}
    lab.client("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    trust = {**rule, "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::111122223333:user/{name}"}}
    del trust["Resource"]
    trusted = json.dumps({**document, "Statement": [trust]})
    role = lab.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    key = lab.client("iam").create_access_key(UserName=name)
    sts = lab.client("sts", key)
    assert tell(lab.client("iam", key).list_users) == "AccessDenied"
    assert tell(sts.get_session_token, SerialNumber=serial, TokenCode="000000") == "AccessDenied"
    used = current_codes(seed, lab.world.now())[1]
    assert tell(sts.get_session_token, SerialNumber=serial, TokenCode=used) == "AccessDenied"
    lab.world.advance(60)
    session = sts.get_session_token(SerialNumber=serial, TokenCode=current_codes(seed, lab.world.now())[1])
    assert tell(lab.client("iam", session).list_users) == "ok"
    assume = {"RoleArn": role, "RoleSessionName": "s1"}
    assert tell(sts.assume_role, **assume) == "AccessDenied"
    assert tell(sts.assume_role, **assume, SerialNumber=serial, TokenCode="000000") == "AccessDenied"
    lab.world.advance(60)
    assert (
        tell(sts.assume_role, **assume, SerialNumber=serial, TokenCode=current_codes(seed, lab.world.now())[1]) == "ok"
    )
