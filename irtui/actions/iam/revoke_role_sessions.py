"""End the sessions of a role that were issued until now, and those of the next moments.

Stops: every session of the role issued before the cut, whoever holds it. The cut lies AHEAD of the plan: until IAM
has spread the change the holder can still open sessions, of this role or of one that leads back to it; those end too.
Does not stop: new sessions. Whoever may still assume the role gets one; deny them first.
Breaks: all users of the role must sign in again after the cut; what runs on it (instances, …) until it refreshes.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back.
CloudTrail: PutRolePolicy, and DeleteRolePolicy or PutRolePolicy by the undo.

```yaml
use: iam.revoke_role_sessions
with: {role: "${{ role }}"}
confirm: ${{ role }}
```
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.observe import before, reply_of
from irtui.actions.roles import refuse_what_aws_owns
from irtui.aws.effects import effect
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

AHEAD = 90
"""Seconds between the plan and the cut: reading, confirming and sending a batch, and IAM's own delay."""
POLICY = "AWSRevokeOlderSessions"
"""The name that the console uses too, so that both see one another's work."""


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`role` is a name or an ARN. Raises AwsFault when there is no such role, Denied when AWS owns it."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    refuse_what_aws_owns(reader, role)
    named = {"RoleName": role, "PolicyName": POLICY}
    document = _deny_sessions_issued_until(now)
    look = Look(Call("iam", "GetRolePolicy", named), f"PolicyDocument == `{json.dumps(document)}`", again_after=15)
    earlier = reply_of(reader, look.call)
    note = f"Hits every user of this role; they sign in again, {AHEAD} s from now. New sessions stay possible."
    undo = Call("iam", "DeleteRolePolicy", named)
    if earlier.state == "present":
        undo = Call("iam", "PutRolePolicy", {**named, "PolicyDocument": earlier.value["PolicyDocument"]})
    elif earlier.state == "unknown":
        note += f" Whether {POLICY} stood there before is not known; undo deletes it."
    return (
        PlannedCall(
            Call("iam", "PutRolePolicy", {**named, "PolicyDocument": document}),
            effect("iam", "PutRolePolicy"),
            target=role,
            before=before(earlier, look),
            after={"PolicyDocument": document},
            look=look,
            undo=undo,
            note=note,
        ),
    )


def _deny_sessions_issued_until(now: datetime) -> dict[str, Any]:
    # Issue times are whole seconds: one more also catches what was issued in the last one.
    until = (now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD + 1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"DateLessThan": {"aws:TokenIssueTime": until}}
    statement = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


ACTION = Action(
    id="iam.revoke_role_sessions",
    title="Revoke the sessions of a role",
    inputs={"role": InputField("role", help="Name or ARN of the role.")},
    permissions=("iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    plan=plan,
    changes=("iam.PutRolePolicy", "iam.DeleteRolePolicy"),
)
