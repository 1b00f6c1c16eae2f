"""How much policy IAM lets stand on one principal, at AWS's default quotas; moto keeps whatever it is given.

Inline: all documents of a user, group or role together, white space left out. Managed: the size of one document, and
how many are attached. Sizes and words are AWS's (IAM user guide, "IAM and AWS STS quotas"). White space inside a
string counts here; AWS does not say.
"""

import json
from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import absent, group, policy, user
from irtui.simulator.world import Asked, Gap

INLINE = {"User": 2048, "Group": 5120, "Role": 10240}
MANAGED = 6144
ATTACHED = 10


def limited(quota: str, wanted: int, most: int) -> None:
    """Raises Refusal when more is wanted than the quota allows."""
    if wanted > most:
        raise Refusal("LimitExceeded", f"Cannot exceed quota for {quota}: {most}", 409)


def size(document: str) -> int:
    """Characters that count. What is no JSON is not counted: it is refused for that."""
    try:
        return len(json.dumps(json.loads(document), separators=(",", ":"), ensure_ascii=False))
    except ValueError:
        return 0


def _put(kind: str) -> Gap:
    def answer(asked: Asked) -> Mapping[str, Any]:
        holder, most = _holder(kind, asked), INLINE[kind]
        name, document = str(asked.params["PolicyName"]), str(asked.params["PolicyDocument"])
        if sum(map(size, ({**holder.policies, name: document}).values())) > most:
            words = f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {holder.name}"
            raise Refusal("LimitExceeded", words, 409)
        getattr(state.iam(asked.caller.account), f"put_{kind.lower()}_policy")(holder.name, name, document)
        return {}

    return answer


def _attach(kind: str) -> Gap:
    def answer(asked: Asked) -> Mapping[str, Any]:
        holder, wanted = _holder(kind, asked), policy(asked)
        if wanted.arn not in holder.managed_policies:
            limited(f"PoliciesPer{kind}", len(holder.managed_policies) + 1, ATTACHED)
            wanted.attach_to(holder)
        return {}

    return answer


def _holder(kind: str, asked: Asked) -> Any:
    if kind != "Role":
        return user(asked) if kind == "User" else group(asked)
    name = str(asked.params["RoleName"])
    found = next((role for role in state.iam(asked.caller.account).roles.values() if role.name == name), None)
    if found is None:
        raise absent("role", name)
    return found


def create_policy_version(asked: Asked) -> Mapping[str, Any]:
    document, default = str(asked.params["PolicyDocument"]), bool(asked.params.get("SetAsDefault"))
    limited("PolicySize", size(document), MANAGED)
    made = state.iam(asked.caller.account).create_policy_version(str(asked.params["PolicyArn"]), document, default)
    return {
        "PolicyVersion": {"VersionId": made.version_id, "IsDefaultVersion": default, "CreateDate": made.create_date}
    }


OPERATIONS: Mapping[str, Gap] = {
    **{f"Put{kind}Policy": _put(kind) for kind in INLINE},
    **{f"Attach{kind}Policy": _attach(kind) for kind in INLINE},
    "CreatePolicyVersion": create_policy_version,
}
