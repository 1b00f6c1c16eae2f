"""Does AWS have what a scenario's actors call and look for, and does the simulated AWS?"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from importlib.util import find_spec
from typing import Any

from irtui.aws.effects import effect
from irtui.aws.hosts import region_names
from irtui.aws.models import request_shape
from irtui.aws.shapes import ANY, known, misfits, operations, services, typed
from irtui.gameday.handles import references
from irtui.gameday.scenario.cast import Actor, Conduct, Seen
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.keys import nearest
from irtui.gameday.scenario.said import Said
from irtui.model.effect import Effect
from irtui.runbook.load import Path
from irtui.simulator import event_names


def calls(scenario: Scenario) -> Iterator[Said]:
    """Every call of an actor is an operation of AWS with parameters that it takes, and is simulated."""
    for name, actor in scenario.actors.items():
        for place, conduct in _conducts(("actors", name), actor):
            service, _, operation = conduct.call.partition(".")
            if not known(service, operation):
                yield Said((*place, "call"), f"AWS has no operation {conduct.call}", hint=_meant(service, operation))
                continue
            params = {key: ANY if any(references(value)) else value for key, value in conduct.params.items()}
            for misfit in misfits(service, operation, typed(service, operation, params)):
                yield Said((*place, "params", *misfit.at), f"{conduct.call}: {misfit.message}", hint=misfit.hint)
            if conduct.region and conduct.region not in region_names():
                hint = nearest(conduct.region, region_names())
                yield Said((*place, "region"), f"AWS has no Region {conduct.region}", hint=hint)
            if not simulated(service, operation):
                words = f"{conduct.call} is not simulated: here it does nothing, and nobody sees it refused"
                yield Said((*place, "call"), words, "warning", "`irtui rehearse --fidelity` lists what is.")


def watched(scenario: Scenario) -> Iterator[Said]:
    """What somebody reacts to is a change that AWS has."""
    for name, actor in scenario.actors.items():
        for index, reaction in enumerate(actor.reactions):
            if reaction.when.seen is not None:
                yield from _seen(("actors", name, "reactions", index, "when", "seen"), reaction.when.seen)
    for index, inject in enumerate(scenario.injects):
        if inject.when is not None and inject.when.seen is not None:
            yield from _seen(("injects", index, "when", "seen"), inject.when.seen)
    for index, rule in enumerate(scenario.weather):
        if rule.service and rule.service not in services():
            yield Said(
                ("weather", index, "service"), f"AWS has no service {rule.service}", "error", _service(rule.service)
            )
        elif rule.service and rule.operation and not known(rule.service, rule.operation):
            words = f"AWS has no operation {rule.service}.{rule.operation}"
            yield Said(("weather", index, "operation"), words, "error", _meant(rule.service, rule.operation))


def recorded(scenario: Scenario) -> Iterator[Said]:
    """The calls that objectives ask for are events, by the names that CloudTrail gives them."""
    for index, objective in enumerate(scenario.objectives):
        for number, call in enumerate(objective.params.get("calls", ())):
            at: Path = ("objectives", index, "params", "calls", number)
            source, _, event = str(call).partition(".")
            service = event_names.service_of(source)
            events = {event_names.name(service, operation) for operation in operations(service)}
            if source == event_names.source(service) and event in events:
                continue
            if not known(source, event):
                yield Said(
                    at, f"CloudTrail has no event {call}", hint=nearest(event, events) if events else _service(source)
                )
                continue
            named = f"{event_names.source(source)}.{event_names.name(source, event)}"
            yield Said(at, f"CloudTrail has no event {call}", hint=f"It calls it {named}.")


def simulated(service: str, operation: str) -> bool:
    """Whether the simulated AWS answers it; taken for granted where that is not installed."""
    if find_spec("moto") is None:
        return True
    from irtui.simulator import fidelity  # loads moto

    return fidelity.simulated(service, operation)


def _conducts(at: Path, actor: Actor) -> Iterator[tuple[Path, Conduct]]:
    for index, move in enumerate(actor.moves):
        yield (*at, "moves", index), move
    for index, use in enumerate(actor.uses):
        yield (*at, "uses", index), use
    for index, reaction in enumerate(actor.reactions):
        for step, followup in enumerate(reaction.do):
            yield (*at, "reactions", index, "do", step), followup


def _seen(at: Path, seen: Seen) -> Iterator[Said]:
    service, _, operation = seen.call.partition(".")
    if any(letter in seen.call for letter in "*?["):
        there = service in services() and any(fnmatchcase(name, operation) for name in operations(service))
        if not (there or any(letter in service for letter in "*?[")):
            yield Said((*at, "call"), f"no operation of AWS is called like {seen.call}")
        return
    if not known(service, operation):
        yield Said(
            (*at, "call"), f"AWS has no operation {seen.call}, so nobody ever sees it", hint=_meant(service, operation)
        )
        return
    if effect(service, operation) is Effect.READ:
        yield Said((*at, "call"), f"{seen.call} only reads, and only changes are seen")
    members: Mapping[str, Any] = shape.members if (shape := request_shape(service, operation)) else {}
    for key in seen.params:
        if key not in members:
            words = f"{seen.call} has no parameter {key}, so nobody ever sees it"
            yield Said((*at, "params", key), words, hint=nearest(key, members))


def _meant(service: str, operation: str) -> str:
    there = operations(service)
    return nearest(operation, there) if there else _service(service)


def _service(name: str) -> str:
    return f"Services are called as in boto3. {nearest(name, services())}"
