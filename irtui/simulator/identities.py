"""CloudTrail's userIdentity: who made a call, as each kind of caller is written down."""

from typing import Any

from irtui.simulator.callers import Caller


def identity(caller: Caller) -> dict[str, Any]:
    """Of the caller, for its own account's records."""
    session = caller.session
    who: dict[str, Any] = {
        "type": "Root" if caller.is_root else "IAMUser", "principalId": caller.user_id, "arn": caller.arn,
        "accountId": caller.account, "accessKeyId": caller.access_key_id,
    }  # fmt: skip
    if session is None or session.kind in ("session", "root"):
        who |= {} if caller.is_root else {"userName": caller.entity.name}
    else:
        who["type"] = "AssumedRole" if session.kind == "role" else "FederatedUser"
    if session is not None:
        made = session.issued.strftime("%Y-%m-%dT%H:%M:%SZ")
        context: dict[str, Any] = {"attributes": {"creationDate": made, "mfaAuthenticated": str(session.mfa).lower()}}
        if session.kind == "root":  # IAM user guide, "Track privileged tasks in AWS CloudTrail"
            context["assumedRoot"] = "true"
        elif session.kind != "session":
            context["sessionIssuer"] = _issuer(caller)
        who["sessionContext"] = context
    return who


def _issuer(caller: Caller) -> dict[str, str]:
    """The role or user whose permissions a session has."""
    session, entity = caller.session, caller.entity
    root = entity.arn.endswith(":root")
    kind = "Role" if session is not None and session.kind == "role" else "Root" if root else "IAMUser"
    told = {"type": kind, "principalId": entity.id, "arn": entity.arn, "accountId": caller.account}
    return told if root else told | {"userName": entity.name}


def foreign(caller: Caller) -> dict[str, str]:
    """Of the caller, for the records of another account: hardly anything."""
    return {"type": "AWSAccount", "principalId": caller.user_id, "accountId": caller.account}
