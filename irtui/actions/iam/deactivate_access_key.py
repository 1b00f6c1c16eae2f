"""Switch a user's access key off.

Stops: requests signed with the key, within seconds.
Does not stop: sessions that were made from the key; see iam.deny_all.
Breaks: every workload that still signs with it.
Undo: sets the key back to the state it had.
CloudTrail: UpdateAccessKey, once more by the undo.

```yaml
use: iam.deactivate_access_key
with: {user: "${{ steps.owner.user }}", access_key_id: "${{ inputs.access_key_id }}"}
confirm: ${{ inputs.access_key_id }}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.access_keys import INPUTS, PERMISSIONS, set_status
from irtui.actions.interface import Action, Reader
from irtui.model.plan import PlannedCall


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises AwsFault when the user has no such key, RunbookError for empty inputs."""
    return (
        set_status(reader, inputs, "Inactive", "What still signs with this key stops. Sessions made from it go on."),
    )


ACTION = Action(
    id="iam.deactivate_access_key",
    title="Deactivate an access key",
    inputs=INPUTS,
    permissions=PERMISSIONS,
    plan=plan,
    changes=("iam.UpdateAccessKey",),
)
