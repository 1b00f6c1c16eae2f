"""A strong password policy for the users of the account; what is stronger already stays.

Stops: weak passwords, from each user's next change on; nobody is made to change one. Does not touch the root user: no
policy covers its password (IAM user guide, "Set an account password policy").
Breaks: nothing at once; who changes a password has to choose a stronger one. How long passwords last stays as it is:
AWS enforces a new period at once, every older password is expired then (same page), and under HardExpiry such a user
is out of the console until an administrator helps (IAM API, UpdateAccountPasswordPolicy). Not in a night like this.
Undo: puts the earlier policy back, or takes the policy away where there was none.
CloudTrail: UpdateAccountPasswordPolicy; by the undo that or DeleteAccountPasswordPolicy.

```yaml
use: iam.strengthen_password_policy
```
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Reader
from irtui.actions.observe import before, reply_of
from irtui.aws.effects import effect
from irtui.canonical import plain
from irtui.errors import RunbookError
from irtui.model.call import Call
from irtui.model.plan import Look, PlannedCall

LENGTH, REUSE = 14, 24
"""Characters at least, earlier passwords that may not come again (CIS AWS Foundations)."""
_EXPIRY = ("MaxPasswordAge", "HardExpiry")
"""Sent as they are: what UpdateAccountPasswordPolicy is not given goes back to AWS's default."""
_KINDS = ("RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters", "RequireLowercaseCharacters")
_MEMBERS = (*_KINDS, "MinimumPasswordLength", "AllowUsersToChangePassword", "PasswordReusePrevention", *_EXPIRY)


def plan(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> tuple[PlannedCall, ...]:
    """Raises RunbookError when the policy that stands there could not be read: it might be the stronger one."""
    call = Call("iam", "GetAccountPasswordPolicy")
    earlier = reply_of(reader, call)
    if earlier.state == "unknown":
        raise RunbookError(f"The password policy could not be read: {earlier.why}")
    held = dict(plain(earlier.value["PasswordPolicy"])) if earlier.state == "present" else {}
    wanted = {
        **dict.fromkeys(_KINDS, True),
        "MinimumPasswordLength": max(LENGTH, int(held.get("MinimumPasswordLength") or 0)),
        "PasswordReusePrevention": max(REUSE, int(held.get("PasswordReusePrevention") or 0)),
        "AllowUsersToChangePassword": True,
        **{name: held[name] for name in _EXPIRY if held.get(name)},
    }
    checked = {name: wanted[name] for name in (*_KINDS, "MinimumPasswordLength", "PasswordReusePrevention")}
    until = " && ".join(f"PasswordPolicy.{name} == `{json.dumps(value)}`" for name, value in checked.items())
    look = Look(call, until, again_after=15)
    undo = Call("iam", "DeleteAccountPasswordPolicy")
    if earlier.state == "present":
        undo = Call("iam", "UpdateAccountPasswordPolicy", {name: held[name] for name in _MEMBERS if held.get(name)})
    return (
        PlannedCall(
            Call("iam", "UpdateAccountPasswordPolicy", wanted),
            effect("iam", "UpdateAccountPasswordPolicy"),
            target="the password policy",
            before=before(earlier, look),
            after={f"PasswordPolicy.{name}": value for name, value in checked.items()},
            look=look,
            undo=undo,
            note="It binds the users of the account. The root user is not bound by it.",
        ),
    )


ACTION = Action(
    id="iam.strengthen_password_policy",
    title="A strong password policy for users",
    inputs={},
    permissions=(
        "iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy",
    ),
    plan=plan,
    changes=("iam.UpdateAccountPasswordPolicy", "iam.DeleteAccountPasswordPolicy"),
)  # fmt: skip
