"""Deny everything to a role, with one inline policy without a condition, or by its boundary where that does not fit.

Stops: every session of the role, old and new, whoever opens them: also somebody of another account that it trusts.
Does not stop: sessions that these opened of other roles; see iam.revoke_role_sessions.
Breaks: everything that works as this role, within seconds. For roles that the attacker made or changed.
A role's inline policies have 10,240 characters together. Where the deny would be more, the plan sets AWSDenyAll as
the permissions boundary instead, which denies the same; the plan says so.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back. So with a boundary.
CloudTrail: PutRolePolicy, and DeleteRolePolicy or PutRolePolicy by the undo; or PutRolePermissionsBoundary, and that or
DeleteRolePermissionsBoundary.

```yaml
use: iam.deny_role
with: {role: "${{ role }}", policy: "irtui-deny-all-${{ incident.id }}"}
confirm: ${{ role }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.denies import DENY, changes, denied, permissions
from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.roles import refuse_what_aws_owns
from irtui.model.plan import PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """`role` is a name or an ARN. Raises AwsFault when there is no such role, Denied when AWS owns it."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    policy = text(inputs, "policy", "irtui-deny-all")
    refuse_what_aws_owns(reader, role)
    note = "Everything that works as this role stops, for all of its users."
    return (denied(reader, "Role", role, policy, DENY, note, note),)


ACTION = Action(
    id="iam.deny_role",
    title="Deny everything to a role",
    inputs={
        "role": InputField("role", help="Name or ARN of the role."),
        "policy": InputField("string", required=False, help="Name of the inline policy; irtui-deny-all without it."),
    },
    permissions=permissions("Role"),
    plan=plan,
    changes=changes("Role"),
)
