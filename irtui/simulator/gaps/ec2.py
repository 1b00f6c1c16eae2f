"""Of EC2 only which Regions an account has: the world's own, us-east-1, and those in which something happened."""

from collections.abc import Mapping
from typing import Any

from irtui.simulator.answers import Refusal
from irtui.simulator.delivery import HOME
from irtui.simulator.world import Asked, Gap


def describe_regions(asked: Asked) -> Mapping[str, Any]:
    """Filters are not simulated; every Region that is there is enabled by default."""
    world, wanted = asked.world, list(asked.params.get("RegionNames") or ())
    there = sorted({HOME, world.region} | world.events.regions(asked.caller.account))
    if unknown := [name for name in wanted if name not in there]:
        raise Refusal("InvalidParameterValue", f"Invalid region: {unknown[0]}")
    return {
        "Regions": [
            {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": "opt-in-not-required"}
            for name in wanted or there
        ]
    }


OPERATIONS: Mapping[str, Gap] = {"DescribeRegions": describe_regions}
