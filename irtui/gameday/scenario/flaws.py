"""What is wrong with a scenario that no single field shows. Each rule yields (place in the document, words)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from irtui.gameday.handles import TOKEN, names, references
from irtui.gameday.scenario.cast import ANY, OPERATOR, Actor, Conduct, When
from irtui.gameday.scenario.format import Scenario
from irtui.gameday.scenario.keys import nearest
from irtui.gameday.scenario.plan import HERE
from irtui.runbook.load import Path

Flaw = tuple[Path, str]

GIVING = frozenset({
    "sts.AssumeRole", "sts.AssumeRoleWithSAML", "sts.AssumeRoleWithWebIdentity", "sts.AssumeRoot",
    "sts.GetSessionToken", "sts.GetFederationToken", "iam.CreateAccessKey",
})  # fmt: skip
"""Operations whose reply holds credentials."""


def flaws(scenario: Scenario, document: Mapping[str, Any]) -> Iterator[Flaw]:
    """Of the whole scenario; `document` is what the file says, for its references."""
    if not scenario.adversaries:
        yield ("actors",), "there is no actor named adversary, nor one whose role that is"
    yield from _handles(scenario)
    yield from _references(scenario, document)
    for name, actor in scenario.actors.items():
        yield from _actor(scenario, name, actor)
    yield from _seat(scenario)
    yield from _organization(scenario)
    yield from _checkpoint(scenario)
    yield from _weather(scenario)
    yield from _injects(scenario)
    yield from _objectives(scenario)


def _objectives(scenario: Scenario) -> Iterator[Flaw]:
    counted = Counter(objective.id for objective in scenario.objectives)
    for index, objective in enumerate(scenario.objectives):
        at: Path = ("objectives", index)
        if counted[objective.id] > 1:
            yield (*at, "id"), f"there are two objectives {objective.id}"
        if (who := objective.params.get("actor")) is None:
            continue
        if who not in scenario.actors:
            yield (*at, "params", "actor"), f"there is no actor {who}. {nearest(who, scenario.actors)}"
            continue
        ever = {*scenario.actors[who].keys, *scenario.actors[who].gains}
        for number, held in enumerate(objective.params.get("ends", ())):
            if held not in ever:
                yield (*at, "params", "ends", number), f"{who} never holds {held}. {nearest(held, ever)}"


def _handles(scenario: Scenario) -> Iterator[Flaw]:
    plan = scenario.world
    places: list[tuple[Path, str]] = []
    kinds = {"groups": plan.groups, "users": plan.users, "roles": plan.roles, "buckets": plan.buckets}
    kinds |= {"encryption_keys": plan.encryption_keys}
    for kind, things in kinds.items():
        places += [(("world", kind, handle), handle) for handle in things]
    places += [(("accounts", handle), handle) for handle in scenario.accounts]
    for handle, other in scenario.accounts.items():
        for kind, held in (("users", other.users), ("roles", other.roles), ("buckets", other.buckets)):
            places += [(("accounts", handle, kind, each), each) for each in held]
    counted = Counter(handle for _, handle in places)
    for at, handle in places:
        if counted[handle] > 1:
            yield at, f"the handle {handle} stands for more than one thing"
    for handle, count in Counter(scenario.key_handles).items():
        if count > 1:
            yield ("world",), f"the handle {handle} stands for more than one access key"
    accounts = Counter([plan.account, *(other.account for other in scenario.accounts.values())])
    for handle, other in scenario.accounts.items():
        if accounts[other.account] > 1:
            yield ("accounts", handle, "account"), f"account {other.account} stands here twice"
    for handle, user in plan.users.items():
        for index, group in enumerate(user.groups):
            if group not in plan.groups:
                yield (
                    ("world", "users", handle, "groups", index),
                    f"no group {group} in the world. {nearest(group, plan.groups)}",
                )


def _references(scenario: Scenario, document: Mapping[str, Any]) -> Iterator[Flaw]:
    """`${…}` that names nothing, wherever it is filled in."""
    built = set(names(scenario))
    standing = built | {TOKEN} | {f"{handle}.id" for handle in scenario.key_handles}
    standing |= {f"{handle}.{what}" for handle in scenario.world.encryption_keys for what in ("id", "arn")}
    parts: list[tuple[tuple[str, ...], set[str]]] = [((key,), built) for key in ("world", "accounts", "organization")]
    parts += [((key,), standing) for key in ("objectives", "injects")]
    parts.append((("inputs",), standing | {f"{gain}.id" for actor in scenario.actors.values() for gain in actor.gains}))
    parts += [
        (("actors", name), standing | {f"{gained}.id" for gained in actor.gains})
        for name, actor in scenario.actors.items()
    ]
    for at, known in parts:
        value: Any = document
        for key in at:
            value = value.get(key, {})
        for place, reference in references(value, at):
            if reference not in known:
                yield place, f"${{{reference}}} names nothing in this world. {nearest(reference, known)}"


def _actor(scenario: Scenario, name: str, actor: Actor) -> Iterator[Flaw]:
    at: Path = ("actors", name)
    for index, key in enumerate(actor.keys):
        if key not in scenario.key_handles:
            yield (
                (*at, "keys", index),
                f"actor {name}: no access key {key} in the world. {nearest(key, scenario.key_handles)}",
            )
    held, ever = set(actor.keys), {*actor.keys, *actor.gains}
    for index, move in sorted(enumerate(actor.moves), key=lambda each: each[1].at):
        if move.by not in (held if move.at < timedelta() else ever):
            words = f"actor {name}: {move.call} at {move.at} is made by {move.by}, which it does not hold then"
            yield (*at, "moves", index), words
        yield from _conduct((*at, "moves", index), move)
        held |= {move.gains} if move.gains else set()
    for index, use in enumerate(actor.uses):
        if use.by not in ever:
            yield (*at, "uses", index), f"actor {name}: it uses {use.by}, which it never holds. {nearest(use.by, ever)}"
        yield from _conduct((*at, "uses", index), use)
    for gained in sorted(ever - {use.by for use in actor.uses}):
        yield (*at, "uses"), f"actor {name}: {gained} has no use, so nobody can see it cut off"
    if actor.every <= timedelta():
        yield (*at, "every"), f"actor {name}: it never comes to its next turn"
    if actor.jitter < timedelta() or (actor.alert is not None and actor.alert < timedelta()):
        yield at, f"actor {name}: jitter and alert do not go back in time"
    for index, reaction in enumerate(actor.reactions):
        here: Path = (*at, "reactions", index)
        yield from _when(scenario, (*here, "when"), reaction.when, ever)
        if reaction.when.actor:
            yield (*here, "when", "actor"), "an actor reacts to what happens to itself"
        if reaction.after < timedelta() or any(followup.at < timedelta() for followup in reaction.do):
            yield here, f"actor {name}: a reaction comes after its reason"
        for step, followup in enumerate(reaction.do):
            if followup.by not in ever:
                words = f"actor {name}: {followup.call} is made by {followup.by}, which it never holds"
                yield (*here, "do", step), words
            yield from _conduct((*here, "do", step), followup)


def _conduct(at: Path, conduct: Conduct) -> Iterator[Flaw]:
    if conduct.gains and conduct.call not in GIVING:
        yield (*at, "gains"), f"{conduct.call} gives no credentials"


def _when(scenario: Scenario, at: Path, when: When, ever: set[str]) -> Iterator[Flaw]:
    if len(when.kinds) != 1:
        yield at, "exactly one of denied, failed, gone, seen"
    for kind, held in (("denied", when.denied), ("failed", when.failed)):
        if held and held != ANY and held not in ever:
            yield (*at, kind), f"no credential {held} is ever held. {nearest(held, ever)}"
    if when.gone and when.gone not in _principals(scenario):
        yield (*at, "gone"), f"nobody makes a user or role {when.gone}. {nearest(when.gone, _principals(scenario))}"
    if when.seen and when.seen.by not in ("", OPERATOR, *scenario.actors):
        yield (
            (*at, "seen", "by"),
            f"there is no actor {when.seen.by}. {nearest(when.seen.by, (OPERATOR, *scenario.actors))}",
        )


def _principals(scenario: Scenario) -> set[str]:
    """Handles of the world, and names that some actor gives to what it makes."""
    found = {*scenario.world.users, *scenario.world.roles}
    for actor in scenario.actors.values():
        followups = [followup for reaction in actor.reactions for followup in reaction.do]
        for conduct in (*actor.moves, *actor.uses, *followups):
            if conduct.call in ("iam.CreateUser", "iam.CreateRole"):
                found |= {str(conduct.params.get(key)) for key in ("UserName", "RoleName") if key in conduct.params}
    return found


def _seat(scenario: Scenario) -> Iterator[Flaw]:
    seat, plan = scenario.world.operator, scenario.world
    if seat.key not in {key for user in plan.users.values() for key in user.keys}:
        yield ("world", "operator", "key"), f"operator: no access key {seat.key} in the world"
    if seat.role not in plan.roles:
        yield ("world", "operator", "role"), f"operator: no role {seat.role} in the world"


def _organization(scenario: Scenario) -> Iterator[Flaw]:
    if scenario.organization is None:
        return
    whole = scenario.organization
    if whole.management not in (HERE, *scenario.accounts):
        yield ("organization", "management"), f"there is no account {whole.management}"
    for index, member in enumerate(whole.members):
        if member not in scenario.accounts or member == whole.management:
            yield ("organization", "members", index), f"there is no other account {member}"
    for member in whole.delegates:
        if member not in (HERE, *whole.members) or member == whole.management:
            yield ("organization", "delegates", member), f"there is no other account {member}"
    if whole.features and "iam.amazonaws.com" not in whole.trusts:
        yield ("organization", "features"), "IAM's features need trusted access of iam.amazonaws.com"
    for index, policy in enumerate(whole.scps):
        if policy.on not in ("root", HERE, whole.management, *whole.members):
            yield ("organization", "scps", index, "on"), f"no account {policy.on} in this organization"


def _checkpoint(scenario: Scenario) -> Iterator[Flaw]:
    plan = scenario.checkpoint
    if plan is not None and not any(plan.bucket in other.buckets for other in scenario.accounts.values()):
        yield ("checkpoint", "bucket"), f"no other account has a bucket {plan.bucket}"


def _weather(scenario: Scenario) -> Iterator[Flaw]:
    for index, rule in enumerate(scenario.weather):
        at: Path = ("weather", index)
        if rule.from_ < timedelta():
            yield (*at, "from"), "weather comes after the beginning"
        if rule.until is not None and rule.until <= rule.from_:
            yield (*at, "until"), "it ends before it begins"
        if rule.actor not in ("", OPERATOR, *scenario.actors):
            yield (*at, "actor"), f"there is no actor {rule.actor}. {nearest(rule.actor, (OPERATOR, *scenario.actors))}"
        if (rule.effect == "delay") != (rule.seconds > timedelta()):
            yield at, "a delay has seconds, and nothing else has"
        if rule.effect == "expire" and (rule.service or rule.operation or rule.actor or rule.until or rule.region):
            yield at, "expire ends the operator's session at `from`, and takes nothing else"


def _injects(scenario: Scenario) -> Iterator[Flaw]:
    counted = Counter(inject.id for inject in scenario.injects)
    for index, inject in enumerate(scenario.injects):
        at: Path = ("injects", index)
        if counted[inject.id] > 1:
            yield (*at, "id"), f"there are two injects {inject.id}"
        if (inject.at is None) == (inject.when is None):
            yield at, "exactly one of at, when"
        if inject.at is not None and inject.at < timedelta():
            yield (*at, "at"), "it is told after the beginning"
        if inject.when is not None:
            who = inject.when.actor
            if who and who not in scenario.actors:
                yield (*at, "when", "actor"), f"there is no actor {who}"
                continue
            actors = [scenario.actors[who]] if who else list(scenario.adversaries.values())
            ever = {held for actor in actors for held in (*actor.keys, *actor.gains)}
            yield from _when(scenario, (*at, "when"), inject.when, ever)
