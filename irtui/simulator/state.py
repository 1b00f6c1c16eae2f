"""What moto remembers of IAM, read as the referee needs it. Nothing here changes anything.

Every question may be asked of a `View`: what is enforced at a moment. Without one it is asked of what is there.
"""

import base64
import sys
from typing import Any

from moto.iam.models import AccessKey, IAMBackend, Role, User, iam_backends

from irtui.simulator.directory import PARTITION as PARTITION
from irtui.simulator.directory import View, live, tags_of
from irtui.simulator.root import Root, roots

Entity = User | Role | Root


def iam(account: str) -> IAMBackend:
    return iam_backends[account][PARTITION]


def key_owner(access_key_id: str, view: View = live) -> tuple[User, AccessKey] | None:
    """The user that holds this long-term key, in whatever account."""
    for account in list(iam_backends):
        for user in view(account).users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id:
                    return user, key
    return None


def root_key(access_key_id: str, view: View = live) -> tuple[Root, AccessKey] | None:
    """The root user that holds this long-term key."""
    for root in roots():
        seen = view(root.account_id).root
        for key in seen.access_keys if seen is not None else ():
            if seen is not None and key.access_key_id == access_key_id:
                return seen, key
    return None


def user_by_id(account: str, unique_id: str, view: View = live) -> User | None:
    return next((user for user in view(account).users.values() if user.id == unique_id), None)


def user_by_name(account: str, name: str) -> User | None:
    return iam(account).users.get(name)


def role_by_id(account: str, unique_id: str, view: View = live) -> Role | None:
    return next((role for role in view(account).roles.values() if role.id == unique_id), None)


def role_by_arn(arn: str, view: View = live) -> Role | None:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in iam_backends:
        return None
    return next((role for role in view(account).roles.values() if role.arn == arn), None)


def policies_of(entity: Entity, view: View = live) -> list[tuple[str, str]]:
    """(name, JSON) of everything that gives this user or role permissions: inline, attached, from groups."""
    found = list(entity.policies.items()) + _attached(entity, view)
    if isinstance(entity, User):
        for group in view(entity.account_id).groups.values():
            if any(member.id == entity.id for member in group.users):
                found += [(f"{group.name}/{name}", text) for name, text in group.policies.items()]
                found += _attached(group, view)
    return found


def _attached(entity: Any, view: View) -> list[tuple[str, str]]:
    known = view(entity.account_id).policies
    return [(arn, managed_policy(known.get(arn))) for arn in entity.managed_policies]


def managed_policy(policy: Any) -> str:
    """The default version's document; empty (which refuses) when there is none."""
    versions = policy.versions if policy is not None else ()
    version = next((v for v in versions if v.version_id == policy.default_version_id), None)
    return str(version.document) if version is not None else ""


def boundary_of(entity: Any, view: View = live) -> tuple[str, str] | None:
    """(ARN, JSON) of the permissions boundary. A boundary that no longer exists refuses everything."""
    boundary = getattr(entity, "permissions_boundary", None)
    if not boundary:
        return None
    arn = str(boundary["PermissionsBoundaryArn"])
    return arn, managed_policy(view(entity.account_id).policies.get(arn))


def tags(entity: Entity, view: View = live) -> list[tuple[str, str]]:
    seen = view(entity.account_id).tags
    return tags_of(entity) if seen is None else seen.get(entity.id, [])


def account_of_key(access_key_id: str) -> str:
    """The account number is part of the key id. ValueError: not a key id."""
    body = access_key_id[4:]
    if len(access_key_id) != 20 or not body.isalnum() or not body.isupper():
        raise ValueError(access_key_id)
    number = int.from_bytes(base64.b32decode(body[:8]), "big") - 2**39
    if not 0 <= number * 2 < 10**12:
        raise ValueError(access_key_id)
    return str(number * 2 + (body[8] not in "ABCDEFGHIJKLMNOP")).zfill(12)


def bucket(name: str) -> Any | None:
    """moto's bucket of that name, of whatever account (`account_id`, `policy`). None: there is none."""
    backends = sys.modules.get("moto.s3.models")
    if not name or backends is None:  # loaded with the first S3 request
        return None
    for account in list(backends.s3_backends):
        if (found := backends.s3_backends[account][PARTITION].buckets.get(name)) is not None:
            return found
    return None
