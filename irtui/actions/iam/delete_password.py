"""Delete the password of a user, and only of the one that is meant: by its unique id.

Stops: signing in to the console with it. A console session that is open goes on until it ends, or is denied.
Breaks: nothing else. Keys and sessions are not touched.
Undo: none. Nobody can read a password; a new one must be set.
CloudTrail: DeleteLoginProfile.

```yaml
use: iam.delete_password
with: {user: "${{ steps.who.name }}", user_id: "${{ steps.who.user_id }}"}
confirm: ${{ steps.who.name }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.user_by_id import WATCH, get_user, the_user
from irtui.aws.effects import effect
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault when there is no such user, Denied unless it is seen to be the one with that id."""
    user = text(inputs, "user")
    the_user(reader, user, text(inputs, "user_id"))
    named = {"UserName": user}
    return (
        PlannedCall(
            Call("iam", "DeleteLoginProfile", named),
            effect("iam", "DeleteLoginProfile"),
            target=user,
            after={"LoginProfile": None},
            look=Look(Call("iam", "GetLoginProfile", named), "!LoginProfile"),
            observe=get_user(user),
            watch=WATCH,
            irreversible="Nobody can read a password; a new one must be set.",
        ),
    )


ACTION = Action(
    id="iam.delete_password",
    title="Delete a user's password",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "user_id": InputField("string", help="Its unique id, AIDA…: another user of that name is refused."),
    },
    permissions=("iam:GetUser", "iam:GetLoginProfile", "iam:DeleteLoginProfile"),
    plan=plan,
    changes=("iam.DeleteLoginProfile",),
)
