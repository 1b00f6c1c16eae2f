"""What a request needs besides the permission of its own name, as further operations that must be allowed too.

Reading what is encrypted needs the key, a copy needs its source, who writes or deletes what is locked must be allowed
that, and who lets S3 replicate hands it a role.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from irtui.simulator import encryption
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.resolve import Operation


def besides(operation: Operation) -> Iterator[Operation]:
    """Raises Refusal for a key that cannot be used, and for what is not simulated."""
    if operation.service != "s3":
        return
    if (decrypt := encryption.decrypting(operation)) is not None:
        yield decrypt
    if operation.name == "CopyObject":
        read = _source(operation)
        yield read
        yield from besides(read)
    if operation.name == "PutBucketReplication":  # it hands S3 a role
        role = str((operation.params.get("ReplicationConfiguration") or {}).get("Role", ""))
        handed = {"RoleName": role.rpartition("/")[2], "PassedToService": "s3.amazonaws.com"}
        yield replace(operation, service="iam", name="PassRole", params=handed)
    if operation.name in ("PutObject", "CopyObject") and operation.params.get("ObjectLockMode"):
        yield replace(operation, name="PutObjectRetention")
    bypass = str(operation.params.get("BypassGovernanceRetention", "")).lower() == "true"
    if operation.name in ("DeleteObject", "DeleteObjects") and bypass:
        yield replace(operation, name="BypassGovernanceRetention")


def _source(operation: Operation) -> Operation:
    where, _, version = str(operation.params["CopySource"]).partition("?versionId=")
    bucket, _, key = unquote(where).lstrip("/").partition("/")
    if bucket.startswith("arn:") or not key:
        raise Refusal(NOT_SIMULATED, "copies from access points are not simulated", 501)
    params = {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
    return replace(operation, name="GetObject", params=params)
