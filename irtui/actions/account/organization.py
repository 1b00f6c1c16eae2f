"""What the account is in its organization: none, a member, or the one that manages it. This decides what can be done.

Stops and breaks: nothing, it only reads. `role` is alone, member, management or unknown; `words` says what follows.
Limits: whether a member's service control policies deny the responder something is not asked.
CloudTrail: a DescribeOrganization event of the operator.

```yaml
use: account.organization
with: {account: "${{ aws.account }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.observe import words
from irtui.errors import AwsFault, SimulatorGap
from irtui.model.call import Call

_NONE = "AWSOrganizationsNotInUseException"
_WORDS = {
    "alone": "it stands alone: nobody above it can limit or help it, root included",
    "member": "it is a member: its organization can limit it, root too, and can take root's credentials away",
    "management": "it manages its organization: no policy of the organization limits it, and whoever has it has all",
    "unknown": "nobody knows: it could not be asked",
}


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError for an empty input, AwsFault when the operator's session has ended."""
    account = text(inputs, "account")
    try:
        told = reader.read(Call("organizations", "DescribeOrganization")).data["Organization"]
    except (AwsFault, SimulatorGap) as error:
        if isinstance(error, AwsFault) and error.kind == "expired":
            raise
        if isinstance(error, AwsFault) and error.code == _NONE:
            return _facts("alone", {})
        return _facts("unknown", {}, (words(error),))
    manages = str(told.get("MasterAccountId") or "")
    role = "management" if manages == account else "member" if manages else "unknown"
    return _facts(role, {"organization": str(told.get("Id") or ""), "management": manages})


def _facts(role: str, told: Mapping[str, str], gaps: tuple[str, ...] = ()) -> Facts:
    said = _WORDS[role] + (f"; account {told['management']} manages it" if role == "member" else "")
    return Facts({"role": role, "words": said, "organization": "", "management": "", **told}, gaps)


ACTION = Action(
    id="account.organization",
    title="What the account is in its organization",
    inputs={"account": InputField("account_id", help="The account that asks.")},
    permissions=("organizations:DescribeOrganization",),
    keeps=("role", "words", "organization", "management"),
    observe=observe,
)
