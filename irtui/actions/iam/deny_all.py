"""Deny everything to a user, with one inline policy without a condition.

Stops: the user's keys, every session made from them (GetSessionToken, GetFederationToken) and the console.
Does not stop: sessions of roles that the user assumed; see iam.revoke_role_sessions.
Breaks: everything that depends on this user, within seconds.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back.
CloudTrail: PutUserPolicy, and DeleteUserPolicy or PutUserPolicy by the undo.

```yaml
use: iam.deny_all
with: {user: "${{ steps.owner.user }}", policy: "irtui-deny-all-${{ incident.id }}"}
confirm: ${{ steps.owner.user }}
```
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.observe import before, reply_of
from irtui.aws.effects import effect
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises RunbookError for an empty user."""
    user = text(inputs, "user")
    named = {"UserName": user, "PolicyName": text(inputs, "policy", "irtui-deny-all")}
    look = Look(Call("iam", "GetUserPolicy", named), f"PolicyDocument == `{json.dumps(DENY)}`", again_after=15)
    earlier = reply_of(reader, look.call)
    put = Call("iam", "PutUserPolicy", {**named, "PolicyDocument": DENY})
    undo = Call("iam", "DeleteUserPolicy", named)
    if earlier.state == "present":
        undo = Call("iam", "PutUserPolicy", {**named, "PolicyDocument": earlier.value["PolicyDocument"]})
    return (
        PlannedCall(
            put,
            effect("iam", "PutUserPolicy"),
            target=user,
            before=before(earlier, look),
            after={"PolicyDocument": DENY},
            look=look,
            undo=undo,
            note="Everything that works as this user stops. Roles it assumed go on.",
        ),
    )


ACTION = Action(
    id="iam.deny_all",
    title="Deny everything to a user",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "policy": InputField("string", required=False, help="Name of the inline policy; irtui-deny-all without it."),
    },
    permissions=("iam:GetUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPolicy"),
    plan=plan,
    changes=("iam.PutUserPolicy", "iam.DeleteUserPolicy"),
)
