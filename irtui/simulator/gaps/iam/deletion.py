"""What must be gone before a user, a group or a managed policy can be deleted: DeleteConflict, in AWS's words.

Users have nine kinds of belongings. moto knows two of them, leaves the deleted user in its groups, and deletes
policies that are in use.
"""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import User

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.directory import OF_AWS
from irtui.simulator.gaps.iam.found import boundaries, group, holders, policy, records, user
from irtui.simulator.world import Asked, Gap

_ATTACHED, _INLINE = "must detach all policies first", "must delete policies first"
_REFERENCED = "must remove referenced objects first"
_MEMBERS = "must remove users from group first"


def delete_user(asked: Asked) -> Mapping[str, Any]:
    doomed = user(asked)
    _refuse(_belongings(asked, doomed))
    records(asked).logins.pop(doomed.id, None)
    state.iam(asked.caller.account).delete_user(doomed.name)
    return {}


def _belongings(asked: Asked, doomed: User) -> tuple[tuple[str, object], ...]:
    """(what must be done first, what is still there). SSH keys and service credentials share their words."""
    services = [c for c in records(asked).service_credentials.values() if c["UserId"] == doomed.id]
    return (
        ("must delete login profile first", doomed.password),
        ("must delete access keys first", doomed.access_keys),
        ("must delete MFA device first", doomed.mfa_devices),
        ("must delete signing certificates first", doomed.signing_certificates),
        (_REFERENCED, doomed.ssh_public_keys),
        (_REFERENCED, services),
        (_ATTACHED, doomed.managed_policies),
        (_INLINE, doomed.policies),
        (_MEMBERS, state.iam(asked.caller.account).get_groups_for_user(doomed.name)),
    )


def delete_group(asked: Asked) -> Mapping[str, Any]:
    doomed = group(asked)
    _refuse(((_MEMBERS, doomed.users), (_ATTACHED, doomed.managed_policies), (_INLINE, doomed.policies)))
    state.iam(asked.caller.account).delete_group(doomed.name)
    return {}


def delete_policy(asked: Asked) -> Mapping[str, Any]:
    """Attached to nobody, nobody's boundary, and down to its default version."""
    doomed = policy(asked)
    if OF_AWS in doomed.arn:
        raise Refusal("AccessDenied", f"Policy {doomed.arn} is owned by AWS and cannot be deleted.", 403)
    account = asked.caller.account
    if doomed.arn in boundaries(account) or any(doomed.arn in h.managed_policies for h in holders(account)):
        raise Refusal("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if len(doomed.versions) > 1:
        words = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
        raise Refusal("DeleteConflict", words, 409)
    state.iam(account).delete_policy(doomed.arn)
    return {}


def _refuse(belongings: tuple[tuple[str, object], ...]) -> None:
    for words, left in belongings:
        if left:
            raise Refusal("DeleteConflict", f"Cannot delete entity, {words}.", 409)


OPERATIONS: Mapping[str, Gap] = {"DeleteUser": delete_user, "DeleteGroup": delete_group, "DeletePolicy": delete_policy}
