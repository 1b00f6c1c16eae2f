"""AWS Organizations as enforcement needs it: which SCPs bind an account, read from moto's state.

Rules: only member accounts are bound, the management account never; a policy type that the organization's root
has not enabled binds nobody; every level (root, OUs, account) must allow. Service-linked roles are the caller's
to leave out.
"""

import sys
from collections.abc import Mapping
from typing import Any

from moto.iam.models import iam_backends

from irtui.simulator.directory import PARTITION

SCP = "SERVICE_CONTROL_POLICY"
MEMBER_MAY = ("DescribeOrganization", "LeaveOrganization")
"""What a member account may ask of Organizations; the rest is the management account's."""

Level = tuple[tuple[str, str], ...]
"""(name, JSON) of each policy attached there."""


def management_of(account: str) -> str:
    """The management account of the organization this is a member of; empty: of none, or it manages one itself."""
    backends = _backends()
    return str(backends.master_accounts.get(account, ("",))[0]) if backends is not None else ""


def organization_of(account: str) -> Any | None:
    """moto's organization (`id`, `master_account_id`), for a member as for the management account."""
    backends = _backends()
    if backends is None:
        return None
    manages = management_of(account) or (account if account in backends else "")
    return backends[manages][PARTITION].org if manages else None


def service_control_policies(account: str) -> tuple[Level, ...]:
    """Per level, root first. Empty: nothing binds this account."""
    backends = _backends()
    manages = management_of(account)
    if backends is None or not manages:
        return ()
    held = backends[manages][PARTITION]
    root = next((ou for ou in held.ou if ou.id == held.org.root_id), None)
    if root is None or not any(kind["Type"] == SCP for kind in root.policy_types):
        return ()
    units = {unit.id: unit for unit in held.ou}
    levels: list[Level] = []
    at = next((each for each in held.accounts if each.id == account), None)
    while at is not None:
        levels.append(tuple((p.name, str(p.content)) for p in at.attached_policies if p.type == SCP))
        at = units.get(at.parent_id) if at is not root else None
    return tuple(reversed(levels))


def resources(operation: str, params: Mapping[str, Any], account: str) -> tuple[str, ...]:
    """ARNs of the policy, account, OU or root that these parameters name; `*` when they name none."""
    backends = _backends()
    held = backends[management_of(account) or account][PARTITION] if backends is not None else None
    wanted = {str(params[member]) for member in _NAMING if params.get(member)}
    if held is None or held.org is None or operation.startswith("Create"):
        return ("*",)
    found = [thing.arn for things in (held.policies, held.ou, held.accounts) for thing in things if thing.id in wanted]
    return tuple(found) or ("*",)


_NAMING = ("PolicyId", "TargetId", "AccountId", "OrganizationalUnitId", "RootId", "ParentId", "ChildId", "ResourceId")


def enroll(management: str, account: str, name: str, email: str) -> None:
    """Makes `account`, which has its number already, a member of that organization. Raises ValueError."""
    from moto.organizations.models import FakeAccount, organizations_backends

    held = organizations_backends[management][PARTITION]
    if held.org is None:
        raise ValueError(f"{management} manages no organization")
    member = FakeAccount(held.org, AccountName=name, Email=email)
    iam_backends[member.id][PARTITION].roles.clear()  # moto has made its access role in an account nobody has
    member.id, member.joined_method = account, "INVITED"
    held.accounts.append(member)
    for policy in held.policies:
        if policy.aws_managed:
            held.attach_policy(PolicyId=policy.id, TargetId=account)
    organizations_backends.master_accounts[account] = (management, PARTITION)


def _backends() -> Any | None:
    """None: nobody has asked Organizations anything yet."""
    loaded = sys.modules.get("moto.organizations.models")
    return loaded.organizations_backends if loaded is not None else None
