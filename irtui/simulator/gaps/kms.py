"""KMS keys and their states, which moto keeps and does not enforce. No cryptography: see `encryption`.

Rules: a key that waits for deletion can only be told that it shall not; it is then off, and has to be switched on. Of
keys for encrypting and decrypting only, made by KMS, in one Region.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.simulator import encryption
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.world import Asked, Gap

LEAST, MOST, USUAL = 7, 30, 30
"""Days until a key is deleted."""
_PLAIN = {"KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS", "MultiRegion": False}


def create_key(asked: Asked) -> Mapping[str, Any]:
    params = asked.params
    if other := [name for name, usual in _PLAIN.items() if params.get(name, usual) != usual]:
        raise Refusal(NOT_SIMULATED, f"keys with another {other[0]} are not simulated", 501)
    policy = params.get("Policy")
    if policy:
        _document(str(policy))
    made = _keys(asked).create_key(
        policy,
        "ENCRYPT_DECRYPT",
        "SYMMETRIC_DEFAULT",
        str(params.get("Description", "")),
        list(params.get("Tags") or ()),
    )
    return _told(made)


def describe_key(asked: Asked) -> Mapping[str, Any]:
    return _told(_key(asked))


def list_keys(asked: Asked) -> Mapping[str, Any]:
    found = [encryption.key_of(key.arn) for key in list(_keys(asked).keys.values())]
    return {"Keys": [{"KeyId": key.id, "KeyArn": key.arn} for key in found if key is not None], "Truncated": False}


def get_key_policy(asked: Asked) -> Mapping[str, Any]:
    _default(asked)
    return {"Policy": _key(asked).policy, "PolicyName": "default"}


def put_key_policy(asked: Asked) -> Mapping[str, Any]:
    _default(asked)
    key = _key(asked)
    _document(str(asked.params["Policy"]))
    key.policy = str(asked.params["Policy"])
    return {}


def disable_key(asked: Asked) -> Mapping[str, Any]:
    return _becomes(asked, "Disabled")


def enable_key(asked: Asked) -> Mapping[str, Any]:
    return _becomes(asked, "Enabled")


def schedule_key_deletion(asked: Asked) -> Mapping[str, Any]:
    key, days = _alive(asked), int(asked.params.get("PendingWindowInDays", USUAL))
    if not LEAST <= days <= MOST:
        raise Refusal("ValidationException", f"PendingWindowInDays must be between {LEAST} and {MOST}")
    due = datetime.now(UTC) + timedelta(days=days)
    key.key_state, key.enabled, key.deletion_date = "PendingDeletion", False, due.replace(tzinfo=None)
    return {"KeyId": key.arn, "DeletionDate": due, "KeyState": "PendingDeletion", "PendingWindowInDays": days}


def cancel_key_deletion(asked: Asked) -> Mapping[str, Any]:
    key = _key(asked)
    if key.key_state != "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state, key.enabled, key.deletion_date = "Disabled", False, None
    return {"KeyId": key.arn}


def _becomes(asked: Asked, state: str) -> Mapping[str, Any]:
    key = _alive(asked)
    key.key_state, key.enabled = state, state == "Enabled"
    return {}


def _keys(asked: Asked) -> Any:
    from moto.kms.models import kms_backends

    return kms_backends[asked.caller.account][asked.region]


def _key(asked: Asked) -> Any:
    wanted = str(asked.params["KeyId"])
    if wanted.startswith("alias/") or ":alias/" in wanted:
        raise Refusal(NOT_SIMULATED, "aliases of keys are not simulated", 501)
    full = wanted if wanted.startswith("arn:") else f"arn:aws:kms:{asked.region}:{asked.caller.account}:key/{wanted}"
    key = encryption.key_of(full) if full.split(":")[3] == asked.region else None
    if key is None:
        raise Refusal("NotFoundException", f"Key '{full}' does not exist")
    return key


def _alive(asked: Asked) -> Any:
    key = _key(asked)
    if key.key_state == "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return key


def _default(asked: Asked) -> None:
    if asked.params.get("PolicyName", "default") != "default":
        raise Refusal("NotFoundException", "No such policy exists")


def _document(text: str) -> None:
    try:
        fits = isinstance(json.loads(text), dict)
    except ValueError:
        fits = False
    if not fits:
        raise Refusal("MalformedPolicyDocumentException", "The policy is no JSON document")


def _told(key: Any) -> Mapping[str, Any]:
    told = {name: value for name, value in key.to_dict()["KeyMetadata"].items() if value is not None}
    if key.deletion_date is not None:
        told["DeletionDate"] = key.deletion_date.replace(tzinfo=UTC)
    told["CreationDate"] = datetime.fromtimestamp(key.creation_date, UTC)
    return {"KeyMetadata": told}


OPERATIONS: Mapping[str, Gap] = {
    "CreateKey": create_key,
    "DescribeKey": describe_key,
    "ListKeys": list_keys,
    "GetKeyPolicy": get_key_policy,
    "PutKeyPolicy": put_key_policy,
    "DisableKey": disable_key,
    "EnableKey": enable_key,
    "ScheduleKeyDeletion": schedule_key_deletion,
    "CancelKeyDeletion": cancel_key_deletion,
}
