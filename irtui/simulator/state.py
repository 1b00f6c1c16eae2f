"""What moto remembers of IAM, read as the referee needs it. Nothing here changes anything."""

import base64
import sys
from collections.abc import Iterator
from typing import Any

from moto.iam.models import AccessKey, IAMBackend, Role, User, iam_backends

PARTITION = "aws"


def iam(account: str) -> IAMBackend:
    return iam_backends[account][PARTITION]


def _backends() -> Iterator[IAMBackend]:
    for account in list(iam_backends):
        yield iam(account)


def key_owner(access_key_id: str) -> tuple[User, AccessKey] | None:
    """The user that holds this long-term key, in whatever account."""
    for backend in _backends():
        for user in backend.users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id:
                    return user, key
    return None


def user_by_id(account: str, unique_id: str) -> User | None:
    return next((user for user in iam(account).users.values() if user.id == unique_id), None)


def user_by_name(account: str, name: str) -> User | None:
    return iam(account).users.get(name)


def role_by_id(account: str, unique_id: str) -> Role | None:
    return next((role for role in iam(account).get_roles() if role.id == unique_id), None)


def role_by_arn(arn: str) -> Role | None:
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in iam_backends:
        return None
    return next((role for role in iam(account).get_roles() if role.arn == arn), None)


def policies_of(entity: User | Role) -> list[tuple[str, str]]:
    """(name, JSON) of everything that gives this user or role permissions: inline, attached, from groups."""
    found = list(entity.policies.items()) + _attached(entity)
    if isinstance(entity, User):
        for group in iam(entity.account_id).get_groups_for_user(entity.name):
            found += [(f"{group.name}/{name}", text) for name, text in group.policies.items()] + _attached(group)
    return found


def _attached(entity: Any) -> list[tuple[str, str]]:
    return [(arn, managed_policy(policy)) for arn, policy in entity.managed_policies.items()]


def managed_policy(policy: Any) -> str:
    """The default version's document; empty (which refuses) when there is none."""
    version = next((v for v in policy.versions if v.version_id == policy.default_version_id), None)
    return str(version.document) if version is not None else ""


def boundary_of(entity: User | Role) -> tuple[str, str] | None:
    """(ARN, JSON) of the permissions boundary. A boundary that no longer exists refuses everything."""
    boundary = getattr(entity, "permissions_boundary", None)
    if not boundary:
        return None
    arn = str(boundary["PermissionsBoundaryArn"])
    policy = iam(entity.account_id).managed_policies.get(arn)
    return arn, managed_policy(policy) if policy is not None else ""


def tags_of(entity: User | Role) -> list[tuple[str, str]]:
    raw = entity.tags or []
    items = raw.values() if isinstance(raw, dict) else raw
    return [(str(tag["Key"]), str(tag["Value"])) for tag in items]


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
