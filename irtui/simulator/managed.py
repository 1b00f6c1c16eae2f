"""AWS managed policies, each taken from moto's own copy when somebody first names it.

Loading all of them costs a second of every start; one costs a millisecond. ListPolicies therefore shows only
those that were named.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from irtui.simulator.directory import OF_AWS, PARTITION


def load_named(params: Mapping[str, Any], account: str) -> None:
    """Makes every AWS managed policy that these parameters name one that moto knows in `account`."""
    for arn in _arns(params):
        held = iam_backends[account][PARTITION]
        if arn not in held.managed_policies and (policy := _policy(arn, account)) is not None:
            held.managed_policies[arn] = policy
            held.aws_managed_policies.append(policy)


def _arns(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("arn:aws" + OF_AWS):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _arns(item)


def _policy(arn: str, account: str) -> AWSManagedPolicy | None:
    """None: AWS has no such policy, as far as moto knows."""
    name = arn.rsplit("/", 1)[1]
    mark = f'\n "{name}":'
    start = aws_managed_policies_data.find(mark)
    if start < 0 or '"' in name:
        return None
    data, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, start + len(mark))
    policy = AWSManagedPolicy.from_data(name, account, "us-east-1", data)
    return policy if policy.arn == arn else None
