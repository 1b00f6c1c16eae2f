"""S3 in CloudTrail: its operations have other names there, and most of what touches objects is a data event."""

import json
from collections.abc import Mapping
from typing import Any

_NAMES = {
    "ListObjectsV2": "ListObjects",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
}
_DATA = (
    "ListObjects", "ListObjectsV2", "ListObjectVersions", "HeadBucket", "DeleteObjects", "ListParts",
)  # fmt: skip
_FIELDS = {"Bucket": "bucketName", "Key": "key"}
_UNSAID = ("Body", "Delete", "ContentMD5", "ChecksumAlgorithm", "ChecksumSHA256")


def name(operation: str) -> str:
    return _NAMES.get(operation, operation)


def is_data(operation: str, params: Mapping[str, Any]) -> bool:
    """Whether this is a data event, which neither the event history nor a trail without selectors for it has."""
    return "Key" in params or operation in _DATA


def host(params: Mapping[str, Any], region: str) -> str:
    where = f"s3.{region}.amazonaws.com"
    return f"{params['Bucket']}.{where}" if params.get("Bucket") else where


def parameters(operation: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """What was asked, as S3 writes it. A batch delete does not say what it deleted."""
    told: dict[str, Any] = {"Host": host(params, region)}
    for member, value in params.items():
        if member == "Policy":
            told["bucketPolicy"] = _document(value)
        elif member not in _UNSAID:
            told[_FIELDS.get(member, member)] = value
    if operation == "DeleteObjects":
        told["delete"] = ""
    return told


def _document(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return str(value)


def resources(params: Mapping[str, Any], account: str) -> list[dict[str, str]]:
    """The bucket and the object, by ARN."""
    bucket, key = params.get("Bucket"), params.get("Key")
    if not bucket:
        return []
    arn = f"arn:aws:s3:::{bucket}"
    found = [{"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"}] if key else []
    if not key:  # data events of listings are matched by selectors of the bucket's objects
        found = [{"type": "AWS::S3::Object", "ARNPrefix": f"{arn}/"}]
    return [*found, {"accountId": account, "type": "AWS::S3::Bucket", "ARN": arn}]
