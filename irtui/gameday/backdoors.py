"""What an adversary made in the account, and whether it still opens a door: by the events, and by what is there now.

Rules: everything made with a key of the adversary counts, and everything made with what was made so. A door is shut
when it is gone, inactive, or when its principal is denied everything without a condition; a permission that is missing
today can be given back tomorrow and shuts nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Made:
    """By the adversary; each name with the account it is in."""

    keys: dict[str, None] = field(default_factory=dict)
    users: dict[tuple[str, str], None] = field(default_factory=dict)
    roles: dict[tuple[str, str], None] = field(default_factory=dict)
    passwords: dict[tuple[str, str], None] = field(default_factory=dict)
    """Users that were given a console password."""


def made(events: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> Made:
    """`events` oldest first: whoever makes something was made before."""
    found, owned = Made(), set(keys)
    for event in events:
        who = event["userIdentity"].get("accessKeyId", "")
        if who not in owned or "errorCode" in event:
            continue
        account = str(event.get("recipientAccountId", ""))
        asked, reply = event.get("requestParameters") or {}, event.get("responseElements") or {}
        match event["eventName"]:
            case "CreateAccessKey":
                key = str((reply.get("accessKey") or {}).get("accessKeyId", ""))
                found.keys[key] = None
                owned.add(key)
            case "CreateUser":
                found.users[account, str(asked.get("userName"))] = None
            case "CreateRole":
                found.roles[account, str(asked.get("roleName"))] = None
            case "CreateLoginProfile" | "UpdateLoginProfile":
                found.passwords[account, str(asked.get("userName"))] = None
            case "AssumeRole" | "GetSessionToken" | "GetFederationToken" | "AssumeRoot":
                owned.add(str((reply.get("credentials") or {}).get("accessKeyId", "")))
    return found


def open_doors(found: Made) -> Iterator[str]:
    """In words, each thing that was made and is still good for something. Asks moto: in the world's process only."""
    from irtui.simulator import state

    for key in found.keys:
        owner = state.key_owner(key)
        if owner is not None and owner[1].status == "Active" and not _shut(state.policies_of(owner[0])):
            yield f"key …{key[-4:]} of {owner[0].name} is active"
    for account, name in {**found.users, **found.passwords}:
        user = state.user_by_name(account, name)
        if user is None or _shut(state.policies_of(user)):
            continue
        if user.password:
            yield f"user {name} has a console password"
        elif any(key.status == "Active" and key.access_key_id not in found.keys for key in user.access_keys):
            yield f"user {name} has an active key"
    for account, name in found.roles:
        role = next((role for role in state.iam(account).get_roles() if role.name == name), None)
        if role is not None and not _shut(state.policies_of(role)):
            yield f"role {name} can be assumed"


def _shut(policies: Iterable[tuple[str, str]]) -> bool:
    return any(_denies_all(text) for _, text in policies)


def _denies_all(text: str) -> bool:
    """Whether a document denies every action on everything, always."""
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, LookupError, TypeError):
        return False
    return any(
        isinstance(one, dict) and one.get("Effect") == "Deny" and not one.get("Condition")
        and "*" in _several(one.get("Action")) and "*" in _several(one.get("Resource"))
        for one in (statements if isinstance(statements, list) else [statements])
    )  # fmt: skip


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
