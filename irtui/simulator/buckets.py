"""S3 where moto's buckets differ from AWS's: what a new bucket has, and what suspended versioning means.

Rules: a new bucket blocks public access, knows no ACLs and encrypts (since 2023). Suspended, a bucket keeps every
version it has: what is written or deleted then is the `null` version. What the block refuses: see `public_access`.
"""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import InvalidBucketState
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, PublicAccessBlock, S3Backend

NULL = "null"


def as_aws() -> None:
    """Once a process, before the first request."""
    made, put, delete, versioning = (
        FakeBucket.__init__, S3Backend.put_object, S3Backend.delete_object, S3Backend.put_bucket_versioning,
    )  # fmt: skip

    def new_bucket(bucket: FakeBucket, *args: Any, **named: Any) -> None:
        made(bucket, *args, **named)
        bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
        bucket.ownership_rule = "BucketOwnerEnforced"  # type: ignore[assignment]
        bucket.encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}}

    def put_object(backend: S3Backend, bucket_name: str, key_name: str, *args: Any, **named: Any) -> FakeKey:
        bucket = backend.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended":
            return put(backend, bucket_name, key_name, *args, **named)
        with _Kept(bucket):
            written = put(backend, bucket_name, key_name, *args, **named)
            _nullify(bucket, key_name, written)
        return written

    def delete_object(
        backend: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> tuple[bool, dict[str, Any]]:
        bucket = backend.get_bucket(bucket_name)
        bypass = str(bypass).lower() == "true"  # moto takes any text for yes
        if bucket.versioning_status != "Suspended":
            return delete(backend, bucket_name, key_name, version_id, bypass)
        with _Kept(bucket):
            done, told = delete(backend, bucket_name, key_name, version_id, bypass)
            if done and version_id is None:
                _nullify(bucket, key_name, bucket.keys[key_name])
                told["version-id"] = NULL
        return done, told

    def put_bucket_versioning(backend: S3Backend, bucket_name: str, status: str) -> None:
        if backend.get_bucket(bucket_name).object_lock_enabled and status != "Enabled":
            raise InvalidBucketState("An Object Lock configuration is present; versioning cannot be suspended.")
        versioning(backend, bucket_name, status)

    # moto's own reading of bucket policies denies everybody what is denied to one; the referee has judged already
    FakeBucket.get_permission = lambda *_: PermissionResult.PERMITTED  # type: ignore[method-assign]
    FakeBucket.__init__ = new_bucket  # type: ignore[method-assign,assignment]
    S3Backend.put_object = put_object  # type: ignore[method-assign,assignment]
    S3Backend.delete_object = delete_object  # type: ignore[method-assign,assignment]
    S3Backend.put_bucket_versioning = put_bucket_versioning  # type: ignore[method-assign,assignment]


class _Kept:
    """moto takes the bucket for a versioned one meanwhile, so that it throws no version away."""

    def __init__(self, bucket: FakeBucket) -> None:
        self._bucket = bucket

    def __enter__(self) -> None:
        self._bucket.versioning_status = "Enabled"

    def __exit__(self, *_: object) -> None:
        self._bucket.versioning_status = "Suspended"


def _nullify(bucket: FakeBucket, key: str, newest: FakeKey | FakeDeleteMarker) -> None:
    """`newest` is the null version from now on; the null version before it is gone."""
    versions = bucket.keys.getlist(key)
    newest._version_id = NULL
    bucket.keys.setlist(key, [each for each in versions if each is newest or each.version_id != NULL])
