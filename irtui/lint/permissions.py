"""The IAM policy that the caller needs for exactly the steps of a runbook and its children."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from irtui.actions.registry import ACTIONS
from irtui.aws.models import request_shape
from irtui.lint import scopes
from irtui.lint.s3_actions import of_objects
from irtui.lint.subject import Subject
from irtui.model.runbook import CallBody, ChildBody, Runbook, UseBody
from irtui.runbook.template import Expression, parts

_NAME = re.compile(r"[\w+=,.@*-]+")


def least_privilege(runbook: Runbook, children: Mapping[str, Runbook], session: str = "caller") -> dict[str, Any]:
    """An IAM policy document: calls, verifications, observations, undos, and the permissions of actions.

    Steps of another session need their permissions there: ask with its name. The caller needs only to assume it.
    """
    scoped: dict[str, set[str]] = defaultdict(set)
    passed: dict[str, set[str]] = defaultdict(set)
    for each in _with_children(runbook, children):
        for action, resource in _needs(each, children, session):
            scoped[action].add(resource)
        for service, role in _handed_over(each, children, session):
            passed[service].add(role)
    by_resources: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for action, resources in scoped.items():
        by_resources[_widest(resources)].append(action)
    statements: list[dict[str, Any]] = [
        {
            "Sid": "NoResourceScope" if resources == ("*",) else f"Scoped{index}",
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": list(resources),
        }
        for index, (resources, actions) in enumerate(sorted(by_resources.items()))
    ]
    statements += [
        {
            "Sid": f"Passed{index}",
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": list(_widest(roles)),
            "Condition": {"StringEquals": {"iam:PassedToService": service}},
        }
        for index, (service, roles) in enumerate(sorted(passed.items()))
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _with_children(runbook: Runbook, children: Mapping[str, Runbook]) -> Iterator[Runbook]:
    waiting, seen = [runbook], set()
    while waiting:
        each = waiting.pop()
        if each.name in seen:
            continue
        seen.add(each.name)
        yield each
        names = (step.body.runbook for step in each.steps if isinstance(step.body, ChildBody))
        waiting += [children[name] for name in names if name in children]


def _needs(runbook: Runbook, children: Mapping[str, Runbook], session: str) -> Iterator[tuple[str, str]]:
    """(action, resource) of every call that a step may make in the session."""
    for placed in Subject.of(runbook, children).calls():
        if placed.step.session == session:
            yield from _of_call(placed.call)
    for step in runbook.steps:
        if step.session == session and isinstance(step.body, UseBody) and step.body.action in ACTIONS:
            for permission in ACTIONS[step.body.action].permissions:
                for call in _placed(permission, step.body):
                    yield from _of_permission(permission, call)
    if session == "caller":
        used = {step.session for step in runbook.steps}
        for spec in runbook.sessions:
            if spec.name in used and spec.role:
                yield "sts:AssumeRole", _pattern(spec.role) if spec.role.startswith("arn:") else "arn:aws:iam::*:role/*"
            elif spec.name in used:
                yield "sts:AssumeRoot", "arn:aws:iam::*:root"


def _placed(permission: str, body: UseBody) -> Iterator[CallBody]:
    """The calls for which an action needs it: of the buckets that its inputs name, when nothing else tells a place, and
    of the user whom it changes."""
    service, _, operation = permission.partition(":")
    urls = body.inputs.get("s3", ()) if service == "s3" and "trail_arn" not in body.inputs else ()
    names = [
        _pattern(url).removeprefix("s3://").partition("/")[0] for url in ([urls] if isinstance(urls, str) else urls)
    ]
    names += [body.inputs["bucket"]] if service == "s3" and body.inputs.get("bucket") else []
    action = ACTIONS[body.action]
    by_name = service == "iam" and action.plan is not None and "user_id" not in action.inputs  # else it may be renamed
    user = body.inputs.get("user") if by_name else None
    for name in names:
        yield CallBody(service, operation, {"Bucket": name} | ({"Key": "*"} if operation == "GetObject" else {}))
    if not names:
        yield CallBody(service, operation, {"UserName": user} if user else {})


def _of_call(call: CallBody) -> Iterator[tuple[str, str]]:
    yield from _of_permission(scopes.action_of(call.service, call.operation, call.params), call)
    for other in scopes.BESIDES.get(call.name, ()):
        service, _, operation = other.partition(":")
        same = call.params if call.name in scopes.SAME_BUCKET else {}
        yield from _of_permission(other, CallBody(service, operation, same))


def _handed_over(runbook: Runbook, children: Mapping[str, Runbook], session: str) -> Iterator[tuple[str, str]]:
    """(service, ARN of a role) of every call in the session that hands one over."""
    for placed in Subject.of(runbook, children).calls():
        service = scopes.PASSED_TO.get(placed.call.name, "")
        if service and placed.step.session == session:
            yield from ((service, arn) for arn in _passed(placed.call))


def _passed(call: CallBody) -> Iterator[str]:
    replication = call.params.get("ReplicationConfiguration")
    handed = [value for name, value in call.params.items() if name.endswith("RoleArn")]
    handed += [replication.get("Role")] if isinstance(replication, Mapping) else []
    for value in handed:
        if value:
            given = _pattern(value)
            yield given if given.startswith("arn:") else "arn:aws:iam::*:role/*"


def _of_permission(action: str, call: CallBody) -> Iterator[tuple[str, str]]:
    prefix = action.partition(":")[0]
    if scopes.reason(action):
        yield action, "*"
    elif prefix == "iam":
        for resource in _iam_resources(call):
            yield action, resource
    elif prefix == "sts":
        yield action, "arn:aws:iam::*:role/*"
    elif prefix == "s3" and "Bucket" in call.params:
        bucket = _pattern(call.params["Bucket"])
        yield action, f"arn:aws:s3:::{bucket}"
        if "Key" in call.params or of_objects(action):
            yield action, f"arn:aws:s3:::{bucket}/*"
    elif prefix == "athena" and (catalogue := call.params.get("CatalogName")):
        yield action, f"arn:aws:athena:*:*:datacatalog/{_pattern(catalogue)}"
    elif prefix == "athena" and (group := call.params.get("WorkGroup") or call.params.get("Name")):
        yield action, f"arn:aws:athena:*:*:workgroup/{_pattern(group)}"
    else:
        for resource in scopes.ARNS[prefix]:
            yield action, resource


def _iam_resources(call: CallBody) -> Iterator[str]:
    shape = request_shape("iam", call.operation)
    members = shape.members if shape else {}
    for member, kind in scopes.IAM_RESOURCES:
        if member not in members:
            continue
        name = _pattern(call.params.get(member, "*"))
        if kind == "user" and member != "UserName":
            name = "*"
        if name.startswith("arn:"):
            yield name
        elif name == "*":
            yield f"arn:aws:iam::*:{kind}/*"
        else:  # a name says nothing of its path
            yield f"arn:aws:iam::*:{kind}/{name}"
            yield f"arn:aws:iam::*:{kind}/*/{name}"
        return
    yield from (f"arn:aws:iam::*:{kind}/*" for kind in ("group", "policy", "role", "user"))


def _pattern(value: Any) -> str:
    """What the author wrote, with `*` for what is filled in later; `*` where it could not stand in an ARN."""
    if not isinstance(value, str):
        return "*"
    text = "".join("*" if isinstance(part, Expression) else part for part in parts(value))
    return text if _NAME.fullmatch(text.replace(":", "").replace("/", "")) else "*"


def _widest(resources: set[str]) -> tuple[str, ...]:
    """Without those that a wider one of the same kind covers."""
    if "*" in resources:
        return ("*",)
    wide = {resource[:-1] for resource in resources if resource.endswith("/*")}
    return tuple(sorted(r for r in resources if not any(r != f"{w}*" and r.startswith(w) for w in wide)))
