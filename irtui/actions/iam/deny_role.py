"""Deny everything to a role, with one inline policy without a condition.

Stops: every session of the role, old and new, whoever opens them: also somebody of another account that it trusts.
Does not stop: sessions that these opened of other roles; see iam.revoke_role_sessions.
Breaks: everything that works as this role, within seconds. For roles that the attacker made or changed.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back.
CloudTrail: PutRolePolicy, and DeleteRolePolicy or PutRolePolicy by the undo.

```yaml
use: iam.deny_role
with: {role: "${{ role }}", policy: "irtui-deny-all-${{ incident.id }}"}
confirm: ${{ role }}
```
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.iam.deny_all import DENY
from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.observe import before, reply_of
from irtui.actions.roles import refuse_what_aws_owns
from irtui.aws.effects import effect
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`role` is a name or an ARN. Raises AwsFault when there is no such role, Denied when AWS owns it."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    refuse_what_aws_owns(reader, role)
    named = {"RoleName": role, "PolicyName": text(inputs, "policy", "irtui-deny-all")}
    look = Look(Call("iam", "GetRolePolicy", named), f"PolicyDocument == `{json.dumps(DENY)}`", again_after=15)
    earlier = reply_of(reader, look.call)
    undo = Call("iam", "DeleteRolePolicy", named)
    if earlier.state == "present":
        undo = Call("iam", "PutRolePolicy", {**named, "PolicyDocument": earlier.value["PolicyDocument"]})
    return (
        PlannedCall(
            Call("iam", "PutRolePolicy", {**named, "PolicyDocument": DENY}),
            effect("iam", "PutRolePolicy"),
            target=role,
            before=before(earlier, look),
            after={"PolicyDocument": DENY},
            look=look,
            undo=undo,
            note="Everything that works as this role stops, for all of its users.",
        ),
    )


ACTION = Action(
    id="iam.deny_role",
    title="Deny everything to a role",
    inputs={
        "role": InputField("role", help="Name or ARN of the role."),
        "policy": InputField("string", required=False, help="Name of the inline policy; irtui-deny-all without it."),
    },
    permissions=("iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    plan=plan,
    changes=("iam.PutRolePolicy", "iam.DeleteRolePolicy"),
)
