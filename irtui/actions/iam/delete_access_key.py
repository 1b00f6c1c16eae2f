"""Delete a user's access key for good. Only one that is switched off already.

Stops: every further use of the key.
Breaks: nothing that deactivating it has not broken; refused while the key is active, so that this is seen first.
Undo: none. AWS cannot bring a key back; its owner needs a new one.
CloudTrail: DeleteAccessKey.

```yaml
use: iam.delete_access_key
with: {user: "${{ steps.owner.user }}", access_key_id: "${{ inputs.access_key_id }}"}
confirm: ${{ inputs.access_key_id }}
irreversible: A deleted access key cannot be brought back.
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.access_keys import INPUTS, look_for, named, status, statuses
from irtui.actions.interface import Action, Reader
from irtui.actions.observe import before, reply_of
from irtui.aws.effects import effect
from irtui.errors import Denied
from irtui.model.call import Call
from irtui.model.plan import PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault when the user has no such key, Denied unless it is seen to be inactive."""
    who = named(inputs)
    look = look_for(who, f"length({statuses(who['AccessKeyId'])}) == `0`", again_after=None)
    seen = reply_of(reader, look.call)
    if status(seen, who) != "Inactive":
        reason = "is still active" if seen.state == "present" else f"could not be seen to be inactive: {seen.why}"
        raise Denied(
            f"The key {who['AccessKeyId']} {reason}",
            advice="Deactivate it first and see what breaks: that can be taken back, deleting cannot.",
        )
    return (
        PlannedCall(
            Call("iam", "DeleteAccessKey", who),
            effect("iam", "DeleteAccessKey"),
            target=who["AccessKeyId"],
            before=before(seen, look),
            after={statuses(who["AccessKeyId"]): []},
            look=look,
            irreversible="A deleted access key cannot be brought back; its owner needs a new one.",
        ),
    )


ACTION = Action(
    id="iam.delete_access_key",
    title="Delete an inactive access key",
    inputs=INPUTS,
    permissions=("iam:ListAccessKeys", "iam:DeleteAccessKey"),
    plan=plan,
    changes=("iam.DeleteAccessKey",),
)
