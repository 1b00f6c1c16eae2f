"""What Athena does with the caller's own permissions: reads the data and the catalogue, writes the result.

Rules: such a request has no source address of the caller's, and says that it comes by way of Athena.
"""

from typing import Any

from irtui.policy.evaluate import Request, evaluate
from irtui.policy.explain import refusal
from irtui.simulator import state
from irtui.simulator.authorize import policies
from irtui.simulator.context import conditions
from irtui.simulator.resolve import Operation
from irtui.simulator.world import Asked

SERVICE = ("athena.amazonaws.com",)


def refused(asked: Asked, action: str, arn: str, **params: Any) -> str:
    """Why the caller may not do this by way of Athena; empty: it may."""
    service, _, name = action.partition(":")
    operation = Operation(service, name, "json", params, asked.operation.model)
    caller, view = asked.caller, asked.view
    context = dict(
        conditions(operation, caller, view, now=asked.world.clock.now(), region=asked.region,
                   source_ip="", user_agent="athena.amazonaws.com")
    )  # fmt: skip
    del context["aws:sourceip"]
    context |= {"aws:viaawsservice": ("true",)}
    context |= dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), SERVICE)
    bucket = state.bucket(str(params.get("Bucket", "")))
    owner = str(bucket.account_id) if bucket is not None else caller.account
    request = Request(caller.principal, action, arn, owner, context)
    decision = evaluate(request, policies(operation, caller, view))
    return "" if decision.allowed else refusal(request, decision)


def s3(asked: Asked, name: str, bucket: str, key: str = "", **params: Any) -> str:
    """The same of a bucket, or of an object in it."""
    arn = f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else "")
    return refused(asked, f"s3:{name}", arn, Bucket=bucket, **params)


def glue(asked: Asked, name: str, database: str, table: str = "") -> str:
    """The same of the catalogue: it, the database and the table must be allowed."""
    root = f"arn:aws:glue:{asked.region}:{asked.caller.account}:"
    arns = [f"{root}catalog", f"{root}database/{database}", *([f"{root}table/{database}/{table}"] if table else [])]
    return next((why for arn in arns if (why := refused(asked, f"glue:{name}", arn))), "")
