"""AWS Organizations as enforcement needs it: which SCPs bind an account, and who may be whose root, by moto's state.

Rules: only member accounts are bound, the management account never; a policy type that the organization's root
has not enabled binds nobody; every level (root, OUs, account) must allow. Service-linked roles are the caller's
to leave out.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.iam.models import iam_backends

from irtui.simulator.answers import Refusal
from irtui.simulator.directory import PARTITION

SCP = "SERVICE_CONTROL_POLICY"
MEMBER_MAY = ("DescribeOrganization", "LeaveOrganization")
"""What a member account may ask of Organizations; the rest is the management account's."""

IAM = "iam.amazonaws.com"
CREDENTIALS, ROOT_SESSIONS = "RootCredentialsManagement", "RootSessions"
TASKS = {
    "IAMAuditRootUserCredentials": CREDENTIALS,
    "IAMCreateRootUserPassword": CREDENTIALS,
    "IAMDeleteRootUserCredentials": CREDENTIALS,
    "S3UnlockBucketPolicy": ROOT_SESSIONS,
    "SQSUnlockQueuePolicy": ROOT_SESSIONS,
}
"""Task policies of AssumeRoot (STS API), and the feature of centralized root access that each belongs to."""
TASK = "arn:aws:iam::aws:policy/root-task/"


@dataclass(slots=True)
class Trusted:
    """What an organization has opened to AWS's services; moto knows neither IAM among them nor the features."""

    services: dict[str, datetime] = field(default_factory=dict)
    """Service principal → since when it has trusted access."""
    delegated: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """Account → service principals that it administers."""
    features: set[str] = field(default_factory=set)
    """Of centralized root access."""


_TRUSTED: dict[str, Trusted] = {}


def trusted(management: str) -> Trusted:
    """Of the organization that this account manages."""
    return _TRUSTED.setdefault(management, Trusted())


def trusts() -> dict[str, Trusted]:
    """Management account → what its organization has opened."""
    return dict(_TRUSTED)


def administers(account: str, service: str) -> str:
    """The management account of the organization that `account` manages, or administers for that service."""
    held = organization_of(account)
    manages = str(held.master_account_id) if held is not None else ""
    if manages == account or (manages and service in trusted(manages).delegated.get(account, {})):
        return manages
    return ""


def target(params: Mapping[str, Any]) -> str:
    """The account whose root user AssumeRoot asks for, given by its number or its ARN."""
    given = str(params.get("TargetPrincipal", ""))
    return given.split(":")[4] if given.count(":") >= 5 else given


def refuse_assume_root(params: Mapping[str, Any], account: str, arn: str, is_root: bool) -> None:
    """Raises Refusal for who may not, for whom nobody may, and while the task's feature is off."""
    wanted, manages = target(params), administers(account, IAM)
    task = str((params.get("TaskPolicyArn") or {}).get("arn", ""))
    if task.removeprefix(TASK) not in TASKS or not task.startswith(TASK):
        raise Refusal("ValidationError", f"The task policy {task} is not one for root sessions", 400)
    able = not is_root and bool(manages) and management_of(wanted) == manages
    if not able or TASKS[task.removeprefix(TASK)] not in trusted(manages).features:
        words = f"User: {arn} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{wanted}:root"
        raise Refusal("AccessDenied", words, 403)


def account_arn(params: Mapping[str, Any], account: str) -> str:
    """What the calls of Account Management act on."""
    other, held = str(params.get("AccountId") or ""), organization_of(account)
    if other and held is not None:
        return f"arn:aws:account::{held.master_account_id}:account/{held.id}/{other}"
    return f"arn:aws:account::{account}:account"


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
