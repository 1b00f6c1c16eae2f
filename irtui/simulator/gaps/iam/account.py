"""GetAccountSummary: what is there, counted, and AWS's default quotas. The root user's part is true, not constant."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator import state
from irtui.simulator.directory import OF_AWS
from irtui.simulator.gaps.iam.found import holders
from irtui.simulator.world import Asked, Gap

_QUOTAS = {
    "AccessKeysPerUserQuota": 2, "AssumeRolePolicySizeQuota": 2048, "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10, "AttachedPoliciesPerUserQuota": 10, "GlobalEndpointTokenVersion": 1,
    "GroupPolicySizeQuota": 5120, "GroupsPerUserQuota": 10, "GroupsQuota": 300, "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500, "PolicySizeQuota": 6144, "PolicyVersionsInUseQuota": 10000, "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000, "ServerCertificatesQuota": 20, "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048, "UsersQuota": 5000, "VersionsPerPolicyQuota": 5,
}  # fmt: skip


def get_account_summary(asked: Asked) -> Mapping[str, Any]:
    account = asked.caller.account
    iam, root = state.iam(account), asked.world.root(account)
    own = [policy for arn, policy in iam.managed_policies.items() if OF_AWS not in arn]
    attached = {arn for holder in holders(account) for arn in holder.managed_policies}
    counted = {
        "Users": len(iam.users),
        "Groups": len(iam.groups),
        "Roles": len(iam.roles),
        "Policies": len(own),
        "PolicyVersionsInUse": sum(len(p.versions) for p in own) + len([arn for arn in attached if OF_AWS in arn]),
        "InstanceProfiles": len(iam.instance_profiles),
        "ServerCertificates": len(iam.certificates),
        "Providers": len(iam.saml_providers) + len(iam.open_id_providers),
        "MFADevices": len(iam.virtual_mfa_devices) + len(root.devices),
        "MFADevicesInUse": sum(len(user.mfa_devices) for user in iam.users.values()) + len(root.devices),
        "AccountMFAEnabled": int(root.mfa),
        "AccountAccessKeysPresent": int(bool(root.access_keys)),
        "AccountPasswordPresent": int(root.password),
        "AccountSigningCertificatesPresent": int(bool(root.certificates)),
    }
    return {"SummaryMap": _QUOTAS | counted}


OPERATIONS: Mapping[str, Gap] = {"GetAccountSummary": get_account_summary}
