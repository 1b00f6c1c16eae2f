"""Which statement decided, in words a tired person understands. The words hold foreign names: show them inert."""

from irtui.policy.evaluate import Decision, Request

_LAYERS = {
    "scp": "a service control policy",
    "resource": "a resource-based policy",
    "identity": "an identity-based policy",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}


def explain(request: Request, decision: Decision) -> str:
    """One sentence: who, what, on what, and what decided."""
    who = request.principal.session_arn or request.principal.arn or request.principal.service
    verb = "may" if decision.allowed else "may not"
    return f"{who} {verb} {request.action} on {request.resource}: {_reason(decision)}"


def refusal(request: Request, decision: Decision) -> str:
    """The message of an AccessDenied, in AWS's own wording."""
    who = request.principal.session_arn or request.principal.arn or request.principal.service
    on = f" on resource: {request.resource}" if request.resource not in ("", "*") else ""
    layer = _LAYERS[decision.layer]
    if decision.explicit:
        why = f"with an explicit deny in {layer}"
    else:
        why = f"because no {layer.split(' ', 1)[1]} allows the {request.action} action"
    return f"User: {who} is not authorized to perform: {request.action}{on} {why}"


def _reason(decision: Decision) -> str:
    statement = decision.statement
    if statement is None:
        return f"nothing in {_LAYERS[decision.layer]} allows it"
    where = f"{statement.document or 'unnamed'}, statement {statement.index + 1}"
    if statement.sid:
        where += f" ({statement.sid})"
    flaw = f", which cannot be read: {statement.flaw}" if statement.flaw else ""
    return f"{'allowed' if decision.allowed else 'denied'} by {_LAYERS[decision.layer]}, {where}{flaw}"
