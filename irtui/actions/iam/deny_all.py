"""Deny everything to a user, with one inline policy without a condition, or by its boundary where that does not fit.

Stops: the user's keys, every session made from them (GetSessionToken, GetFederationToken) and the console.
Does not stop: sessions of roles that the user assumed; see iam.revoke_role_sessions.
Breaks: everything that depends on this user, within seconds.
A user's inline policies have 2,048 characters together. Where the deny would be more, the plan sets AWSDenyAll as the
permissions boundary instead, which denies the same; the plan says so.
Undo: deletes the policy; where one of that name stood before, puts the earlier document back. So with a boundary.
CloudTrail: PutUserPolicy, and DeleteUserPolicy or PutUserPolicy by the undo; or PutUserPermissionsBoundary, and that or
DeleteUserPermissionsBoundary.

```yaml
use: iam.deny_all
with: {user: "${{ steps.owner.user }}", policy: "irtui-deny-all-${{ incident.id }}"}
confirm: ${{ steps.owner.user }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.denies import DENY, changes, denied, permissions
from irtui.actions.interface import Action, InputField, Reader, text
from irtui.model.plan import PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises RunbookError for an empty user."""
    user, policy = text(inputs, "user"), text(inputs, "policy", "irtui-deny-all")
    note = "Everything that works as this user stops. Roles it assumed go on."
    return (denied(reader, "User", user, policy, DENY, note, note),)


ACTION = Action(
    id="iam.deny_all",
    title="Deny everything to a user",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "policy": InputField("string", required=False, help="Name of the inline policy; irtui-deny-all without it."),
    },
    permissions=permissions("User"),
    plan=plan,
    changes=changes("User"),
)
