"""Switch an access key on again, when something vital turns out to need it.

Stops: nothing.
Breaks: the containment of this key; whoever has its secret can sign with it again.
Undo: sets the key back to the state it had.
CloudTrail: UpdateAccessKey, once more by the undo.

```yaml
use: iam.reactivate_access_key
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
    return (set_status(reader, inputs, "Active", "Whoever holds the secret of this key can use it again."),)


ACTION = Action(
    id="iam.reactivate_access_key",
    title="Reactivate an access key",
    inputs=INPUTS,
    permissions=PERMISSIONS,
    plan=plan,
    changes=("iam.UpdateAccessKey",),
)
