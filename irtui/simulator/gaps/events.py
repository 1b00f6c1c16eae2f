"""Rules of EventBridge that are kept and shown: no event ever reaches a target of one.

Of the default bus only, by a pattern; the target's account, policy and existence are not asked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.simulator.answers import NOT_SIMULATED, Refusal
from irtui.simulator.world import Asked, Gap


@dataclass(slots=True)
class _Rule:
    told: dict[str, Any]
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)


def put_rule(asked: Asked) -> Mapping[str, Any]:
    params, place = asked.params, _place(asked, str(asked.params["Name"]))
    if params.get("ScheduleExpression") or not params.get("EventPattern"):
        raise Refusal(NOT_SIMULATED, "rules without a pattern are not simulated", 501)
    try:
        fits = isinstance(json.loads(str(params["EventPattern"])), dict)
    except ValueError:
        fits = False
    if not fits:
        raise Refusal("InvalidEventPatternException", "Event pattern is not valid.")
    arn = f"arn:aws:events:{asked.region}:{asked.caller.account}:rule/{params['Name']}"
    told = {name: params[name] for name in ("Name", "EventPattern", "Description", "RoleArn") if params.get(name)}
    told |= {"Arn": arn, "State": params.get("State", "ENABLED"), "EventBusName": "default"}
    rules = _rules(asked)
    rules[place] = _Rule(told, rules[place].targets if place in rules else {})
    return {"RuleArn": arn}


def describe_rule(asked: Asked) -> Mapping[str, Any]:
    return {**_rule(asked, "Name").told, "CreatedBy": asked.caller.account}


def list_rules(asked: Asked) -> Mapping[str, Any]:
    """`NamePrefix` is heeded; everything comes on one page."""
    start = str(asked.params.get("NamePrefix", ""))
    here = (asked.caller.account, asked.region)
    found = [one.told for place, one in sorted(_rules(asked).items()) if place[:2] == here]
    return {"Rules": [told for told in found if told["Name"].startswith(start)]}


def disable_rule(asked: Asked) -> Mapping[str, Any]:
    _rule(asked, "Name").told["State"] = "DISABLED"
    return {}


def enable_rule(asked: Asked) -> Mapping[str, Any]:
    _rule(asked, "Name").told["State"] = "ENABLED"
    return {}


def delete_rule(asked: Asked) -> Mapping[str, Any]:
    """One that is not there is deleted too, as AWS does it."""
    place = _place(asked, str(asked.params["Name"]))
    found = _rules(asked).get(place)
    if found is not None and found.targets:
        raise Refusal("ValidationException", "Rule can't be deleted since it has targets.")
    _rules(asked).pop(place, None)
    return {}


def put_targets(asked: Asked) -> Mapping[str, Any]:
    rule = _rule(asked, "Rule")
    rule.targets |= {str(target["Id"]): dict(target) for target in asked.params["Targets"]}
    return {"FailedEntryCount": 0, "FailedEntries": []}


def list_targets_by_rule(asked: Asked) -> Mapping[str, Any]:
    return {"Targets": list(_rule(asked, "Rule").targets.values())}


def remove_targets(asked: Asked) -> Mapping[str, Any]:
    rule = _rule(asked, "Rule")
    for name in asked.params["Ids"]:
        rule.targets.pop(str(name), None)
    return {"FailedEntryCount": 0, "FailedEntries": []}


def _rules(asked: Asked) -> dict[tuple[str, str, str], _Rule]:
    return asked.world.rules


def _place(asked: Asked, name: str) -> tuple[str, str, str]:
    if asked.params.get("EventBusName", "default") != "default":
        raise Refusal(NOT_SIMULATED, "other buses than the default one are not simulated", 501)
    return (asked.caller.account, asked.region, name)


def _rule(asked: Asked, member: str) -> _Rule:
    name = str(asked.params[member])
    found = _rules(asked).get(_place(asked, name))
    if found is None:
        raise Refusal("ResourceNotFoundException", f"Rule {name} does not exist on EventBus default.")
    return found


OPERATIONS: Mapping[str, Gap] = {
    "PutRule": put_rule,
    "DescribeRule": describe_rule,
    "ListRules": list_rules,
    "DisableRule": disable_rule,
    "EnableRule": enable_rule,
    "DeleteRule": delete_rule,
    "PutTargets": put_targets,
    "ListTargetsByRule": list_targets_by_rule,
    "RemoveTargets": remove_targets,
}
