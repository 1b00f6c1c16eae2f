"""Give a user an access key more, for a workload whose own key is to be taken away. The secret goes to irtui's vault.

Stops: nothing.
Does not stop: whoever has the leaked key; that works until its user is denied.
Breaks: nothing. A user may have two keys, active or not (IAM quotas): who has two is refused, with what uses each.
Undo: deletes the new key; what signs with it by then stops. Its secret stays in the vault, and opens nothing.
CloudTrail: CreateAccessKey, without the secret; DeleteAccessKey by the undo.

The secret is told once, in the reply, and never shown: `irtui keys secret` hands it out. Where no vault can keep it,
nothing is sent.

```yaml
use: iam.create_access_key
with: {user: "${{ inputs.replacement_user }}", leaked: "${{ steps.owner.user }}"}
confirm: ${{ inputs.replacement_user }}
```
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.aws.effects import effect
from irtui.clock import rfc3339
from irtui.errors import AwsFault, RunbookError
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

MOST = 2
"""Access keys of one user, inactive ones counted (IAM user guide, "IAM and AWS STS quotas"); it cannot be raised."""


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault for a user that is not there or cannot be read, RunbookError for one that can get no key."""
    user = text(inputs, "user")
    if user.casefold() == text(inputs, "leaked", "-").casefold():  # IAM names differ by more than case
        raise RunbookError(
            f"{user} is the user whose key leaked. It is denied everything next, a new key of it too",
            advice="Name another user. Or skip this step, and give the workload a role or a key by hand.",
        )
    since = reader.read(Call("iam", "GetUser", {"UserName": user})).data["User"]["CreateDate"]
    listing = Call("iam", "ListAccessKeys", {"UserName": user})
    keys = reader.read(listing).data["AccessKeyMetadata"]
    ids = [str(key["AccessKeyId"]) for key in keys]
    used = [f"{key['AccessKeyId']} ({key['Status']}, {_last_used(reader, str(key['AccessKeyId']))})" for key in keys]
    if len(ids) >= MOST:
        raise RunbookError(
            f"{user} has {len(ids)} keys, and AWS allows no third: {' and '.join(used)}",
            advice="Name another user. Or ask who needs these two, delete one by hand, and run this again.",
        )
    new = f"AccessKeyMetadata[?!contains(`{json.dumps(ids)}`, AccessKeyId)].AccessKeyId"
    there = f"It has {used[0]}." if used else "It has no key yet."
    return (
        PlannedCall(
            Call("iam", "CreateAccessKey", {"UserName": user}),
            effect("iam", "CreateAccessKey"),
            target=user,
            after={new: ["the new key"]},
            look=Look(listing, f"length({new}) > `0`"),
            undo=Call("iam", "DeleteAccessKey", {"UserName": user}),
            made={"AccessKeyId": "AccessKey.AccessKeyId"},
            note=f"{user} is there since {_day(since)}. {there} The secret goes to the vault, not to the screen. "
            f"Whoever gets it may do what {user} may.",
        ),
    )


def _last_used(reader: Reader, key: str) -> str:
    try:
        said = reader.read(Call("iam", "GetAccessKeyLastUsed", {"AccessKeyId": key})).data["AccessKeyLastUsed"]
    except AwsFault as fault:
        if fault.kind == "expired":
            raise
        return f"nobody can say when it was last used: {fault.code}"
    when = said.get("LastUsedDate")
    return f"last used {_day(when)} for {said.get('ServiceName')}" if when else "never used"


def _day(when: Any) -> str:
    return rfc3339(when)[:10] if isinstance(when, datetime) else str(when)


ACTION = Action(
    id="iam.create_access_key",
    title="Give a user a new access key, its secret to the vault",
    inputs={
        "user": InputField("user", help="Name of the IAM user that gets it: one you know, and not the leaked one."),
        "leaked": InputField("user", required=False, help="Name of the user whose key leaked; refused as `user`."),
    },
    permissions=(
        "iam:GetUser", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:CreateAccessKey", "iam:DeleteAccessKey",
    ),
    keeps=("AccessKeyId",),
    plan=plan,
    changes=("iam.CreateAccessKey", "iam.DeleteAccessKey"),
)  # fmt: skip
