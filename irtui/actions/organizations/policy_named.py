"""The id of the organization's policy of that name, which AWS gives and every later call asks for.

Stops and breaks: nothing, it only reads. Names of policies are unique in an organization (Organizations API,
DuplicatePolicyException). No policy of the name refuses, so that nothing is done to another one.
CloudTrail: ListPolicies events of the operator.

```yaml
use: organizations.policy_named
with: {name: "irtui-deny-root-${{ incident.id }}"}
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.errors import RunbookError
from irtui.model.call import Call

PAGES = 20


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """Raises RunbookError when there is none of that name, or more than one."""
    name, kind = text(inputs, "name"), text(inputs, "type", "SERVICE_CONTROL_POLICY")
    listed = reader.read(Call("organizations", "ListPolicies", {"Filter": kind}), pages=PAGES).data["Policies"]
    found = [policy for policy in listed if policy.get("Name") == name]
    if len(found) != 1:
        raise RunbookError(f"There are {len(found)} policies named {name}", advice="Look into the organization.")
    return Facts({"id": str(found[0]["Id"]), "arn": str(found[0].get("Arn", ""))})


ACTION = Action(
    id="organizations.policy_named",
    title="The id of a policy of the organization",
    inputs={
        "name": InputField("string", help="As it was made."),
        "type": InputField("string", required=False, help="SERVICE_CONTROL_POLICY without it."),
    },
    permissions=("organizations:ListPolicies",),
    keeps=("id", "arn"),
    observe=observe,
)
