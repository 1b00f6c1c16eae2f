"""Deny everything to a user by its permissions boundary, and only to the one that is meant: by its unique id.

Stops: what an inline deny stops: keys, sessions made from them, the console. A boundary is no policy that DeleteUser
wants gone, so it holds the user to the end, when the inline deny must go.
Breaks: nothing more than the inline deny does. A boundary that was there is replaced.
Undo: puts the earlier boundary back, or takes it away where there was none.
CloudTrail: PutUserPermissionsBoundary, and PutUserPermissionsBoundary or DeleteUserPermissionsBoundary by the undo.

```yaml
use: iam.deny_by_boundary
with: {user: "${{ steps.who.name }}", user_id: "${{ steps.who.user_id }}", partition: "${{ steps.who.partition }}"}
confirm: ${{ steps.who.name }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.denies import boundary, boundary_member
from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.user_by_id import WATCH, get_user, the_user
from irtui.aws.effects import effect
from irtui.model.plan import Look, PlannedCall

_SET = boundary_member("User")


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault when there is no such user, Denied unless it is seen to be the one with that id."""
    user = text(inputs, "user")
    seen = the_user(reader, user, text(inputs, "user_id"))
    put, undo = boundary("User", user, text(inputs, "partition", "aws"), seen)
    arn = put.params["PermissionsBoundary"]
    look = Look(get_user(user), f"!User || {_SET} == '{arn}'", again_after=15)
    return (
        PlannedCall(
            put,
            effect("iam", "PutUserPermissionsBoundary"),
            target=user,
            after={_SET: arn},
            look=look,
            observe=get_user(user),
            watch=(*WATCH, _SET),
            undo=undo,
            note="AWSDenyAll is AWS's own policy: nobody in this account can change it.",
        ),
    )


ACTION = Action(
    id="iam.deny_by_boundary",
    title="Deny everything to a user by its boundary",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "user_id": InputField("string", help="Its unique id, AIDA…: another user of that name is refused."),
        "partition": InputField("string", required=False, help="aws, aws-cn or aws-us-gov; aws without it."),
    },
    permissions=("iam:GetUser", "iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary"),
    plan=plan,
    changes=("iam.PutUserPermissionsBoundary", "iam.DeleteUserPermissionsBoundary"),
)
