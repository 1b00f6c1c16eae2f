"""Virtual MFA devices: they exist, belong to one user at most, and prove themselves by codes at the world's time.

Hardware tokens and FIDO keys cannot be asked for a code here and are not simulated. No code works twice.
"""

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.iam.models import User, VirtualMfaDevice

from irtui.simulator import state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.gaps.iam.found import page, user
from irtui.simulator.gaps.iam.totp import step_at, step_of, step_of_pair
from irtui.simulator.gaps.iam.users import described
from irtui.simulator.world import Asked, Gap, SimulatedWorld

DEVICES_PER_USER = 8
_DRIFT, _LATE, _RESYNC = 1, 4, 40
"""Steps a device's clock may be off: for one code, for the pair that enables it, for the pair that brings it back."""


def create_virtual_mfa_device(asked: Asked) -> Mapping[str, Any]:
    account, name = asked.caller.account, str(asked.params["VirtualMFADeviceName"])
    backend = state.iam(account)
    made = backend.create_virtual_mfa_device(name, str(asked.params.get("Path") or "/"))
    made.qr_code_png = _picture(f"otpauth://totp/{name}@{account}?secret={made.base32_string_seed}")
    tags = asked.params.get("Tags") or []
    backend.tagger.tag_resource(made.serial_number, tags)
    device = {
        "SerialNumber": made.serial_number,
        "Base32StringSeed": made.base32_string_seed.encode(),
        "QRCodePNG": made.qr_code_png,
    }
    return {"VirtualMFADevice": device | ({"Tags": tags} if tags else {})}


def enable_mfa_device(asked: Asked) -> Mapping[str, Any]:
    holder, device = user(asked), _device(asked)
    if device.user is not None:
        raise Refusal("EntityAlreadyExists", "MFA Device is already in use.", 409)
    if len(holder.mfa_devices) >= DEVICES_PER_USER:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for MFADevicesPerUser: {DEVICES_PER_USER}", 409)
    _synchronise(asked, device, _LATE)
    first, second = str(asked.params["AuthenticationCode1"]), str(asked.params["AuthenticationCode2"])
    state.iam(asked.caller.account).enable_mfa_device(holder.name, device.serial_number, first, second)
    return {}


def resync_mfa_device(asked: Asked) -> Mapping[str, Any]:
    _synchronise(asked, _of(asked, user(asked)), _RESYNC)
    return {}


def deactivate_mfa_device(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    device = _of(asked, holder)
    state.iam(asked.caller.account).deactivate_mfa_device(holder.name, device.serial_number)
    return {}


def delete_virtual_mfa_device(asked: Asked) -> Mapping[str, Any]:
    device, backend = _device(asked), state.iam(asked.caller.account)
    if device.user is not None:
        raise Refusal("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", 409)
    backend.delete_virtual_mfa_device(device.serial_number)
    backend.tagger.delete_all_tags_for_resource(device.serial_number)
    asked.world.iam.codes.pop(device.serial_number, None)
    return {}


def get_mfa_device(asked: Asked) -> Mapping[str, Any]:
    device = _device(asked)
    if asked.params.get("UserName") and device.user is not user(asked):
        raise _invalid()
    found: dict[str, Any] = {"SerialNumber": device.serial_number}
    if device.user is not None:
        found |= {"UserName": device.user.name, "EnableDate": device.enable_date}
    return found


def list_mfa_devices(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    rows = [
        {"UserName": holder.name, "SerialNumber": device.serial_number, "EnableDate": device.enable_date}
        for device in holder.mfa_devices.values()
    ]
    return page(asked, "MFADevices", rows)


def list_virtual_mfa_devices(asked: Asked) -> Mapping[str, Any]:
    """Never with the seed, which is shown once."""
    wanted = str(asked.params.get("AssignmentStatus") or "Any")
    devices = state.iam(asked.caller.account).virtual_mfa_devices.values()
    rows: list[dict[str, Any]] = []
    root = asked.world.root(asked.caller.account)
    for held in root.devices if wanted != "Unassigned" else ():
        if ":mfa/" not in held.serial:
            continue
        who = {"Path": "/", "UserName": "", "UserId": root.id, "Arn": root.arn, "CreateDate": root.create_date}
        rows.append({"SerialNumber": held.serial, "User": who, "EnableDate": held.since})
    for device in sorted(devices, key=lambda each: str(each.serial_number)):
        if device.user is None and wanted != "Assigned":
            rows.append({"SerialNumber": device.serial_number})
        elif device.user is not None and wanted != "Unassigned":
            rows.append({"SerialNumber": device.serial_number, "User": described(device.user),
                         "EnableDate": device.enable_date})  # fmt: skip
    return page(asked, "VirtualMFADevices", rows)


def verify_mfa(world: SimulatedWorld, holder: User, serial: str, given: str) -> None:
    """For STS: `given` proves that `holder` has the device, and is used up by that. Raises Refusal (AccessDenied)."""
    words = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is " \
            "valid and associated with this user."  # fmt: skip
    device = state.iam(holder.account_id).virtual_mfa_devices.get(serial)
    if device is None or serial not in holder.mfa_devices:
        raise Refusal("AccessDenied", words, 403)
    now = step_at(world.clock.now())
    step = step_of(device.base32_string_seed, given, range(now - _DRIFT, now + _DRIFT + 1))
    if step is None or step <= world.iam.codes.get(serial, -1):
        raise Refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403)
    world.iam.codes[serial] = step


def _synchronise(asked: Asked, device: VirtualMfaDevice, back: int) -> None:
    """The two codes are consecutive ones of this device, not long ago and not used yet."""
    moment: datetime = asked.world.clock.now()
    first, second = str(asked.params["AuthenticationCode1"]), str(asked.params["AuthenticationCode2"])
    now = step_at(moment)
    step = step_of_pair(device.base32_string_seed, first, second, range(now - back, now + _DRIFT + 1))
    if step is None or step <= asked.world.iam.codes.get(device.serial_number, -1):
        raise Refusal(
            "InvalidAuthenticationCode", f"Authentication code for device {device.serial_number} is not valid.", 403
        )
    asked.world.iam.codes[device.serial_number] = step


def _device(asked: Asked) -> VirtualMfaDevice:
    serial = str(asked.params["SerialNumber"])
    if not serial.startswith("arn:"):
        raise Refusal(NOT_SIMULATED, "hardware tokens are not simulated", 501)
    device = state.iam(asked.caller.account).virtual_mfa_devices.get(serial)
    if device is None:
        raise Refusal("NoSuchEntity", f"VirtualMFADevice with serial number {serial} doesn't exist.", 404)
    return device


def _of(asked: Asked, holder: User) -> VirtualMfaDevice:
    device = _device(asked)
    if device.serial_number not in holder.mfa_devices:
        raise _invalid()
    return device


def _invalid() -> Refusal:
    return Refusal("NoSuchEntity", "MFA Device invalid for user.", 404)


def _picture(address: str) -> bytes:
    """A PNG of one white pixel that carries `address` as its text: what a camera would read from the real one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + b"".join((
        chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), chunk(b"tEXt", b"Comment\x00" + address.encode()),
        chunk(b"IDAT", zlib.compress(b"\x00\xff")), chunk(b"IEND", b""),
    ))  # fmt: skip


OPERATIONS: Mapping[str, Gap] = {
    "CreateVirtualMFADevice": create_virtual_mfa_device,
    "EnableMFADevice": enable_mfa_device,
    "ResyncMFADevice": resync_mfa_device,
    "DeactivateMFADevice": deactivate_mfa_device,
    "DeleteVirtualMFADevice": delete_virtual_mfa_device,
    "GetMFADevice": get_mfa_device,
    "ListMFADevices": list_mfa_devices,
    "ListVirtualMFADevices": list_virtual_mfa_devices,
}
