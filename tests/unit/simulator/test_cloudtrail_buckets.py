"""S3 as an investigation of deleted logs needs it: versions, delete markers, lifecycle, locks, who may touch them."""

from typing import Any

import pytest

from tests.support.lab import Lab, Tell


@pytest.fixture
def bucket(lab: Lab, request: pytest.FixtureRequest) -> str:
    name = str(request.node.name).replace("_", "-")[:60]
    lab.client("s3").create_bucket(Bucket=name)
    return name


def versions(s3: Any, bucket: str) -> list[tuple[str, str]]:
    """(kind, version id) of everything, newest first."""
    told = s3.list_object_versions(Bucket=bucket)
    kinds = [("object", item) for item in told.get("Versions", ())]
    kinds += [("marker", item) for item in told.get("DeleteMarkers", ())]
    return [(kind, item["VersionId"]) for kind, item in sorted(kinds, key=lambda pair: not pair[1]["IsLatest"])]


def test_a_new_bucket_is_closed(lab: Lab, bucket: str, tell: Tell) -> None:
    """Public access is blocked, ACLs are off, encryption is on; it has no versions, no rules and no policy."""
    s3 = lab.client("s3")
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert rule["ObjectOwnership"] == "BucketOwnerEnforced"
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    assert tell(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == "NoSuchLifecycleConfiguration"
    assert tell(s3.get_object_lock_configuration, Bucket=bucket) == "ObjectLockConfigurationNotFoundError"
    assert tell(s3.get_bucket_replication, Bucket=bucket) == "ReplicationConfigurationNotFoundError"


def test_a_deleted_object_comes_back_with_its_marker_gone(lab: Lab, bucket: str, tell: Tell) -> None:
    """With versioning a delete only marks; deleting the marker brings the object back."""
    s3 = lab.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    assert tell(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    assert versions(s3, bucket) == [("marker", marker), ("object", first)]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"


def test_suspended_versioning_keeps_the_versions_there_are(lab: Lab, bucket: str, tell: Tell) -> None:
    """Writes and deletes then make and replace the null version; what was there before stays."""
    s3 = lab.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"2")
    s3.put_object(Bucket=bucket, Key="k", Body=b"3")
    assert versions(s3, bucket) == [("object", "null"), ("object", first)]
    s3.delete_object(Bucket=bucket, Key="k")
    assert tell(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    assert versions(s3, bucket) == [("marker", "null"), ("object", first)]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"1"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Suspended"


def test_locked_versions_stay(lab: Lab, tell: Tell) -> None:
    """Under a compliance lock no version can be deleted, and versioning cannot be suspended."""
    s3, name = lab.client("s3"), "locked-bucket-of-logs"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
    s3.put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    made = s3.put_object(Bucket=name, Key="k", Body=b"1")["VersionId"]
    assert tell(s3.delete_object, Bucket=name, Key="k", VersionId=made) == "AccessDenied"
    suspended = {"Status": "Suspended"}
    assert tell(s3.put_bucket_versioning, Bucket=name, VersioningConfiguration=suspended) == "InvalidBucketState"


def test_a_version_has_actions_of_its_own(lab: Lab, bucket: str, tell: Tell) -> None:
    """s3:DeleteObject does not delete versions, nor s3:GetObject read them; lifecycle has its own name."""
    s3 = lab.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    allowed = ["s3:GetObject", "s3:DeleteObject", "s3:PutLifecycleConfiguration"]
    mine = lab.client("s3", lab.user("keeper-of-versions", {"Effect": "Allow", "Action": allowed, "Resource": "*"}))
    lab.world.advance(10)
    assert tell(mine.get_object, Bucket=bucket, Key="k", VersionId=made) == "AccessDenied"
    assert tell(mine.delete_object, Bucket=bucket, Key="k", VersionId=made) == "AccessDenied"
    assert tell(mine.get_object, Bucket=bucket, Key="k") == "ok"
    rule = {"ID": "gone", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    lifecycle = {"Bucket": bucket, "LifecycleConfiguration": {"Rules": [rule]}}
    assert tell(mine.put_bucket_lifecycle_configuration, **lifecycle) == "ok"
    assert tell(mine.get_bucket_lifecycle_configuration, Bucket=bucket) == "AccessDenied"
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["Expiration"] == {"Days": 1}
    assert s3.list_object_versions(Bucket=bucket)["Versions"][0]["VersionId"] == made
    names = [e["eventName"] for e in lab.world.events() if (e["requestParameters"] or {}).get("bucketName") == bucket]
    assert {"PutBucketLifecycle", "GetBucketLifecycle", "PutBucketVersioning"} <= set(names)


def test_the_rules_of_a_bucket_are_deleted_together(lab: Lab, bucket: str, tell: Tell) -> None:
    """DeleteBucketLifecycle leaves no rule, is content where there is none, needs the action that puts one, and is
    recorded under its own name.
    """
    s3 = lab.client("s3")
    rules = [{"ID": n, "Status": "Enabled", "Filter": {"Prefix": n}, "Expiration": {"Days": 1}} for n in ("a", "b")]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    reads = {"Effect": "Allow", "Action": "s3:GetLifecycleConfiguration", "Resource": "*"}
    reader = lab.client("s3", lab.user("reader-of-rules", reads))
    lab.world.advance(10)
    assert tell(reader.delete_bucket_lifecycle, Bucket=bucket) == "AccessDenied"
    assert len(s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]) == 2
    assert [tell(s3.delete_bucket_lifecycle, Bucket=bucket) for _ in range(2)] == ["ok", "ok"]
    assert tell(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == "NoSuchLifecycleConfiguration"
    assert tell(s3.delete_bucket_lifecycle, Bucket="no-such-bucket-anywhere") == "NoSuchBucket"
    names = [e["eventName"] for e in lab.world.events() if (e["requestParameters"] or {}).get("bucketName") == bucket]
    assert names.count("DeleteBucketLifecycle") == 3
