"""IAM's calls of the root user about itself, which it makes by naming no user: moto has no root user."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.iam.models import AccessKey

from irtui.simulator.answers import Refusal
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
    root = _root(asked)
    serial = f"arn:aws:iam::{root.account_id}:mfa/root-account-mfa-device"
    held = {"UserName": "", "SerialNumber": serial, "EnableDate": root.create_date}
    return {"MFADevices": [held] if root.mfa else [], "IsTruncated": False}


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
}
