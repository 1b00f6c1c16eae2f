"""End the sessions of a role that were issued until now, and those of the next moments.

Stops: every session of the role issued before the cut, whoever holds it. The cut lies AHEAD of the plan: until IAM
has spread the change the holder can still open sessions, of this role or of one that leads back to it; those end too.
Does not stop: new sessions. Whoever may still assume the role gets one; deny them first.
Breaks: all users of the role must sign in again after the cut; what runs on it (instances, …) until it refreshes.
A role's inline policies have 10,240 characters together. Where the revocation would be more, the plan sets AWSDenyAll
as the permissions boundary instead: that denies new sessions as well, and the plan says so.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back. So with a boundary.
CloudTrail: PutRolePolicy, and DeleteRolePolicy or PutRolePolicy by the undo; or PutRolePermissionsBoundary, and that or
DeleteRolePermissionsBoundary.

```yaml
use: iam.revoke_role_sessions
with: {role: "${{ role }}"}
confirm: ${{ role }}
```
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.actions.denies import changes, denied, permissions
from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.roles import refuse_what_aws_owns
from irtui.model.plan import PlannedCall

AHEAD = 90
"""Seconds between the plan and the cut: reading, confirming and sending a batch, and IAM's own delay."""
POLICY = "AWSRevokeOlderSessions"
"""The name that the console uses too, so that both see one another's work."""


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`role` is a name or an ARN. Raises AwsFault when there is no such role, Denied when AWS owns it."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    refuse_what_aws_owns(reader, role)
    note = f"Hits every user of this role; they sign in again, {AHEAD} s from now. New sessions stay possible."
    instead = "That denies NEW sessions too: nobody works as this role until you take it back."
    return (denied(reader, "Role", role, POLICY, _deny_sessions_issued_until(now), note, instead),)


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
    permissions=permissions("Role"),
    plan=plan,
    changes=changes("Role"),
)
