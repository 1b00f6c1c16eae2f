"""Keep everything that hangs on an IAM role before it is changed: whom it trusts, its policies, where it is at work.

Managed policies are kept with the documents of all their versions; of AWS's own policies the version in use is kept.
Stops and breaks: nothing, it only reads. What may not be read, or is not answered, becomes a gap in words; only a
role that does not exist makes it fail.
CloudTrail: GetRole, List… and Get… events of the operator.

```yaml
use: iam.snapshot_role
with: {role: "${{ role }}"}
evidence: true
```
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irtui.actions.interface import Action, Facts, InputField, Reader, text
from irtui.actions.snapshots import Notes, documents
from irtui.canonical import plain
from irtui.errors import AwsFault

_LISTS = {  # name in the snapshot → operation, member of its reply
    "tags": ("ListRoleTags", "Tags"),
    "attached_policies": ("ListAttachedRolePolicies", "AttachedPolicies"),
    "instance_profiles": ("ListInstanceProfilesForRole", "InstanceProfiles"),
}


def observe(reader: Reader, inputs: Mapping[str, Any], now: datetime) -> Facts:
    """`role` is a name or an ARN. Raises AwsFault (absent) when there is no such role, RunbookError when empty."""
    role = text(inputs, "role").rsplit("/", 1)[-1]
    notes = Notes(reader)
    details = notes.get("GetRole", "Role", RoleName=role)
    if details is None and not notes.gaps:
        advice = "Somebody may have deleted it; a role of another account must be looked at there."
        raise AwsFault("absent", "NoSuchEntity", f"There is no role {role}", call="iam.GetRole", advice=advice)
    found: dict[str, Any] = {"role": role, "taken": plain(now), "details": details}
    found["trust"] = (details or {}).get("AssumeRolePolicyDocument")
    found["permissions_boundary"] = (details or {}).get("PermissionsBoundary")
    for name, (operation, member) in _LISTS.items():
        found[name] = notes.get(operation, member, RoleName=role)
    found["inline_policies"] = {
        name: notes.get("GetRolePolicy", "PolicyDocument", RoleName=role, PolicyName=name)
        for name in notes.get("ListRolePolicies", "PolicyNames", RoleName=role) or ()
    }
    arns = [str(policy["PolicyArn"]) for policy in found["attached_policies"] or ()]
    found["managed_policies"] = {arn: documents(notes, arn) for arn in arns}
    return Facts({**found, "gaps": list(notes.gaps)}, tuple(notes.gaps))


_READS = ("GetRole", "GetRolePolicy", "ListRolePolicies", "GetPolicyVersion", "ListPolicyVersions")

ACTION = Action(
    id="iam.snapshot_role",
    title="Keep everything that hangs on a role",
    inputs={"role": InputField("role", help="Name or ARN of the role.")},
    permissions=tuple(sorted(f"iam:{name}" for name in (*_READS, *(operation for operation, _ in _LISTS.values())))),
    keeps=(
        "role", "trust", "permissions_boundary", "inline_policies", "attached_policies", "instance_profiles", "gaps",
    ),
    observe=observe,
)  # fmt: skip
