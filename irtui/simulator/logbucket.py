"""The bucket of a trail: whether CloudTrail may write there, asked of the bucket's own policy, and how it writes.

Rules: CloudTrail needs s3:GetBucketAcl on the bucket and s3:PutObject under `AWSLogs/<account>/`, as the service
principal, with the ACL bucket-owner-full-control and the trail as source. Objects go straight into moto's state.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.policy.document import read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.simulator import encryption, state

SERVICE = "cloudtrail.amazonaws.com"


def prefix(trail: Any) -> str:
    """The trail's own prefix, with its slash; empty when it has none."""
    return f"{trail.s3_key_prefix}/" if trail.s3_key_prefix else ""


def allows(bucket: Any, *, account: str, trail_arn: str, folder: str) -> bool:
    """Whether the bucket's policy lets CloudTrail write for this trail; `folder` is its prefix."""
    if not bucket.policy:
        return False
    document = read_document("bucket policy", bucket.policy.decode())
    arn = f"arn:aws:s3:::{bucket.name}"
    context = {
        "aws:sourcearn": (trail_arn,),
        "aws:sourceaccount": (account,),
        "s3:x-amz-acl": ("bucket-owner-full-control",),
        "aws:securetransport": ("true",),
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (SERVICE,),
    }
    who = Principal("", "", service=SERVICE)
    needed = (("s3:GetBucketAcl", arn), ("s3:PutObject", f"{arn}/{folder}AWSLogs/{account}/file"))
    policies = Policies(resource=document, resource_decides=True)
    return all(evaluate(Request(who, action, where, "", context), policies).allowed for action, where in needed)


def put(trail: Any, key: str, body: bytes, moment: datetime, metadata: Mapping[str, str] | None = None) -> str:
    """Writes one object as of `moment`; S3's error code when the bucket does not take it."""
    bucket = state.bucket(trail.bucket_name)
    if bucket is None:
        return "NoSuchBucket"
    if not allows(bucket, account=trail.account_id, trail_arn=trail.arn, folder=prefix(trail)):
        return "AccessDenied"
    encrypted: dict[str, Any] = {}
    if trail.kms_key_id:
        if error := encryption.delivers(trail.kms_key_id, trail.arn, trail.account_id):
            return error
        encrypted = {"encryption": "aws:kms", "kms_key_id": trail.kms_key_id}
    from moto.s3.models import s3_backends

    backend = s3_backends[bucket.account_id][state.PARTITION]
    made = backend.put_object(bucket.name, key, body, disable_notification=True, **encrypted)
    if bucket.has_default_lock:
        made.lock_mode, made.lock_until = bucket.default_lock_mode, bucket.default_retention()
    made.set_metadata({"Content-Type": "application/json", **(metadata or {})})
    made.last_modified = moment.replace(tzinfo=None)
    return ""
