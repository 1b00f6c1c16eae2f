"""Secrets that AWS tells once, in the reply to the call that makes a credential: they go to a keeper, and nowhere else.

Rules: without a keeper that is ready such a call is not sent, for nobody could ever use what it makes. The secret is
taken off the reply before anything else sees it; not even the door's own frames hold it afterwards.
"""

from collections.abc import MutableMapping
from typing import Any, NamedTuple, Protocol

from irtui.errors import IrtuiError
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Status

NO_VAULT, SECRET_LOST = "NoVault", "SecretLost"
_BY_HAND = "Unlock the keyring, or leave and resume with --key passphrase-file; or issue the credential by hand."


class Keeper(Protocol):
    """Whom secrets are given to. What its methods raise holds no secret."""

    def ready(self) -> None:
        """Raises IrtuiError when it could not keep one."""

    def keep(self, name: str, secret: str) -> None:
        """`name`: the credential's id. Raises IrtuiError when it is not kept."""


class _Telling(NamedTuple):
    """Where a reply tells it."""

    inside: str
    id: str
    secret: str


_TELLING = {"iam.CreateAccessKey": _Telling("AccessKey", "AccessKeyId", "SecretAccessKey")}
"""IAM API reference, CreateAccessKey: the secret "is accessible only when it is created"."""


def unkept(call: Call, keeper: Keeper | None) -> Outcome | None:
    """Why the call must not be sent; None: it may."""
    if call.name not in _TELLING:
        return None
    try:
        if keeper is not None:
            keeper.ready()
            return None
        why, advice = "There is no vault.", ""
    except IrtuiError as error:
        why, advice = error.message, error.advice
    except Exception as fault:  # a keeper rests on libraries without a common root of errors
        why, advice = f"{type(fault).__name__} in the vault.", ""
    words = f"The secret that AWS would tell could not be kept, so nothing was sent. {why}"
    return Outcome(Status.FAILED, code=NO_VAULT, message=words, advice=advice or _BY_HAND)


def take_off(call: Call, raw: MutableMapping[str, Any], keeper: Keeper | None) -> str:
    """Moves the secret from the reply to the keeper. In words what went wrong; empty where nothing did."""
    telling = _TELLING.get(call.name)
    if telling is None:
        return ""
    made = raw.get(telling.inside)
    if not isinstance(made, MutableMapping):
        return "AWS's answer names no credential."
    secret, name = made.pop(telling.secret, None), made.get(telling.id)
    if not (isinstance(secret, str) and secret and isinstance(name, str) and name):
        return "AWS's answer holds no secret."
    try:
        if keeper is None:
            return "There is no vault."
        keeper.keep(name, secret)
    except IrtuiError as error:
        return error.message
    except Exception as fault:  # its own words may hold what it was given
        return f"{type(fault).__name__} in the vault."
    return ""


def lost(call: Call, why: str) -> dict[str, str]:
    """Members of the outcome of a call that was done, and whose secret nobody has."""
    return {
        "code": SECRET_LOST,
        "message": f"{call.operation} was done, and its secret is lost: {why}",
        "advice": "Nobody can use this credential: take the step back, which deletes it.",
    }
