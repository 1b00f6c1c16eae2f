"""The log group of a trail: what CloudTrail checks before it takes one, and that the caller may hand the role over."""

from typing import Any

from irtui.policy.evaluate import Request, evaluate
from irtui.policy.explain import refusal as said
from irtui.simulator import logdelivery
from irtui.simulator.answers import Refusal
from irtui.simulator.authorize import policies
from irtui.simulator.context import conditions
from irtui.simulator.resolve import Operation
from irtui.simulator.world import Asked


def accepted(asked: Asked, trail: Any) -> tuple[str, str]:
    """(log group, role) by ARN, both empty for none. `trail`: as it was before; None: it is new. Raises Refusal.

    Empty texts take both away, as the CloudTrail guide says; one of the two alone is refused.
    """
    params = asked.params
    group = str(params.get("CloudWatchLogsLogGroupArn", (trail and trail.cw_log_group_arn) or ""))
    role = str(params.get("CloudWatchLogsRoleArn", (trail and trail.cw_role_arn) or ""))
    if not {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"} & set(params) or not (group or role):
        return group, role
    if not group.endswith(":*") or asked.world.monitoring.group(group) is None:
        words = "CloudTrail cannot validate the specified log group ARN."
        raise Refusal("InvalidCloudWatchLogsLogGroupArnException", words)
    parts = group.split(":")
    if (parts[3], parts[4]) != (asked.region, asked.caller.account):
        words = "The log group must be in the trail's home Region and account."
        raise Refusal("InvalidCloudWatchLogsLogGroupArnException", words)
    if not role.startswith("arn:"):
        raise Refusal("InvalidCloudWatchLogsRoleArnException", "A role is needed to deliver to the log group.")
    _passed(asked, role)
    if why := logdelivery.refusal(asked.view, role, group, asked.caller.account, asked.region):
        raise Refusal("InvalidCloudWatchLogsRoleArnException", why)
    return group, role


def _passed(asked: Asked, role: str) -> None:
    """The caller needs iam:PassRole for the role."""
    caller, view = asked.caller, asked.view
    operation = Operation("iam", "PassRole", "query", {}, asked.operation.model)
    context = dict(
        conditions(operation, caller, view, now=asked.world.clock.now(), region=asked.region, source_ip="",
                   user_agent="")
    ) | {"iam:passedtoservice": (logdelivery.SERVICE,)}  # fmt: skip
    del context["aws:sourceip"]
    request = Request(caller.principal, "iam:PassRole", role, role.split(":")[4], context)
    decision = evaluate(request, policies(operation, caller, view))
    if not decision.allowed:
        raise Refusal("AccessDeniedException", said(request, decision))
