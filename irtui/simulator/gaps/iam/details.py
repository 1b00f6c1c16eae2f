"""GetAccountAuthorizationDetails: every user, role, group and policy with all that gives or limits permissions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from moto.iam.models import Group, InstanceProfile, ManagedPolicy, Role, User

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.directory import OF_AWS
from irtui.simulator.gaps.iam.found import boundaries, holders, page
from irtui.simulator.gaps.iam.users import described
from irtui.simulator.world import Asked, Gap

_MEMBERS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_FILTERS = {"User": 0, "Group": 1, "Role": 2, "LocalManagedPolicy": 3, "AWSManagedPolicy": 3}


def get_account_authorization_details(asked: Asked) -> Mapping[str, Any]:
    """A page holds `MaxItems` in all, in the order users, groups, roles, policies."""
    wanted = set(asked.params.get("Filter") or _FILTERS)
    if unknown := wanted - set(_FILTERS):
        raise Refusal("ValidationError", f"Value {min(unknown)!r} at 'filter' is not one of {', '.join(_FILTERS)}")
    backend = state.iam(asked.caller.account)
    entries: list[tuple[int, Any]] = []
    if "User" in wanted:
        entries += [(0, user) for user in backend.users.values()]
    if "Group" in wanted:
        entries += [(1, group) for group in backend.groups.values()]
    if "Role" in wanted:
        entries += [(2, role) for role in backend.roles.values()]
    used = _used(asked.caller.account)
    for arn, policy in backend.managed_policies.items():
        if ("AWSManagedPolicy" in wanted and arn in used) if OF_AWS in arn else "LocalManagedPolicy" in wanted:
            entries.append((3, policy))
    shown = page(asked, "Entries", entries)
    reply: dict[str, Any] = {member: [] for member in _MEMBERS}
    for kind, entry in shown.pop("Entries"):
        reply[_MEMBERS[kind]].append((_user, _group, _role, _policy)[kind](entry))
    return reply | shown


def _user(user: User) -> dict[str, Any]:
    groups = state.iam(user.account_id).get_groups_for_user(user.name)
    return described(user) | _held(user, "UserPolicyList") | {"GroupList": [group.name for group in groups]}


def _group(group: Group) -> dict[str, Any]:
    return {"Path": group.path, "GroupName": group.name, "GroupId": group.id, "Arn": group.arn,
            "CreateDate": group.create_date} | _held(group, "GroupPolicyList")  # fmt: skip


def _role(role: Role) -> dict[str, Any]:
    used = {"LastUsedDate": role.last_used, "Region": role.last_used_region} if role.last_used else {}
    profiles = state.iam(role.account_id).instance_profiles.values()
    return _named(role) | _held(role, "RolePolicyList") | {
        "RoleLastUsed": {key: value for key, value in used.items() if value},
        "InstanceProfileList": [_profile(profile) for profile in profiles if role in profile.roles],
    }  # fmt: skip


def _named(role: Role) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document),
    }


def _profile(profile: InstanceProfile) -> dict[str, Any]:
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.create_date,
        "Roles": [_named(role) for role in profile.roles],
    }


def _policy(policy: ManagedPolicy) -> dict[str, Any]:
    account = policy.account_id
    return {
        "PolicyName": policy.name, "PolicyId": policy.id, "Arn": policy.arn, "Path": policy.path,
        "DefaultVersionId": policy.default_version_id, "IsAttachable": True, "CreateDate": policy.create_date,
        "UpdateDate": policy.update_date,
        "AttachmentCount": sum(policy.arn in holder.managed_policies for holder in holders(account)),
        "PermissionsBoundaryUsageCount": boundaries(account).count(policy.arn),
        "PolicyVersionList": [
            {"Document": quote(v.document), "VersionId": v.version_id, "CreateDate": v.create_date,
             "IsDefaultVersion": v.version_id == policy.default_version_id} for v in policy.versions
        ],
    }  # fmt: skip


def _held(entity: User | Role | Group, inline: str) -> dict[str, Any]:
    """Inline and attached policies, boundary and tags: what users, roles and groups show alike."""
    held: dict[str, Any] = {
        inline: [{"PolicyName": name, "PolicyDocument": quote(text)} for name, text in entity.policies.items()],
        "AttachedManagedPolicies": [
            {"PolicyName": policy.name, "PolicyArn": arn} for arn, policy in entity.managed_policies.items()
        ],
    }
    if isinstance(entity, Group):
        return held
    limit = getattr(entity, "permissions_boundary", None)
    tags = [{"Key": key, "Value": value} for key, value in state.tags(entity)]
    return held | ({"PermissionsBoundary": limit} if limit else {}) | ({"Tags": tags} if tags else {})


def _used(account: str) -> set[str]:
    """ARNs of managed policies that somebody has, as a policy or as a boundary."""
    attached = {arn for holder in holders(account) for arn in holder.managed_policies}
    return attached | set(boundaries(account))


OPERATIONS: Mapping[str, Gap] = {"GetAccountAuthorizationDetails": get_account_authorization_details}
