"""What a request of IAM names, found in its own account, or AWS's words for its absence. Paging as IAM pages."""

from collections.abc import Sequence
from typing import Any

from moto.iam.models import Group, ManagedPolicy, Role, User
from moto.iam.utils import generate_access_key_id_from_account_id

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.iam_records import IamRecords
from irtui.simulator.world import Asked

PAGE, LONGEST_PAGE = 100, 1000


def user(asked: Asked) -> User:
    name = str(asked.params["UserName"])
    found = state.user_by_name(asked.caller.account, name)
    if found is None:
        raise absent("user", name)
    return found


def group(asked: Asked) -> Group:
    name = str(asked.params["GroupName"])
    found = state.iam(asked.caller.account).groups.get(name)
    if found is None:
        raise absent("group", name)
    return found


def policy(asked: Asked, member: str = "PolicyArn") -> ManagedPolicy:
    arn = str(asked.params[member])
    found = state.iam(asked.caller.account).managed_policies.get(arn)
    if found is None:
        raise Refusal("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return found


def holders(account: str) -> tuple[User | Role | Group, ...]:
    """Everybody who can have policies."""
    iam = state.iam(account)
    return (*iam.users.values(), *iam.roles.values(), *iam.groups.values())


def boundaries(account: str) -> list[str]:
    """ARNs of the policies that are boundaries, once for each user and role that they limit."""
    limits = (state.boundary_of(holder) for holder in holders(account) if not isinstance(holder, Group))
    return [limit[0] for limit in limits if limit]


def absent(kind: str, name: str) -> Refusal:
    return Refusal("NoSuchEntity", f"The {kind} with name {name} cannot be found.", 404)


def records(asked: Asked) -> IamRecords:
    return asked.world.iam


def unique_id(account: str, prefix: str) -> str:
    """`AIDA…`, `AGPA…`, `ANPA…`: 21 characters that carry the account, as AWS's do; drawn from the world's seed."""
    return generate_access_key_id_from_account_id(account, prefix, 21)


def page(asked: Asked, member: str, items: Sequence[Any]) -> dict[str, Any]:
    """One page of `items`; a marker is a place in the list."""
    marker, size = str(asked.params.get("Marker") or "0"), int(asked.params.get("MaxItems") or PAGE)
    if not marker.isdigit() or int(marker) > len(items):
        raise Refusal("ValidationError", "Invalid Marker.")
    if not 1 <= size <= LONGEST_PAGE:
        raise Refusal("ValidationError", f"maxItems must be between 1 and {LONGEST_PAGE}")
    start = int(marker)
    more = start + size < len(items)
    return {member: list(items[start : start + size]), "IsTruncated": more} | (
        {"Marker": str(start + size)} if more else {}
    )
