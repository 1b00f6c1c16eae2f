"""May this principal do this action on this resource? IAM's evaluation logic, as AWS documents it.

Order: an explicit Deny anywhere wins; every SCP level must allow; the resource policy may allow by naming the
principal; else identity, boundary and session policies must each allow. Across accounts both sides must allow.
An unparseable Allow does not allow; an unparseable Deny denies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from irtui.policy.conditions import met
from irtui.policy.document import Document, Statement
from irtui.policy.patterns import Context, wild


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, under every name a policy can call them by."""

    account: str
    arn: str
    """What `aws:PrincipalArn` says: the user, the role, or the account's root."""
    session_arn: str = ""
    """The assumed-role or federated-user ARN; empty for users and root."""
    service: str = ""
    """For AWS services: `cloudtrail.amazonaws.com`."""

    @property
    def is_root(self) -> bool:
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Request:
    principal: Principal
    action: str
    """`iam:PutUserPolicy`."""
    resource: str
    """An ARN, or `*` where the action has none. Empty: not known, so only what holds for every resource denies,
    and what allows any resource allows; such a request may be refused on a decision, never answered."""
    resource_account: str = ""
    """Owner of the resource; empty: the principal's own account."""
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policies:
    identity: tuple[Document, ...] = ()
    boundary: Document | None = None
    session: tuple[Document, ...] | None = None
    """None: no session policy limits the session. An empty tuple limits it to nothing (federation)."""
    resource: Document | None = None
    resource_decides: bool = False
    """The resource policy must allow, whatever else does: trust policies of roles, key policies."""
    scps: tuple[tuple[Document, ...], ...] = ()
    """One tuple per level, root of the organization first. Empty: no organization."""


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    layer: str
    """What decided: scp, resource, identity, boundary or session."""
    statement: Statement | None = None
    """The statement that decided. None: nothing allowed it (implicit deny)."""

    @property
    def explicit(self) -> bool:
        """An explicit Deny."""
        return not self.allowed and self.statement is not None


def evaluate(request: Request, policies: Policies) -> Decision:
    """The decision, with the statement that made it."""
    layers: tuple[tuple[str, Iterable[Document]], ...] = (
        ("scp", (document for level in policies.scps for document in level)),
        ("resource", (policies.resource,) if policies.resource else ()),
        ("identity", policies.identity),
        ("boundary", (policies.boundary,) if policies.boundary else ()),
        ("session", policies.session or ()),
    )
    for layer, documents in layers:
        if (deny := _first(documents, "Deny", request)) is not None:
            return Decision(False, layer, deny)
    for level in policies.scps:
        if _first(level, "Allow", request) is None:
            return Decision(False, "scp")

    named, direct = _granted(request, policies.resource)
    foreign = bool(request.resource_account) and request.resource_account != request.principal.account
    if named is None and (foreign or policies.resource_decides):
        return Decision(False, "resource")
    if direct and not foreign and _unlimited(named, request.principal):
        return Decision(True, "resource", named)

    identity = _identity(request, policies)
    if identity is None and not (direct and not foreign):
        return Decision(False, "identity")
    if policies.boundary and _first((policies.boundary,), "Allow", request) is None:
        return Decision(False, "boundary")
    if policies.session is not None and _first(policies.session, "Allow", request) is None:
        return Decision(False, "session")
    return Decision(True, "identity", identity) if identity is not None else Decision(True, "resource", named)


def _granted(request: Request, policy: Document | None) -> tuple[Statement | None, bool]:
    """The resource policy's Allow that counts most, and whether it names the principal itself."""
    allows = [s for s in policy.statements if s.effect == "Allow" and _applies(s, request)] if policy else []
    direct = next((statement for statement in allows if _names(statement, request.principal)), None)
    return (direct, True) if direct else (allows[0] if allows else None, False)


_ROOT = Statement("root user", 0, "Allow", ("*",), resources=("*",))


def _identity(request: Request, policies: Policies) -> Statement | None:
    if request.principal.is_root:
        return _ROOT  # the root user needs no policy; SCPs, resource policies and a session's own policies bind it
    return _first(policies.identity, "Allow", request)


def _first(documents: Iterable[Document], effect: str, request: Request) -> Statement | None:
    for document in documents:
        for statement in document.statements:
            if statement.effect == effect and _applies(statement, request):
                return statement
    return None


def _applies(statement: Statement, request: Request) -> bool:
    if statement.flaw:
        return statement.effect == "Deny"
    context, variables = request.context, statement.variables
    if any(wild(p, request.action, {}, False, True) for p in statement.actions) == statement.not_actions:
        return False
    if not request.resource:
        return _anywhere(statement, context)
    if any(wild(p, request.resource, context, variables) for p in statement.resources) == statement.not_resources:
        return False
    named = statement.principals is None or _listed(statement.principals, request.principal)
    if named == statement.not_principals:
        return False
    verdict = met(statement.conditions, context, variables)
    return statement.effect == "Deny" if verdict is None else verdict


_OF_THE_RESOURCE = ("aws:resource", "aws:requesttag", "aws:tagkeys")


def _anywhere(statement: Statement, context: Context) -> bool:
    """Of a request whose resource is not known: a Deny must hold everywhere, an Allow somewhere."""
    sure = {
        operator: {key: values for key, values in keys.items() if _of_the_caller(key)}
        for operator, keys in statement.conditions.items()
    }
    verdict = met(sure, context, statement.variables)
    if statement.effect == "Allow":
        return verdict is True
    everywhere = "*" in statement.resources and not statement.not_resources
    return everywhere and sure == statement.conditions and verdict is not False


def _of_the_caller(key: str) -> bool:
    return key.lower().startswith("aws:") and not key.lower().startswith(_OF_THE_RESOURCE)


def _listed(principals: Mapping[str, tuple[str, ...]], principal: Principal) -> bool:
    if principal.service:
        return principal.service in principals.get("Service", ()) or "*" in principals.get("AWS", ())
    names = {"*", principal.account, f"arn:aws:iam::{principal.account}:root", principal.arn, principal.session_arn}
    return any(value in names for value in principals.get("AWS", ()))


def _names(statement: Statement, principal: Principal) -> bool:
    """The statement grants to the principal itself, not only to its account (which must then delegate)."""
    if principal.service:
        return True
    values = () if statement.principals is None or statement.not_principals else statement.principals.get("AWS", ())
    return any(value in ("*", principal.arn, principal.session_arn) for value in values if value)


def _unlimited(statement: Statement | None, principal: Principal) -> bool:
    """Named by the very ARN that asks, a grant is not limited by an implicit deny of boundary or session."""
    if statement is None or statement.principals is None:
        return False
    return (principal.session_arn or principal.arn) in statement.principals.get("AWS", ())
