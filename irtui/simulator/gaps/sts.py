"""STS, all of it that is simulated: moto hands out sessions of roles that do not exist, and static credentials."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from irtui.simulator import organization, state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.mfa import verify_mfa
from irtui.simulator.sessions import Session
from irtui.simulator.world import Asked, Gap

_CHAINED_LIMIT = 3600
_NAME = re.compile(r"[\w+=,.@-]{2,64}")


def get_caller_identity(asked: Asked) -> Mapping[str, Any]:
    caller = asked.caller
    return {"UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn}


def get_access_key_info(asked: Asked) -> Mapping[str, Any]:
    key = str(asked.params["AccessKeyId"])
    try:
        return {"Account": state.account_of_key(key)}
    except ValueError:
        raise Refusal("ValidationError", "Access key id is not valid") from None


def assume_role(asked: Asked) -> Mapping[str, Any]:
    """The trust policy has been asked already; here the role exists."""
    mfa = _proven(asked)
    role = state.role_by_arn(str(asked.params["RoleArn"]), asked.view)
    if role is None:  # its deletion came into force meanwhile
        raise Refusal("AccessDenied", f"User: {asked.caller.arn} is not authorized to perform: sts:AssumeRole", 403)
    name = _session_name(asked, "RoleSessionName")
    caller_session = asked.caller.session
    chained = caller_session is not None and caller_session.kind == "role"
    longest = _CHAINED_LIMIT if chained else int(role.max_session_duration or 3600)
    seconds = _duration(asked, 3600, longest)
    made = _issue(asked, "role", role.account_id, role.id, name, seconds, _session_policies(asked), chained, mfa)
    arn = f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    role.last_used = asked.world.clock.now()
    return {**_credentials(made), "AssumedRoleUser": {"AssumedRoleId": f"{role.id}:{name}", "Arn": arn}}


def get_session_token(asked: Asked) -> Mapping[str, Any]:
    _long_term_only(asked)
    mfa = _proven(asked)
    user, seconds = asked.caller.entity, _duration(asked, 43200, _longest(asked))
    return _credentials(_issue(asked, "session", asked.caller.account, user.id, "", seconds, None, mfa=mfa))


def get_federation_token(asked: Asked) -> Mapping[str, Any]:
    """Without a session policy the federated user may do nothing of its own."""
    _long_term_only(asked)
    name, seconds = _session_name(asked, "Name"), _duration(asked, 43200, _longest(asked))
    account = asked.caller.account
    policies = _session_policies(asked) or ()
    made = _issue(asked, "federation", account, asked.caller.entity.id, name, seconds, policies)
    arn = f"arn:aws:sts::{account}:federated-user/{name}"
    return {**_credentials(made), "FederatedUser": {"FederatedUserId": f"{account}:{name}", "Arn": arn}}


def assume_root(asked: Asked) -> Mapping[str, Any]:
    """The organization has been asked already; the task policy limits the session, and the root user needs no other."""
    seconds = int(asked.params.get("DurationSeconds") or ROOT_SECONDS)
    if not 0 < seconds <= ROOT_SECONDS:
        raise Refusal("ValidationError", f"DurationSeconds must be at most {ROOT_SECONDS}")
    account = organization.target(asked.params)
    task = state.iam(asked.caller.account).managed_policies[str(asked.params["TaskPolicyArn"]["arn"])]
    return _credentials(_issue(asked, "root", account, account, "", seconds, (state.managed_policy(task), _ALL)))


ROOT_SECONDS = 900
_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
"""A task policy only denies: what it leaves, the root user may."""


def _issue(
    asked: Asked, kind: str, account: str, principal_id: str, name: str, seconds: int,
    policies: tuple[str, ...] | None, chained: bool = False, mfa: bool = False,
) -> Session:  # fmt: skip
    now = asked.world.clock.now().replace(microsecond=0)  # AWS's times have whole seconds
    expires = now + timedelta(seconds=seconds)
    made = Session(kind, account, principal_id, name, now, expires, policies=policies, chained=chained, mfa=mfa)
    return asked.world.sessions.issue(made)


def _credentials(session: Session) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.token,
            "Expiration": session.expires,
        }
    }


def _session_policies(asked: Asked) -> tuple[str, ...] | None:
    texts = [str(asked.params["Policy"])] if asked.params.get("Policy") else []
    for item in asked.params.get("PolicyArns") or ():
        policy = state.iam(asked.caller.account).managed_policies.get(str(item["arn"]))
        texts.append(state.managed_policy(policy) if policy is not None else "")
    return tuple(texts) or None


def _session_name(asked: Asked, member: str) -> str:
    name = str(asked.params.get(member, ""))
    if not _NAME.fullmatch(name):
        raise Refusal("ValidationError", f"{member} must match [\\w+=,.@-]{{2,64}}")
    return name


def _duration(asked: Asked, default: int, longest: int) -> int:
    seconds = int(asked.params.get("DurationSeconds") or min(default, longest))
    if not 900 <= seconds <= longest:
        raise Refusal("ValidationError", f"DurationSeconds must be between 900 and {longest}")
    return seconds


def _longest(asked: Asked) -> int:
    return 3600 if asked.caller.is_root else 129600


def _long_term_only(asked: Asked) -> None:
    if asked.caller.session is not None:
        raise Refusal("AccessDenied", f"Cannot call {asked.operation.name} with session credentials", 403)


def _proven(asked: Asked) -> bool:
    """Whether an MFA code came along; a wrong one is refused."""
    serial, code, user = asked.params.get("SerialNumber"), asked.params.get("TokenCode"), asked.caller.user
    if not serial and not code:
        return False
    if user is None or not (serial and code):
        words = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
        raise Refusal("AccessDenied", words, 403)
    verify_mfa(asked.world, user, str(serial), str(code))
    return True


OPERATIONS: Mapping[str, Gap] = {
    "GetCallerIdentity": get_caller_identity,
    "GetAccessKeyInfo": get_access_key_info,
    "AssumeRole": assume_role,
    "AssumeRoot": assume_root,
    "GetSessionToken": get_session_token,
    "GetFederationToken": get_federation_token,
}
