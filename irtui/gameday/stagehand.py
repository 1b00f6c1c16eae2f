"""Who does by hand, in a simulated world, what the operator says was done: the root user in its console, whoever holds
the management account, and who was given a key.

What is done by calls of the API is done by those calls, so that CloudTrail tells of it; a new MFA device has no such
call. What a person does outside AWS (a mailbox, a telephone) happens nowhere.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from irtui.gameday.client import Credential
from irtui.gameday.handles import filled
from irtui.gameday.scenario.cast import Deed
from irtui.gameday.seeding import Seeder
from irtui.simulator import state
from irtui.simulator.sessions import Session

LATER: Mapping[Deed, timedelta] = {"sign with the replacement key": timedelta(seconds=60)}
"""What nobody does at once; before that IAM may not know a new key."""
DEVICE = "irtui-replacement"
_SEEN = {"source_ip": "198.51.100.40", "user_agent": "Mozilla/5.0 (console)"}
_DENY_ROOT = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "true"},
        },
    }],
}  # fmt: skip


def perform(seeder: Seeder, deed: Deed) -> None:
    """One deed. Doing it again changes nothing more, but for the SCP, of which AWS then says that it is there."""
    if deed == "attach an SCP that denies root":
        _attach(seeder)
        return
    if deed == "sign with the replacement key":
        _sign(seeder)
        return
    world = seeder.world
    with world.lock:
        root, now = world.root(), world.clock.now()
        if deed == "register root device":
            if not any(device.serial.endswith(f"/{DEVICE}") for device in root.devices):
                root.register(DEVICE, now)
            return
        console = world.sessions.issue(
            Session("session", world.account, world.account, "", now, now + timedelta(minutes=15), mfa=True)
        )
    who = Credential(console.access_key_id, console.secret_access_key, console.token)
    if deed == "delete root keys":
        for key in _asked(seeder, who, "iam.ListAccessKeys")["AccessKeyMetadata"]:
            _asked(seeder, who, "iam.DeleteAccessKey", AccessKeyId=key["AccessKeyId"])
    elif deed == "delete root certificates":
        for one in _asked(seeder, who, "iam.ListSigningCertificates")["Certificates"]:
            _asked(seeder, who, "iam.DeleteSigningCertificate", CertificateId=one["CertificateId"])
    else:
        for one in _asked(seeder, who, "iam.ListMFADevices")["MFADevices"]:
            if not one["SerialNumber"].endswith(f"/{DEVICE}"):
                _asked(seeder, who, "iam.DeactivateMFADevice", SerialNumber=one["SerialNumber"])


def _attach(seeder: Seeder) -> None:
    """In the management account, on the member that the scenario's inputs name."""
    scenario = seeder.scenario
    assert scenario.organization is not None
    who = seeder.founders[scenario.accounts[scenario.organization.management].account]
    kind = "SERVICE_CONTROL_POLICY"
    made = _asked(
        seeder, who, "organizations.CreatePolicy", Name="deny-root", Description="deny-root", Type=kind,
        Content=_DENY_ROOT,
    )  # fmt: skip
    named = str(filled(scenario.inputs["member"], seeder.known))
    _asked(seeder, who, "organizations.AttachPolicy", PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=named)


def _sign(seeder: Seeder) -> None:
    """With the newest key of the user that the scenario's inputs name, if there is one. Nobody needs leave for it."""
    world = seeder.world
    with world.lock:
        user = state.user_by_name(
            world.account, str(filled(seeder.scenario.inputs.get("replacement_user") or "", seeder.known))
        )
        key = user.access_keys[-1] if user is not None and user.access_keys else None
    if key is not None:
        _asked(seeder, Credential(key.access_key_id, key.secret_access_key), "sts.GetCallerIdentity")


def _asked(seeder: Seeder, who: Credential, call: str, **params: Any) -> Any:
    return seeder.client.call(who, call, params, **_SEEN).data
