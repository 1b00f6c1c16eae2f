"""End the sessions of a role that were issued until now.

Stops: every session of the role issued before this moment, whoever holds it.
Does not stop: new sessions. Whoever may still assume the role gets one; change its trust policy for that.
Breaks: all users of the role must sign in again; what runs on it (instances, functions) until it refreshes.
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
from irtui.aws.effects import effect
from irtui.errors import AwsFault, Denied
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

POLICY = "AWSRevokeOlderSessions"
"""The name that the console uses too, so that both see one another's work."""


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`role` is a name or an ARN. Raises AwsFault when there is no such role, Denied when AWS owns it."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    _refuse_what_aws_owns(reader, role)
    named = {"RoleName": role, "PolicyName": POLICY}
    document = _deny_sessions_issued_until(now)
    look = Look(Call("iam", "GetRolePolicy", named), f"PolicyDocument == `{json.dumps(document)}`", again_after=15)
    earlier = reply_of(reader, look.call)
    note = "Hits every user of this role; they sign in again. New sessions stay possible."
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


def _refuse_what_aws_owns(reader: Reader, role: str) -> None:
    seen = reply_of(reader, Call("iam", "GetRole", {"RoleName": role}))
    if seen.state == "absent":
        advice = "Somebody may have deleted it; a role of another account must be contained there."
        raise AwsFault("absent", "NoSuchEntity", f"There is no role {role}", call="iam.GetRole", advice=advice)
    path = seen.value["Role"]["Path"] if seen.state == "present" else ""
    if path.startswith("/aws-service-role/"):
        raise Denied(
            f"{role} is a service-linked role; AWS does not let its policies be changed", advice="Contain the service."
        )
    if path.startswith("/aws-reserved/"):
        raise Denied(
            f"{role} belongs to IAM Identity Center", advice="Revoke the session there, in the management account."
        )


def _deny_sessions_issued_until(now: datetime) -> dict[str, Any]:
    # Issue times are whole seconds: the next one also catches what was issued in this second.
    until = (now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
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
