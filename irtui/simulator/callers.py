"""Who is calling: the credentials of a request, checked as AWS checks them.

Unknown, inactive and deleted keys get the same answer; a wrong signature and an expired session have their own.
"""

from dataclasses import dataclass

from moto.core.request import Request
from moto.iam.models import User

from irtui.policy.evaluate import Principal
from irtui.simulator import state
from irtui.simulator.answers import Refusal
from irtui.simulator.clock import WorldClock
from irtui.simulator.codes import Codes
from irtui.simulator.directory import View
from irtui.simulator.resolve import Scope
from irtui.simulator.root import Root
from irtui.simulator.sessions import Session, Sessions
from irtui.simulator.signature import verified


@dataclass(frozen=True, slots=True)
class Caller:
    account: str
    arn: str
    """As GetCallerIdentity says it."""
    user_id: str
    access_key_id: str
    entity: state.Entity
    """The user, role or root user whose permissions these are, as enforcement sees it now."""
    session: Session | None = None

    @property
    def user(self) -> User | None:
        return self.entity if isinstance(self.entity, User) else None

    @property
    def is_root(self) -> bool:
        """The root user itself, also in a session of its own or of AssumeRoot, but not who it federates."""
        return isinstance(self.entity, Root) and (self.session is None or self.session.kind in ("session", "root"))

    @property
    def principal(self) -> Principal:
        temporary = self.arn if self.arn != self.entity.arn else ""
        return Principal(self.account, self.entity.arn, temporary)


def authenticate(
    request: Request, scope: Scope, codes: Codes, sessions: Sessions, clock: WorldClock, view: View
) -> Caller:
    """Raises Refusal with the service's own code."""
    token = request.headers.get("X-Amz-Security-Token", "")
    session = sessions.find(scope.access_key_id)
    if session is not None and session.token == token:
        caller, secret = _temporary(session, view), session.secret_access_key
    elif session is None and not token:
        caller, secret = _long_term(scope.access_key_id, view)
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


def _long_term(access_key_id: str, view: View) -> tuple[Caller | None, str]:
    found = state.key_owner(access_key_id, view) or state.root_key(access_key_id, view)
    if found is None or found[1].status != "Active":
        return None, ""
    holder, key = found
    return Caller(holder.account_id, holder.arn, holder.id, access_key_id, holder), key.secret_access_key


def _temporary(session: Session, view: View) -> Caller | None:
    """None: the principal is gone, and its sessions with it."""
    account, key = session.account, session.access_key_id
    if session.kind == "role":
        role = state.role_by_id(account, session.principal_id, view)
        if role is None:
            return None
        arn = f"arn:aws:sts::{account}:assumed-role/{role.name}/{session.name}"
        return Caller(account, arn, f"{role.id}:{session.name}", key, role, session)
    holder: User | Root | None = state.user_by_id(account, session.principal_id, view)
    if session.principal_id == account:
        holder = view(account).root
    if holder is None:
        return None
    if session.kind == "federation":
        arn = f"arn:aws:sts::{account}:federated-user/{session.name}"
        return Caller(account, arn, f"{account}:{session.name}", key, holder, session)
    return Caller(account, holder.arn, holder.id, key, holder, session)
