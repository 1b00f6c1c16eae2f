"""Delete a user, and only the one that is meant: by its unique id, not by a name that somebody may have reused.

Stops: whatever the user's sessions could still do. Role sessions that it opened go on.
Breaks: policies that name the user: they hold its id from now on, and a new user of that name is another one.
Undo: none. AWS cannot bring a user back; one of the same name has another id.
CloudTrail: DeleteUser.

```yaml
use: iam.delete_user
with: {user: "${{ steps.who.name }}", user_id: "${{ steps.who.user_id }}"}
confirm: ${{ steps.who.name }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, InputField, Reader, text
from irtui.actions.observe import before
from irtui.actions.user_by_id import get_user, the_user
from irtui.aws.effects import effect
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

_GONE = "A deleted user cannot be brought back; one of the same name has another id."


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault when there is no such user, Denied unless it is seen to be the one with that id."""
    user, user_id = text(inputs, "user"), text(inputs, "user_id")
    seen = the_user(reader, user, user_id)
    look = Look(get_user(user), f"User.UserId != '{user_id}'", again_after=15)
    return (
        PlannedCall(
            Call("iam", "DeleteUser", {"UserName": user}),
            effect("iam", "DeleteUser"),
            target=user,
            before=before(seen, look),
            after={"User.UserId": None},
            look=look,
            irreversible=_GONE,
        ),
    )


ACTION = Action(
    id="iam.delete_user",
    title="Delete a user by its unique id",
    inputs={
        "user": InputField("user", help="Name of the IAM user."),
        "user_id": InputField("string", help="Its unique id, AIDA…: another user of that name is refused."),
    },
    permissions=("iam:GetUser", "iam:DeleteUser"),
    plan=plan,
    changes=("iam.DeleteUser",),
)
