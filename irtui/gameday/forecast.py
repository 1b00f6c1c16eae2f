"""A scenario's weather as the simulator makes it, and the end of the operator's session."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime

from irtui.gameday.scenario.format import Scenario, WeatherPlan
from irtui.simulator.weather import Rule


def rules(scenario: Scenario, begins: datetime, seed: int) -> Iterator[Rule]:
    """In the scenario's order; each draws its share from the seed."""
    for number, plan in enumerate(scenario.weather):
        if plan.effect != "expire":
            yield _rule(plan, scenario.world.region, begins, random.Random(f"weather {seed} {number}"))


def expiries(scenario: Scenario, begins: datetime) -> Iterable[datetime]:
    """When the operator's session ends, whatever its length."""
    return (begins + plan.from_ for plan in scenario.weather if plan.effect == "expire")


def _rule(plan: WeatherPlan, region: str, begins: datetime, chance: random.Random) -> Rule:
    return Rule(
        plan.effect,
        plan.service,
        plan.operation,
        seconds=plan.seconds.total_seconds(),
        times=-1 if plan.times is None else plan.times,
        region=plan.region or (region if plan.effect == "outage" else ""),
        actor=plan.actor,
        since=begins + plan.from_,
        until=None if plan.until is None else begins + plan.until,
        share=plan.share,
        chance=chance,
    )
