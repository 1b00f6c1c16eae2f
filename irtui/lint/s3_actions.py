"""The IAM actions of S3, whose names are often not those of its operations.

Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations"; names as the service authorization
reference lists them. Operations that are not here have an action of their own name.
"""

from collections.abc import Mapping
from typing import Any

_CONFIGURED = (
    "Accelerate", "Analytics", "Encryption", "IntelligentTiering", "Inventory", "Lifecycle", "Metrics", "Replication",
)  # fmt: skip
"""What a bucket has a configuration of, deleted by the right to put it: `PutLifecycleConfiguration`."""


def _configurations() -> dict[str, str]:
    return {
        f"{verb}Bucket{kind}{ending}": f"{right}{kind}Configuration"
        for kind in _CONFIGURED
        for verb, right in (("Get", "Get"), ("Put", "Put"), ("Delete", "Put"), ("List", "Get"))
        for ending in ("", "Configuration", "Configurations")
    }


S3_ACTIONS = {
    **_configurations(),
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateBucketMetadataConfiguration": "CreateBucketMetadataTableConfiguration",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketMetadataConfiguration": "DeleteBucketMetadataTableConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketMetadataConfiguration": "GetBucketMetadataTableConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
"""Operation → action, both without `s3:`."""

OF_VERSIONS = {
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
}
"""Action → the one that counts in its place where the request names a version."""


def s3_action(operation: str, params: Mapping[str, Any]) -> str:
    """`PutBucketPublicAccessBlock` of `DeletePublicAccessBlock`; that of the version where the parameters name one."""
    name = S3_ACTIONS.get(operation, operation)
    return OF_VERSIONS.get(name, name) if "VersionId" in params else name


def of_objects(action: str) -> bool:
    """Whether the action is allowed on objects (`bucket/*`), not on the bucket: `DeleteObject`, `PutObjectTagging`."""
    return "Bucket" not in action and any(word in action for word in ("Object", "MultipartUpload", "Governance"))
