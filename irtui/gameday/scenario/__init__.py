"""The scenario format: what a file may say, what is wrong with one, where they are found, what a seed makes of one."""

from irtui.gameday.scenario.cast import Actor, Conduct, Followup, Inject, Move, Reaction, Seen, Use, When
from irtui.gameday.scenario.format import ObjectivePlan, Scenario, ScriptedAnswers, WeatherPlan
from irtui.gameday.scenario.library import Scenarios, load_scenario, scenario_names
from irtui.gameday.scenario.parse import parse_scenario
from irtui.gameday.scenario.plan import Bucket, Group, OperatorSeat, Role, User, WorldPlan
from irtui.gameday.spans import Span, span

__all__ = [
    "Actor",
    "Bucket",
    "Conduct",
    "Followup",
    "Group",
    "Inject",
    "Move",
    "ObjectivePlan",
    "OperatorSeat",
    "Reaction",
    "Role",
    "Scenario",
    "Scenarios",
    "ScriptedAnswers",
    "Seen",
    "Span",
    "Use",
    "User",
    "WeatherPlan",
    "When",
    "WorldPlan",
    "load_scenario",
    "parse_scenario",
    "scenario_names",
    "span",
]
