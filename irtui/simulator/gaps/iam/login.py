"""Passwords of users: the account's policy applies to them, and whether they must be changed is remembered."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from moto.iam.models import AccountPasswordPolicy, User

from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.gaps.iam.found import records, user
from irtui.simulator.iam_records import Login
from irtui.simulator.world import Asked, Gap

SHORTEST = 8
"""Characters that a password has where the account has no policy; it then mixes three of four kinds as well."""
_KINDS = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[!@#$%^&*()_+\-=\[\]{}|']")


def create_login_profile(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    if holder.password:
        raise Refusal("EntityAlreadyExists", f"Login Profile for user {holder.name} already exists.", 409)
    if not asked.params.get("Password"):
        raise Refusal("ValidationError", "Password must be given")
    password = _accepted(asked, holder, str(asked.params["Password"]))
    now = asked.world.clock.now()
    made = Login(now, now, bool(asked.params.get("PasswordResetRequired")))
    records(asked).logins[holder.id], holder.password = made, password
    return {"LoginProfile": _profile(holder, made)}


def get_login_profile(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    return {"LoginProfile": _profile(holder, _login(asked, holder))}


def update_login_profile(asked: Asked) -> Mapping[str, Any]:
    holder, params = user(asked), asked.params
    login = _login(asked, holder)
    if params.get("Password"):
        login = _changed(asked, holder, login, str(params["Password"]))
    if params.get("PasswordResetRequired") is not None:
        login = replace(login, reset_required=bool(params["PasswordResetRequired"]))
    records(asked).logins[holder.id] = login
    return {}


def delete_login_profile(asked: Asked) -> Mapping[str, Any]:
    holder = user(asked)
    _login(asked, holder)
    holder.password = None
    records(asked).logins.pop(holder.id, None)
    return {}


def _changed(asked: Asked, holder: User, login: Login, password: str) -> Login:
    """Before anything is forgotten, the policy is asked about reuse."""
    used = (str(holder.password), *login.used)
    policy = state.iam(asked.caller.account).account_password_policy
    kept = int(policy.password_reuse_prevention or 0) if policy else 0
    if password in used[:kept]:
        raise Refusal("PasswordPolicyViolation", "Password does not conform to the account password policy.", 400)
    holder.password = _accepted(asked, holder, password)
    return replace(login, changed=asked.world.clock.now(), used=used[:24])


def _accepted(asked: Asked, holder: User, password: str) -> str:
    policy = state.iam(asked.caller.account).account_password_policy
    fits = _fits(policy, password) if policy else _fits_default(holder, asked.caller.account, password)
    if not fits:
        raise Refusal("PasswordPolicyViolation", "Password does not conform to the account password policy.", 400)
    return password


def _fits(policy: AccountPasswordPolicy, password: str) -> bool:
    required = (
        policy.require_uppercase_characters, policy.require_lowercase_characters, policy.require_numbers,
        policy.require_symbols,
    )  # fmt: skip
    kinds = zip(required, _KINDS, strict=True)
    return len(password) >= int(policy.minimum_password_length) and all(
        re.search(kind, password) for wanted, kind in kinds if wanted
    )


def _fits_default(holder: User, account: str, password: str) -> bool:
    mixed = sum(bool(re.search(kind, password)) for kind in _KINDS) >= 3
    return len(password) >= SHORTEST and mixed and password not in (holder.name, account)


def _login(asked: Asked, holder: User) -> Login:
    if not holder.password:
        raise Refusal("NoSuchEntity", f"Login Profile for User {holder.name} cannot be found.", 404)
    return records(asked).logins[holder.id]


def _profile(holder: User, login: Login) -> dict[str, Any]:
    return {"UserName": holder.name, "CreateDate": login.created, "PasswordResetRequired": login.reset_required}


OPERATIONS: Mapping[str, Gap] = {
    "CreateLoginProfile": create_login_profile,
    "GetLoginProfile": get_login_profile,
    "UpdateLoginProfile": update_login_profile,
    "DeleteLoginProfile": delete_login_profile,
}
