"""IAM where moto is silent or wrong: users with AIDA ids and boundaries, service-specific credentials."""

import base64
from collections.abc import Mapping
from typing import Any

from moto.iam.models import User
from moto.iam.utils import generate_access_key_id_from_account_id, random_alphanumeric

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.world import Asked, Gap


def create_user(asked: Asked) -> Mapping[str, Any]:
    params, account = asked.params, asked.caller.account
    name = str(params["UserName"])
    if state.user_by_name(account, name) is not None:
        raise Refusal("EntityAlreadyExists", f"User with name {name} already exists.", 409)
    boundary = _boundary(asked) if params.get("PermissionsBoundary") else None
    user = state.iam(account).create_user(asked.region, name, str(params.get("Path", "/")), params.get("Tags"))
    user.id = generate_access_key_id_from_account_id(account, "AIDA", 21)
    if boundary:
        _limit(user, boundary)
    made = {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.create_date,
    }
    return {"User": made | ({"Tags": user.tags} if user.tags else {})}


def put_user_permissions_boundary(asked: Asked) -> Mapping[str, Any]:
    _limit(_user(asked), _boundary(asked))
    return {}


def delete_user_permissions_boundary(asked: Asked) -> Mapping[str, Any]:
    _limit(_user(asked), None)
    return {}


def _boundary(asked: Asked) -> str:
    arn = str(asked.params["PermissionsBoundary"])
    if arn not in state.iam(asked.caller.account).managed_policies:
        raise Refusal("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.", 404)
    return arn


def _limit(user: User, arn: str | None) -> None:
    value = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None
    user.permissions_boundary = value  # type: ignore[attr-defined]  # moto shows it in GetUser, but cannot set it


def create_service_specific_credential(asked: Asked) -> Mapping[str, Any]:
    user, service = _user(asked), str(asked.params["ServiceName"])
    held = [c for c in _held(asked, user.name) if c["ServiceName"] == service]
    if len(held) >= 2:
        raise Refusal("LimitExceeded", "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2", 409)
    made = {
        "ServiceSpecificCredentialId": generate_access_key_id_from_account_id(user.account_id, "ACCA", 21),
        "UserName": user.name,
        "ServiceName": service,
        "ServiceUserName": f"{user.name}-at-{user.account_id}",
        "Status": "Active",
        "CreateDate": asked.world.clock.now(),
    }
    asked.world.service_credentials[str(made["ServiceSpecificCredentialId"])] = made
    return {"ServiceSpecificCredential": {**made, "ServicePassword": _password()}}


def list_service_specific_credentials(asked: Asked) -> Mapping[str, Any]:
    service = asked.params.get("ServiceName")
    found = [c for c in _held(asked, _user(asked).name) if service in (None, c["ServiceName"])]
    return {"ServiceSpecificCredentials": found, "IsTruncated": False}


def update_service_specific_credential(asked: Asked) -> Mapping[str, Any]:
    _credential(asked)["Status"] = asked.params["Status"]
    return {}


def reset_service_specific_credential(asked: Asked) -> Mapping[str, Any]:
    return {"ServiceSpecificCredential": {**_credential(asked), "ServicePassword": _password()}}


def delete_service_specific_credential(asked: Asked) -> Mapping[str, Any]:
    del asked.world.service_credentials[_credential(asked)["ServiceSpecificCredentialId"]]
    return {}


def _held(asked: Asked, user: str) -> list[dict[str, Any]]:
    return [c for c in asked.world.service_credentials.values() if c["UserName"] == user]


def _credential(asked: Asked) -> dict[str, Any]:
    found = asked.world.service_credentials.get(str(asked.params["ServiceSpecificCredentialId"]))
    if found is None or found["UserName"] != _user(asked).name:
        raise Refusal("NoSuchEntity", "The service-specific credential does not exist.", 404)
    return found


def _password() -> str:
    return base64.b64encode(random_alphanumeric(32).encode()).decode()


def _user(asked: Asked) -> User:
    name = str(asked.params["UserName"])
    user = state.user_by_name(asked.caller.account, name)
    if user is None:
        raise Refusal("NoSuchEntity", f"The user with name {name} cannot be found.", 404)
    return user


OPERATIONS: Mapping[str, Gap] = {
    "CreateUser": create_user,
    "PutUserPermissionsBoundary": put_user_permissions_boundary,
    "DeleteUserPermissionsBoundary": delete_user_permissions_boundary,
    "CreateServiceSpecificCredential": create_service_specific_credential,
    "ListServiceSpecificCredentials": list_service_specific_credentials,
    "UpdateServiceSpecificCredential": update_service_specific_credential,
    "ResetServiceSpecificCredential": reset_service_specific_credential,
    "DeleteServiceSpecificCredential": delete_service_specific_credential,
}
