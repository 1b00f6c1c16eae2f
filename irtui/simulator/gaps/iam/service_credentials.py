"""Service-specific credentials (Git over HTTPS, Keyspaces, API keys): two per user and service, shown once."""

import base64
from collections.abc import Mapping
from typing import Any

from moto.iam.utils import random_alphanumeric

from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import page, records, unique_id, user
from irtui.simulator.world import Asked, Gap

PER_SERVICE = 2


def create(asked: Asked) -> Mapping[str, Any]:
    holder, service = user(asked), str(asked.params["ServiceName"])
    if len([c for c in _held(asked, holder.id) if c["ServiceName"] == service]) >= PER_SERVICE:
        words = f"Cannot exceed quota for ServiceSpecificCredentialsPerUser: {PER_SERVICE}"
        raise Refusal("LimitExceeded", words, 409)
    made = {
        "ServiceSpecificCredentialId": unique_id(holder.account_id, "ACCA"),
        "UserName": holder.name,
        "UserId": holder.id,
        "ServiceName": service,
        "ServiceUserName": f"{holder.name}-at-{holder.account_id}",
        "Status": "Active",
        "CreateDate": asked.world.clock.now(),
    }
    records(asked).service_credentials[str(made["ServiceSpecificCredentialId"])] = made
    return {"ServiceSpecificCredential": {**made, "ServicePassword": _password()}}


def listed(asked: Asked) -> Mapping[str, Any]:
    service = asked.params.get("ServiceName")
    everybody = asked.params.get("AllUsers")
    if everybody and asked.params.get("UserName"):
        raise Refusal("ValidationError", "AllUsers cannot be specified together with UserName.", 400)
    held = list(records(asked).service_credentials.values()) if everybody else _held(asked, user(asked).id)
    found = [c for c in held if service in (None, c["ServiceName"])]
    return page(asked, "ServiceSpecificCredentials", found)


def update(asked: Asked) -> Mapping[str, Any]:
    _credential(asked)["Status"] = asked.params["Status"]
    return {}


def reset(asked: Asked) -> Mapping[str, Any]:
    return {"ServiceSpecificCredential": {**_credential(asked), "ServicePassword": _password()}}


def delete(asked: Asked) -> Mapping[str, Any]:
    del records(asked).service_credentials[_credential(asked)["ServiceSpecificCredentialId"]]
    return {}


def _held(asked: Asked, user_id: str) -> list[dict[str, Any]]:
    return [c for c in records(asked).service_credentials.values() if c["UserId"] == user_id]


def _credential(asked: Asked) -> dict[str, Any]:
    found = records(asked).service_credentials.get(str(asked.params["ServiceSpecificCredentialId"]))
    if found is None or found["UserId"] != user(asked).id:
        raise Refusal("NoSuchEntity", "The service-specific credential does not exist.", 404)
    return found


def _password() -> str:
    return base64.b64encode(random_alphanumeric(32).encode()).decode()


OPERATIONS: Mapping[str, Gap] = {
    "CreateServiceSpecificCredential": create,
    "ListServiceSpecificCredentials": listed,
    "UpdateServiceSpecificCredential": update,
    "ResetServiceSpecificCredential": reset,
    "DeleteServiceSpecificCredential": delete,
}
