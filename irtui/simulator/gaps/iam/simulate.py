"""SimulatePrincipalPolicy and SimulateCustomPolicy: `irtui.policy` asked with the policies that the referee enforces.

Rules: one result per action and resource. As in AWS the request's own context is not known: only the given context
entries are, and a condition key or variable that is asked for and not given is a missing context value. Service control
policies, session policies and what propagates still are not seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from moto.iam.models import Group, Role, User

from irtui.policy.document import Document, Statement, read_document
from irtui.policy.evaluate import Policies, Principal, Request, evaluate
from irtui.simulator import state
from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.directory import OF_AWS
from irtui.simulator.gaps.iam.found import page
from irtui.simulator.gaps.iam.missing import missing_context
from irtui.simulator.gaps.iam.positions import positions
from irtui.simulator.world import Asked, Gap

Source = tuple[str, str, str]
"""(SourcePolicyId, SourcePolicyType, JSON) of one policy."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What one call simulates, whatever the action and the resource."""

    principal: Principal
    identity: tuple[Source, ...]
    boundary: tuple[Source, ...]
    resource: Source | None
    owner: str
    context: Mapping[str, tuple[str, ...]]


def simulate_principal_policy(asked: Asked) -> Mapping[str, Any]:
    arn = str(asked.params["PolicySourceArn"])
    entity = _entity(asked, arn)
    limit = None if isinstance(entity, Group) else state.boundary_of(entity)
    boundary = (_boundary_source(limit),) if limit else ()
    return _simulated(asked, arn, tuple(_sources(entity)), boundary)


def simulate_custom_policy(asked: Asked) -> Mapping[str, Any]:
    return _simulated(asked, "", (), ())


def _simulated(asked: Asked, arn: str, held: tuple[Source, ...], boundary: tuple[Source, ...]) -> Mapping[str, Any]:
    params = asked.params
    for member in ("ResourceHandlingOption", "PolicyExclusionList"):
        if params.get(member):
            raise Refusal(NOT_SIMULATED, f"{member} is not simulated", 501)
    given = _given(asked, "PolicyInputList")
    limits = _given(asked, "PermissionsBoundaryPolicyInputList") or boundary
    resource = ("ResourcePolicy", "resource", str(params["ResourcePolicy"])) if params.get("ResourcePolicy") else None
    caller = str(params.get("CallerArn") or arn)
    if resource and not (params.get("CallerArn") or ":user/" in arn):
        raise Refusal("InvalidInput", "CallerArn must be given with a ResourcePolicy unless the source is a user.")
    for name, _, text in (*given, *limits, *((resource,) if resource else ())):
        if any(statement.flaw for statement in read_document(name, text).statements):
            raise Refusal("InvalidInput", f"{name} cannot be read as a policy.")
    account = asked.caller.account
    principal = Principal(account, caller or f"arn:aws:iam::{account}:user/simulated")
    owner = (str(params.get("ResourceOwner") or "").split(":") + [""] * 6)[4]
    case = Simulated(principal, (*held, *given), limits, resource, owner, _context(asked))
    actions = [_action(str(name)) for name in params["ActionNames"]]
    resources = [str(each) for each in params.get("ResourceArns") or ("*",)]
    results = [_result(case, action, on) for action in actions for on in resources]
    return page(asked, "EvaluationResults", results)


def _result(case: Simulated, action: str, on: str) -> dict[str, Any]:
    request = Request(case.principal, action, on, case.owner, case.context)
    identity = tuple(read_document(name, text) for name, _, text in case.identity)
    limits = tuple(read_document(name, text) for name, _, text in case.boundary)
    resource = read_document(case.resource[0], case.resource[2]) if case.resource else None
    boundary = Document("boundary", tuple(s for document in limits for s in document.statements)) if limits else None
    decision = evaluate(request, Policies(identity, boundary, None, resource))
    verdict = "allowed" if decision.allowed else "explicitDeny" if decision.explicit else "implicitDeny"
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": on,
        "EvalDecision": verdict,
        "MatchedStatements": list(_matched(case, request, "Deny" if decision.explicit else "Allow")),
        "MissingContextValues": missing_context(request, (*identity, *limits, *((resource,) if resource else ()))),
    }
    if limits:
        allowed = evaluate(request, Policies(limits)).allowed
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": allowed}
    same = {key: value for key, value in result.items() if not key.startswith("Eval")}
    return result | {"ResourceSpecificResults": [same | {"EvalResourceName": on, "EvalResourceDecision": verdict}]}


def _matched(case: Simulated, request: Request, effect: str) -> Iterable[dict[str, Any]]:
    """Statements of that effect that apply: a deny hides the allows, as in AWS."""
    boundary = case.boundary if effect == "Deny" else ()
    for name, kind, text in (*case.identity, *boundary, *((case.resource,) if case.resource else ())):
        document = read_document(name, text)
        places = positions(text)
        for statement in document.statements:
            if statement.effect == effect and _applies(statement, request):
                start, end = places[statement.index] if statement.index < len(places) else ((1, 1), (1, 1))
                yield {
                    "SourcePolicyId": name, "SourcePolicyType": kind,
                    "StartPosition": {"Line": start[0], "Column": start[1]},
                    "EndPosition": {"Line": end[0], "Column": end[1]},
                }  # fmt: skip


def _applies(statement: Statement, request: Request) -> bool:
    """Alone, the statement decides exactly when it applies."""
    alone = Document(statement.document, (statement,))
    policies = Policies((alone,)) if statement.principals is None else Policies(resource=alone, resource_decides=True)
    if statement.effect == "Deny":
        return evaluate(request, policies).explicit
    named = replace(request, resource_account="")
    return evaluate(named, policies).statement is not None


def _entity(asked: Asked, arn: str) -> User | Role | Group:
    backend = state.iam(asked.caller.account)
    entities: tuple[Any, ...] = (*backend.users.values(), *backend.roles.values(), *backend.groups.values())
    found = next((entity for entity in entities if entity.arn == arn), None)
    if not isinstance(found, User | Role | Group):
        raise Refusal("NoSuchEntity", f"The entity with ARN {arn} cannot be found.", 404)
    return found


def _sources(entity: User | Role | Group) -> Iterable[Source]:
    """Inline and attached policies; a user's groups' policies after its own."""
    kind = {User: "user", Role: "role", Group: "group"}[type(entity)]
    for name, text in entity.policies.items():
        yield f"{kind}_{entity.name}_{name}", kind, text
    for arn, policy in entity.managed_policies.items():
        yield arn, _managed_kind(arn), state.managed_policy(policy)
    if isinstance(entity, User):
        for group in state.iam(entity.account_id).get_groups_for_user(entity.name):
            yield from _sources(group)


def _managed_kind(arn: str) -> str:
    return "aws-managed" if OF_AWS in arn else "user-managed"


def _boundary_source(limit: tuple[str, str]) -> Source:
    return limit[0], _managed_kind(limit[0]), limit[1]


def _given(asked: Asked, member: str) -> tuple[Source, ...]:
    texts = asked.params.get(member) or ()
    return tuple((f"{member}.{number}", "none", str(text)) for number, text in enumerate(texts, 1))


def _context(asked: Asked) -> dict[str, tuple[str, ...]]:
    entries = asked.params.get("ContextEntries") or ()
    return {str(e["ContextKeyName"]).lower(): tuple(str(v) for v in e.get("ContextKeyValues") or ()) for e in entries}


def _action(name: str) -> str:
    service, colon, operation = name.partition(":")
    if not (service and colon and operation) or "*" in name or "?" in name:
        raise Refusal("InvalidInput", f"Invalid Entity Action: {name}")
    return name


OPERATIONS: Mapping[str, Gap] = {
    "SimulatePrincipalPolicy": simulate_principal_policy,
    "SimulateCustomPolicy": simulate_custom_policy,
}
