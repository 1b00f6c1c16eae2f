"""Users: unique ids as AWS makes them, renaming that loses nothing, permissions boundaries."""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import User

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import policy, records, unique_id, user
from irtui.simulator.world import Asked, Gap


def create_user(asked: Asked) -> Mapping[str, Any]:
    params, account = asked.params, asked.caller.account
    name = str(params["UserName"])
    _free(account, name)
    boundary = policy(asked, "PermissionsBoundary").arn if params.get("PermissionsBoundary") else None
    made = state.iam(account).create_user(asked.region, name, str(params.get("Path", "/")), params.get("Tags"))
    made.id = unique_id(account, "AIDA")
    _limit(made, boundary)
    return {"User": described(made) | ({"Tags": made.tags} if made.tags else {})}


def update_user(asked: Asked) -> Mapping[str, Any]:
    """The unique id stays, and with it keys, policies and groups; the ARN changes."""
    changed, account = user(asked), asked.caller.account
    name, backend = str(asked.params.get("NewUserName") or changed.name), state.iam(account)
    if name != changed.name:
        _free(account, name)
    tags = changed.tags or []
    backend.tagger.delete_all_tags_for_resource(changed.arn)
    del backend.users[changed.name]
    changed.name, changed.path = name, str(asked.params.get("NewPath") or changed.path)
    backend.users[name] = changed
    backend.tagger.tag_resource(changed.arn, tags)
    owned: list[Any] = [*changed.access_keys, *changed.ssh_public_keys, *changed.signing_certificates.values()]
    for credential in owned:
        credential.user_name = name
    for held in records(asked).service_credentials.values():
        if held["UserId"] == changed.id:
            held["UserName"] = name
    return {}


def put_user_permissions_boundary(asked: Asked) -> Mapping[str, Any]:
    _limit(user(asked), policy(asked, "PermissionsBoundary").arn)
    return {}


def delete_user_permissions_boundary(asked: Asked) -> Mapping[str, Any]:
    _limit(user(asked), None)
    return {}


def described(held: User) -> dict[str, Any]:
    """The User of a reply."""
    return {
        "Path": held.path,
        "UserName": held.name,
        "UserId": held.id,
        "Arn": held.arn,
        "CreateDate": held.create_date,
    }


def _limit(held: User, arn: str | None) -> None:
    value = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None
    held.permissions_boundary = value  # type: ignore[attr-defined]  # moto shows it in GetUser, but cannot set it


def _free(account: str, name: str) -> None:
    """IAM's names are unique without regard to case."""
    if name.lower() in {taken.lower() for taken in state.iam(account).users}:
        raise Refusal("EntityAlreadyExists", f"User with name {name} already exists.", 409)


OPERATIONS: Mapping[str, Gap] = {
    "CreateUser": create_user,
    "UpdateUser": update_user,
    "PutUserPermissionsBoundary": put_user_permissions_boundary,
    "DeleteUserPermissionsBoundary": delete_user_permissions_boundary,
}
