"""Put a signed checkpoint of the journal into a bucket with Object Lock, so that its writer cannot take it back.

Stops: that whoever holds the incident's key rewrites what came before, or cuts it, without being seen.
Breaks: nothing. It is one small object under a name that nobody has yet; where there is one already, S3 refuses.
Undo: none, and that is what it is for: in compliance mode nobody deletes it before its time, nor the bucket's owner.
CloudTrail: PutObject, a data event; the bucket's owner sees it where data events are on.

```yaml
use: journal.checkpoint
with: {bucket: evidence-444, account: "444455556666", key: INC-7F3K2Q/00000017.note, note: "${{ inputs.note }}"}
irreversible: Nobody can delete a checkpoint before its time.
```
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.observe import reply_of
from irtui.aws.effects import effect_of
from irtui.errors import Denied, RunbookError
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

MODE = "COMPLIANCE"
"""Governance mode would leave it to whoever may bypass it."""
_SEEN_WITHIN = 6.0
"""Seconds: S3 shows at once what it has accepted."""


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises Denied for a bucket without Object Lock, and where nobody can see whether it has it."""
    bucket, account, key = (text(inputs, name) for name in ("bucket", "account", "key"))
    note, region = text(inputs, "note"), text(inputs, "region", reader.region)
    there = {"Bucket": bucket, "ExpectedBucketOwner": account}
    _locks(reader, Call("s3", "GetObjectLockConfiguration", there, region), bucket)
    until = (now + timedelta(days=_days(inputs))).astimezone(UTC).replace(microsecond=0)
    put = Call(
        "s3",
        "PutObject",
        {
            **there, "Key": key, "Body": note, "ContentType": "text/plain; charset=utf-8", "IfNoneMatch": "*",
            "ChecksumAlgorithm": "SHA256",
            "ChecksumSHA256": base64.b64encode(hashlib.sha256(note.encode("utf-8")).digest()).decode("ascii"),
            "ObjectLockMode": MODE, "ObjectLockRetainUntilDate": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        },
        region,
    )  # fmt: skip
    kept = Call("s3", "GetObjectRetention", {**there, "Key": key}, region)
    own = account == inputs.get("incident_account")
    planned = PlannedCall(
        put,
        effect_of(put),
        target=key,
        after=MODE,
        look=Look(kept, f"Retention.Mode == '{MODE}'", _SEEN_WITHIN),
        irreversible=f"Nobody can delete it before {until:%Y-%m-%d}, the owner of the bucket neither.",
        note="The bucket is the incident's own account's: who closes that account takes it along." if own else "",
    )
    return (planned,)


def _locks(reader: Reader, asked: Call, bucket: str) -> None:
    seen = reply_of(reader, asked)
    if seen.state == "present" and seen.value["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled":
        return
    if seen.state == "unknown":
        raise Denied(
            f"Nobody can see whether {bucket} has Object Lock: {seen.why}.",
            title="No checkpoint",
            advice="It takes s3:GetBucketObjectLockConfiguration here and there, and the right account.",
        )
    raise Denied(
        f"The bucket {bucket} has no Object Lock, or is not there: its owner could take a checkpoint back.",
        title="No checkpoint",
        advice="Name another bucket. Until then, paste the fingerprint where others keep it.",
    )


def _days(inputs: Mapping[str, Any]) -> int:
    given = str(inputs.get("days") or 365)
    if not given.isdecimal() or not 0 < int(given) <= 36500:
        raise RunbookError("The input days is no number from 1 to 36500")
    return int(given)


ACTION = Action(
    id="journal.checkpoint",
    title="Put a signed checkpoint where nobody can take it back",
    inputs={
        "bucket": InputField("string", help="A bucket with Object Lock, best of another account."),
        "account": InputField("account_id", help="Whose it is; S3 refuses when it is another's."),
        "key": InputField("string", help="The object's name: the incident and the record."),
        "note": InputField("string", help="The signed note."),
        "days": InputField("string", required=False, help="For how long it is locked; 365 when it is not said."),
        "region": InputField("string", required=False, help="The bucket's; else the step's."),
        "incident_account": InputField("account_id", required=False, help="To say when it is the same one."),
    },
    permissions=(
        "s3:GetBucketObjectLockConfiguration", "s3:GetObjectRetention", "s3:ListBucket", "s3:PutObject",
        "s3:PutObjectRetention",
    ),
    plan=plan,
    changes=("s3.PutObject",),
)  # fmt: skip
