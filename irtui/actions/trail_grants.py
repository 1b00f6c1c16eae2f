"""Whether CloudTrail may write where a trail writes, and encrypt with its key, by the policies of bucket and key.

Rules: what they say is put right by two statements of AWS's own documentation, and by leaving out each Deny that hits
CloudTrail; nothing else is touched. A policy that cannot be read as one is not judged here: None.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from irtui.policy.document import read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate

SERVICE = "cloudtrail.amazonaws.com"
WRITES, CHECKS, ENCRYPTS = "irtuiTrailWrites", "irtuiTrailChecks", "irtuiTrailEncrypts"
"""Sids of the statements that are added."""
Grant = tuple[str, str, str]
"""(action, ARN, ARN of the trail)."""


def of_bucket(bucket: str, trails: Sequence[Mapping[str, Any]]) -> list[Grant]:
    """What CloudTrail needs of a bucket, for each trail; an organization's is not told from here."""
    arn = bucket_arn(bucket, *(trail["arn"] for trail in trails))
    found: list[Grant] = []
    for trail in trails:
        start = f"{trail['prefix']}/" if trail["prefix"] else ""
        found.append(("s3:GetBucketAcl", arn, trail["arn"]))
        found.append(("s3:PutObject", f"{arn}/{start}AWSLogs/{_account(trail['arn'])}/file", trail["arn"]))
    return found


def bucket_arn(bucket: str, *trails: str) -> str:
    """In the partition of the trails that write there: `aws`, `aws-cn`, `aws-us-gov`."""
    partition = next((arn.split(":")[1] for arn in trails if arn.startswith("arn:")), "aws")
    return f"arn:{partition}:s3:::{bucket}"


def of_key(key: str, trails: Sequence[Mapping[str, Any]]) -> list[Grant]:
    return [("kms:GenerateDataKey", key, trail["arn"]) for trail in trails]


def granted(document: Any, grants: Sequence[Grant]) -> bool | None:
    """Whether each is allowed. None: it cannot be said."""
    if not isinstance(document, Mapping):
        return None
    read = Policies(resource=read_document("policy", document), resource_decides=True)
    return all(evaluate(_request(grant), read).allowed for grant in grants)


def mended_bucket(bucket: str, document: Mapping[str, Any], grants: Sequence[Grant]) -> dict[str, Any]:
    """The policy with which they are allowed; {} where two statements would not do it."""
    trails = sorted({trail for _, _, trail in grants})
    arn = bucket_arn(bucket, *trails)
    folders = sorted({where.removesuffix("file") + "*" for action, where, _ in grants if action == "s3:PutObject"})
    source = {"aws:SourceArn": trails}
    full = {"s3:x-amz-acl": "bucket-owner-full-control"}
    added = [
        _allow(CHECKS, "s3:GetBucketAcl", arn, {"StringEquals": source}),
        _allow(WRITES, "s3:PutObject", folders, {"StringEquals": source | full}),
    ]
    return _mended(document, grants, added)


def mended_key(document: Mapping[str, Any], grants: Sequence[Grant]) -> dict[str, Any]:
    trails = sorted({trail for _, _, trail in grants})
    use = ["kms:GenerateDataKey*", "kms:DescribeKey"]
    return _mended(document, grants, [_allow(ENCRYPTS, use, "*", {"StringEquals": {"aws:SourceArn": trails}})])


def _mended(document: Mapping[str, Any], grants: Sequence[Grant], added: list[dict[str, Any]]) -> dict[str, Any]:
    ours = [one["Sid"] for one in added]
    kept = [one for one in statements(document) if one.get("Sid") not in ours and not _hits(one, grants)]
    version = document.get("Version", "2012-10-17")
    made = {**document, "Version": version, "Statement": [*kept, *added]}
    return made if granted(made, grants) else {}


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    held = document.get("Statement")
    return [held] if isinstance(held, Mapping) else [one for one in held or () if isinstance(one, Mapping)]


def _hits(statement: Mapping[str, Any], grants: Sequence[Grant]) -> bool:
    """Whether it is a Deny that stands against one of them."""
    if statement.get("Effect") != "Deny":
        return False
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return granted({"Version": "2012-10-17", "Statement": [everything, statement]}, grants) is False


def _allow(sid: str, action: Any, resource: Any, condition: Mapping[str, Any]) -> dict[str, Any]:
    who = {"Service": SERVICE}
    return {
        "Sid": sid, "Effect": "Allow", "Principal": who, "Action": action, "Resource": resource, "Condition": condition,
    }  # fmt: skip


def _request(grant: Grant) -> Request:
    action, where, trail = grant
    context = {
        "aws:sourcearn": (trail,),
        "aws:sourceaccount": (_account(trail),),
        "s3:x-amz-acl": ("bucket-owner-full-control",),
        "kms:encryptioncontext:aws:cloudtrail:arn": (trail,),
        "aws:securetransport": ("true",),
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": (SERVICE,),
    }
    return Request(Principal("", "", service=SERVICE), action, where, "", context)


def _account(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") >= 5 else ""
