"""Organizations where moto falls short: what may be attached and detached, and whom a new account obeys."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import organization, state
from irtui.simulator.answers import Refusal
from irtui.simulator.directory import PARTITION
from irtui.simulator.managed import load_named
from irtui.simulator.world import Asked, Gap

MOST = 5
"""Policies of one type on one root, OU or account."""


def _held(asked: Asked) -> Any:
    from moto.organizations.models import organizations_backends

    held = organizations_backends[asked.caller.account][PARTITION]
    if held.org is None:
        raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return held


def _target(asked: Asked, held: Any) -> tuple[Any, Any]:
    """(policy, what it is on). Raises Refusal."""
    policy = next((policy for policy in held.policies if policy.id == asked.params["PolicyId"]), None)
    if policy is None:
        raise Refusal("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
    wanted = asked.params["TargetId"]
    target = next((thing for thing in (*held.ou, *held.accounts) if thing.id == wanted), None)
    if target is None:
        raise Refusal("TargetNotFoundException", "You specified a target that doesn't exist.")
    return policy, target


def attach_policy(asked: Asked) -> Mapping[str, Any]:
    held = _held(asked)
    policy, target = _target(asked, held)
    root = next(ou for ou in held.ou if ou.id == held.org.root_id)
    if not any(kind["Type"] == policy.type for kind in root.policy_types):
        words = "This operation can be performed only for enabled policy types."
        raise Refusal("PolicyTypeNotEnabledException", words)
    same = [each for each in target.attached_policies if each.type == policy.type]
    if policy in same:
        raise Refusal("DuplicatePolicyAttachmentException", "A policy with the same name is already attached.")
    if len(same) >= MOST:
        raise Refusal("ConstraintViolationException", "You have attached the maximum number of policies.")
    held.attach_policy(**asked.params)
    return {}


def detach_policy(asked: Asked) -> Mapping[str, Any]:
    """The last SCP stays: without any, nothing would be allowed."""
    held = _held(asked)
    policy, target = _target(asked, held)
    same = [each for each in target.attached_policies if each.type == policy.type]
    if policy not in same:
        raise Refusal("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if len(same) == 1:
        words = "You cannot remove the last policy attached to the specified target."
        raise Refusal("ConstraintViolationException", words)
    held.detach_policy(**asked.params)
    return {}


def create_account(asked: Asked) -> Mapping[str, Any]:
    """The new account's access role is an administrator; moto leaves it without any permission."""
    held = _held(asked)
    status = dict(held.create_account(**asked.params)["CreateAccountStatus"])
    account = str(status["AccountId"])
    load_named({"PolicyArn": _ADMINISTRATOR}, account)
    role = str(asked.params.get("RoleName", "OrganizationAccountAccessRole"))
    state.iam(account).attach_role_policy(_ADMINISTRATOR, role)
    status |= {name: asked.world.clock.now() for name in ("RequestedTimestamp", "CompletedTimestamp")}
    return {"CreateAccountStatus": status}


def enable_aws_service_access(asked: Asked) -> Mapping[str, Any]:
    _held(asked)
    services = organization.trusted(asked.caller.account).services
    services.setdefault(_service(asked), asked.world.clock.now())
    return {}


def disable_aws_service_access(asked: Asked) -> Mapping[str, Any]:
    _held(asked)
    organization.trusted(asked.caller.account).services.pop(_service(asked), None)
    return {}


def list_aws_service_access(asked: Asked) -> Mapping[str, Any]:
    _held(asked)
    services = organization.trusted(asked.caller.account).services
    rows = [{"ServicePrincipal": name, "DateEnabled": since} for name, since in services.items()]
    return {"EnabledServicePrincipals": rows}


def register_delegated_administrator(asked: Asked) -> Mapping[str, Any]:
    held, account = _held(asked), str(asked.params["AccountId"])
    if account not in {each.id for each in held.accounts} or account == asked.caller.account:
        raise Refusal("AccountNotFoundException", "You specified an account that doesn't exist.")
    trusted, service = organization.trusted(asked.caller.account), _service(asked)
    if service in trusted.delegated.get(account, {}):
        words = "The specified account is already a delegated administrator for this AWS service."
        raise Refusal("AccountAlreadyRegisteredException", words)
    trusted.delegated.setdefault(account, {})[service] = asked.world.clock.now()
    return {}


def list_delegated_administrators(asked: Asked) -> Mapping[str, Any]:
    held, wanted = _held(asked), str(asked.params.get("ServicePrincipal") or "")
    delegated = organization.trusted(asked.caller.account).delegated
    rows = [
        {**each.describe(), "DelegationEnabledDate": min(delegated[each.id].values())}
        for each in held.accounts
        if delegated.get(each.id) and (not wanted or wanted in delegated[each.id])
    ]
    return {"DelegatedAdministrators": rows}


def _service(asked: Asked) -> str:
    from moto.organizations.models import FakeServiceAccess

    name = str(asked.params["ServicePrincipal"])
    if name != organization.IAM and not FakeServiceAccess.trusted_service(name):
        raise Refusal("InvalidInputException", "You specified an unrecognized service principal.")
    return name


_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

OPERATIONS: Mapping[str, Gap] = {
    "CreateAccount": create_account,
    "AttachPolicy": attach_policy,
    "DetachPolicy": detach_policy,
    "EnableAWSServiceAccess": enable_aws_service_access,
    "DisableAWSServiceAccess": disable_aws_service_access,
    "ListAWSServiceAccessForOrganization": list_aws_service_access,
    "RegisterDelegatedAdministrator": register_delegated_administrator,
    "ListDelegatedAdministrators": list_delegated_administrators,
}
