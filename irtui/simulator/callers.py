"""Who is calling: the credentials of a request, checked as AWS checks them.

Unknown, inactive and deleted keys get the same answer; a wrong signature and an expired session have their own.
"""

from dataclasses import dataclass

from moto.core.request import Request
from moto.iam.models import Role, User

from irtui.policy.evaluate import Principal
from irtui.simulator import state
from irtui.simulator.answers import Codes, Refusal
from irtui.simulator.clock import WorldClock
from irtui.simulator.resolve import Scope
from irtui.simulator.sessions import Session, Sessions
from irtui.simulator.signature import verified


@dataclass(frozen=True, slots=True)
class Caller:
    account: str
    arn: str
    """As GetCallerIdentity says it."""
    user_id: str
    access_key_id: str
    entity: User | Role
    """The user or role whose permissions these are, as it is now."""
    session: Session | None = None

    @property
    def user(self) -> User | None:
        return self.entity if isinstance(self.entity, User) else None

    @property
    def principal(self) -> Principal:
        temporary = self.arn if self.arn != self.entity.arn else ""
        return Principal(self.account, self.entity.arn, temporary)


def authenticate(request: Request, scope: Scope, codes: Codes, sessions: Sessions, clock: WorldClock) -> Caller:
    """Raises Refusal with the service's own code."""
    token = request.headers.get("X-Amz-Security-Token", "")
    session = sessions.find(scope.access_key_id)
    if session is not None and session.token == token:
        caller, secret = _temporary(session), session.secret_access_key
    elif session is None and not token:
        caller, secret = _long_term(scope.access_key_id)
    else:
        caller, secret = None, ""
    if caller is None:
        raise Refusal(
            codes.unknown_key[0], "The security token included in the request is invalid.", codes.unknown_key[1]
        )
    if not verified(request, secret):
        words = "The request signature we calculated does not match the signature you provided."
        raise Refusal(codes.signature[0], words, codes.signature[1])
    if session is not None and clock.now() >= session.expires:
        raise Refusal(codes.expired[0], "The security token included in the request is expired", codes.expired[1])
    return caller


def _long_term(access_key_id: str) -> tuple[Caller | None, str]:
    found = state.key_owner(access_key_id)
    if found is None or found[1].status != "Active":
        return None, ""
    user, key = found
    return Caller(user.account_id, user.arn, user.id, access_key_id, user), key.secret_access_key


def _temporary(session: Session) -> Caller | None:
    """None: the principal is gone, and its sessions with it."""
    account, key = session.account, session.access_key_id
    if session.kind == "role":
        role = state.role_by_id(account, session.principal_id)
        if role is None:
            return None
        arn = f"arn:aws:sts::{account}:assumed-role/{role.name}/{session.name}"
        return Caller(account, arn, f"{role.id}:{session.name}", key, role, session)
    user = state.user_by_id(account, session.principal_id)
    if user is None:
        return None
    if session.kind == "federation":
        arn = f"arn:aws:sts::{account}:federated-user/{session.name}"
        return Caller(account, arn, f"{account}:{session.name}", key, user, session)
    return Caller(account, user.arn, user.id, key, user, session)
