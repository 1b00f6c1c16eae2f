"""IAM's calls of the root user about itself, which it makes by naming no user: moto has no root user.

Of its password only an AssumeRoot session may ask without a user's name (IAM API, DeleteLoginProfile).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.iam.models import AccessKey

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.root import Root
from irtui.simulator.world import Asked, Gap

LIMIT = 2


def _root(asked: Asked) -> Root:
    return asked.world.root(asked.caller.account)


def _key(asked: Asked) -> AccessKey:
    wanted = str(asked.params["AccessKeyId"])
    for key in _root(asked).access_keys:
        if key.access_key_id == wanted:
            return key
    raise Refusal("NoSuchEntity", f"The Access Key with id {wanted} cannot be found.", 404)


def get_user(asked: Asked) -> Mapping[str, Any]:
    root = _root(asked)
    user = {"Path": "/", "UserName": "", "UserId": root.id, "Arn": root.arn, "CreateDate": root.create_date}
    return {"User": user | ({"PasswordLastUsed": root.password_last_used} if root.password_last_used else {})}


def create_access_key(asked: Asked) -> Mapping[str, Any]:
    root = _root(asked)
    if len(root.access_keys) >= LIMIT:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {LIMIT}", 409)
    key = root.create_access_key()
    return {"AccessKey": _shown(key) | {"SecretAccessKey": key.secret_access_key}}


def list_access_keys(asked: Asked) -> Mapping[str, Any]:
    return {"AccessKeyMetadata": [_shown(key) for key in _root(asked).access_keys], "IsTruncated": False}


def update_access_key(asked: Asked) -> Mapping[str, Any]:
    key, status = _key(asked), str(asked.params["Status"])
    if status not in ("Active", "Inactive"):
        raise Refusal("ValidationError", "Status must be Active or Inactive")
    key.status = status
    return {}


def delete_access_key(asked: Asked) -> Mapping[str, Any]:
    _root(asked).access_keys.remove(_key(asked))
    return {}


def list_mfa_devices(asked: Asked) -> Mapping[str, Any]:
    held = [{"UserName": "", "SerialNumber": d.serial, "EnableDate": d.since} for d in _root(asked).devices]
    return {"MFADevices": held, "IsTruncated": False}


def deactivate_mfa_device(asked: Asked) -> Mapping[str, Any]:
    root, wanted = _root(asked), str(asked.params["SerialNumber"])
    if wanted not in {device.serial for device in root.devices}:
        raise Refusal("NoSuchEntity", "MFA Device invalid for user.", 404)
    root.devices = [device for device in root.devices if device.serial != wanted]
    return {}


def list_signing_certificates(asked: Asked) -> Mapping[str, Any]:
    rows = [
        {"UserName": "", "CertificateId": one.id, "CertificateBody": one.body, "Status": "Active",
         "UploadDate": one.since}
        for one in _root(asked).certificates
    ]  # fmt: skip
    return {"Certificates": rows, "IsTruncated": False}


def delete_signing_certificate(asked: Asked) -> Mapping[str, Any]:
    root, wanted = _root(asked), str(asked.params["CertificateId"])
    if wanted not in {one.id for one in root.certificates}:
        raise Refusal("NoSuchEntity", f"The Certificate with id {wanted} cannot be found.", 404)
    root.certificates = [one for one in root.certificates if one.id != wanted]
    return {}


def get_login_profile(asked: Asked) -> Mapping[str, Any]:
    root = _with_password(asked)
    return {"LoginProfile": {"UserName": "", "CreateDate": root.create_date, "PasswordResetRequired": False}}


def create_login_profile(asked: Asked) -> Mapping[str, Any]:
    """No password is made: from now on root may ask for one by mail (IAM user guide, privileged task)."""
    _by_assume_root(asked)
    if "Password" in asked.params:
        raise Refusal("ValidationError", "Password must be omitted in a session of AssumeRoot")
    root = _root(asked)
    if root.password:
        raise Refusal("EntityAlreadyExists", "Login Profile for User root already exists.", 409)
    root.password = True
    return get_login_profile(asked)


def delete_login_profile(asked: Asked) -> Mapping[str, Any]:
    _with_password(asked).password = False
    return {}


def _by_assume_root(asked: Asked) -> None:
    session = asked.caller.session
    if session is None or session.kind != "root":
        raise Refusal(NOT_SIMULATED, f"what {asked.operation.name} answers a root user by itself is not known", 501)


def _with_password(asked: Asked) -> Root:
    _by_assume_root(asked)
    root = _root(asked)
    if not root.password:
        raise Refusal("NoSuchEntity", "Login Profile for User root cannot be found.", 404)
    return root


def _shown(key: AccessKey) -> dict[str, Any]:
    made: datetime = key.create_date
    return {"UserName": "", "AccessKeyId": key.access_key_id, "Status": key.status, "CreateDate": made}


OPERATIONS: Mapping[str, Gap] = {
    "GetUser": get_user,
    "CreateAccessKey": create_access_key,
    "ListAccessKeys": list_access_keys,
    "UpdateAccessKey": update_access_key,
    "DeleteAccessKey": delete_access_key,
    "ListMFADevices": list_mfa_devices,
    "DeactivateMFADevice": deactivate_mfa_device,
    "ListSigningCertificates": list_signing_certificates,
    "DeleteSigningCertificate": delete_signing_certificate,
    "CreateLoginProfile": create_login_profile,
    "GetLoginProfile": get_login_profile,
    "DeleteLoginProfile": delete_login_profile,
}
