"""KMS keys as S3 and CloudTrail meet them: is the key there, is it on, and does its policy let somebody use it?

Rules: only what CloudTrail writes is encrypted with a key of KMS. It is read by who may decrypt with that key, while
the key is on; a key that is off, or waits for its deletion, reads and writes nothing. Once its time of
waiting is over it is gone for good, and so is what was encrypted with it. No data is really encrypted.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from irtui.policy.document import Document, read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.policy.patterns import Context
from irtui.simulator import state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.resolve import Operation

SERVICE = "cloudtrail.amazonaws.com"
READING = ("GetObject", "HeadObject")
_CODES = {"Disabled": "DisabledException", "PendingDeletion": "KMSInvalidStateException"}


def key_of(arn: str, now: datetime | None = None) -> Any | None:
    """moto's key by its ARN. None: there is none, or its waiting for deletion is over."""
    parts = arn.split(":")
    models = sys.modules.get("moto.kms.models")
    if models is None or len(parts) != 6 or not parts[5].startswith("key/"):
        return None
    keys = models.kms_backends[parts[4]][parts[3]].keys
    key = keys.get(parts[5].removeprefix("key/"))
    if key is not None and key.key_state == "PendingDeletion" and key.deletion_date.replace(tzinfo=UTC) <= _now(now):
        del keys[key.id]
        return None
    return key


def _now(given: datetime | None) -> datetime:
    return given or datetime.now(UTC)


def policy_of(key: Any) -> Document:
    return read_document("key policy", str(key.policy))


def unusable(arn: str) -> tuple[str, str]:
    """KMS's (code, words) for a key that cannot be used now; empty when it can."""
    key = key_of(arn)
    if key is None:
        return "NotFoundException", f"Key '{arn}' does not exist"
    if (code := _CODES.get(key.key_state)) is None:
        return "", ""
    return code, f"{arn} is {'disabled' if key.key_state == 'Disabled' else 'pending deletion'}."


def delivers(arn: str, trail_arn: str, account: str) -> str:
    """S3's error code when CloudTrail writes with this key; empty when it can."""
    code, _ = unusable(arn)
    if code:
        return f"KMS.{code}"
    return "" if allows(arn, "kms:GenerateDataKey", trail_arn, account) else "AccessDenied"


def allows(arn: str, action: str, trail_arn: str, account: str) -> bool:
    """Whether the key's policy lets CloudTrail do this for the trail."""
    key = key_of(arn)
    if key is None:
        return False
    context: Context = {
        "aws:sourcearn": (trail_arn,),
        "aws:sourceaccount": (account,),
        "kms:encryptioncontext:aws:cloudtrail:arn": (trail_arn,),
        "aws:principalisawsservice": ("true",),
    }
    request = Request(Principal("", "", service=SERVICE), action, arn, "", context)
    return evaluate(request, Policies(resource=policy_of(key), resource_decides=True)).allowed


def decrypting(operation: Operation) -> Operation | None:
    """What reading an object asks of KMS besides. None: nothing. Raises Refusal for what is not simulated, and by S3's
    own code when the key cannot be used.
    """
    params: Mapping[str, Any] = operation.params
    if operation.name in ("PutObject", "CopyObject") and params.get("ServerSideEncryption") not in (None, "AES256"):
        raise Refusal(NOT_SIMULATED, "writing with a KMS key is not simulated", 501)
    if operation.name not in READING or (arn := _encrypted_with(params)) == "":
        return None
    code, words = unusable(arn)
    if code:
        raise Refusal(f"KMS.{code}", words, 400)
    return replace(operation, service="kms", name="Decrypt", params={"KeyId": arn})


def _encrypted_with(params: Mapping[str, Any]) -> str:
    bucket = state.bucket(str(params.get("Bucket", "")))
    wanted = params.get("VersionId")
    held = bucket.keys.getlist(str(params.get("Key"))) if bucket is not None else None
    found = [one for one in held or () if not wanted or str(one.version_id) == str(wanted)]
    return str(getattr(found[-1], "kms_key_id", None) or "") if found else ""
