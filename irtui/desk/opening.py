"""Doors and briefings: what is looked at before an incident is opened."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from irtui.aws.door import Door
from irtui.aws.effects import effect
from irtui.aws.live import open_live
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.aws.wire import Transport
from irtui.clock import Clock
from irtui.desk.inputs import flaw_of
from irtui.desk.nouns import Field, Request
from irtui.desk.offers import offers
from irtui.errors import Denied, Problem, RunbookError, UsageError
from irtui.gameday.world import World
from irtui.lint.check import lint
from irtui.model.effect import Effect
from irtui.model.identity import Identity
from irtui.model.runbook import CallBody, ChildBody, Runbook
from irtui.redact import masked_text
from irtui.settings.load import Settings

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
AskSecret = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Entrance:
    """An opened way into AWS, and the world behind it in a rehearsal."""

    door: Door
    clock: Clock
    identity: Identity
    world: World | None = None


def enter_live(
    request: Request,
    environ: Mapping[str, str],
    clock: Clock,
    ask_secret: AskSecret,
    transport: Transport | None = None,
) -> Entrance:
    """Raises CredentialsError, AwsFault, and Denied when it is not the account that was asked for."""
    door = open_live(
        profile=request.profile,
        region=request.region,
        environ=environ,
        ask_secret=ask_secret,
        clock=clock,
        transport=transport,
    )
    identity = door.identity()
    pinned(identity, request.account)
    return Entrance(door, clock, identity)


def enter_world(world: World, clock: Clock) -> Entrance:
    """The same through the door to a simulated AWS."""

    def sign_in() -> SignedIn:
        got = world.operator_credentials()
        return SignedIn(got.access_key_id, got.secret_access_key, got.session_token, got.expires)

    door = open_simulated(endpoint_url=world.url, sign_in=sign_in, region=world.region, clock=clock)
    return Entrance(door, clock, door.identity(), world)


def pinned(identity: Identity, account: str) -> None:
    """Refuses another account than the one that was named."""
    if account and identity.account != account:
        raise Denied(
            f"These credentials are for account {identity.account}, not {account}.",
            title="Wrong account",
            advice="Nothing was done. Choose the right profile.",
        )


def usable(runbook: Runbook, children: Mapping[str, Runbook]) -> None:
    """Raises RunbookError for one that lint refuses, and for one that holds a secret."""
    problems: list[Problem] = []
    for each in (runbook, *children.values()):
        problems += [problem for problem in lint(each, children) if problem.level == "error"]
        if masked_text(each.source) != each.source:
            raise RunbookError(f"{each.name} holds what looks like a secret.", advice="Take it out, and rotate it.")
    if problems:
        raise RunbookError(f"{runbook.name}: {len(problems)} problems", tuple(problems))


def unlocks(typed: str, account: str) -> None:
    """Raises UsageError when something else than the last four digits of the account was typed."""
    if typed and typed != account[-4:]:
        raise UsageError(
            f"{typed!r} is not the end of account {account}.",
            title="Wrong account digits",
            advice="Type its last four digits to unlock changes, or nothing to stay read-only.",
        )


def briefing_fields(runbook: Runbook, request: Request, entrance: Entrance) -> tuple[Field, ...]:
    """Each input with what was given for it, or with what the finding and the account offer.

    What may be left out is not asked for: a rehearsal fills in what its finding reports.
    """
    reported = entrance.world.inputs if entrance.world else {}
    given = {**reported, **request.inputs} if request.hurry else request.inputs
    fields = []
    for spec in runbook.inputs:
        told = reported.get(spec.name, "") if spec.optional or spec.default else ""
        value = given.get(spec.name, "") or told or spec.default or ""
        if value or spec.optional:
            fields.append(Field(spec, value, (), flaw_of(spec, value) if value else ""))
        else:
            offered, note = offers(entrance.door, entrance.clock, spec.type)
            named = reported.get(spec.name)
            first = tuple(
                replace(offer, label=f"{offer.label} · reported") for offer in offered if offer.value == named
            )
            rest = tuple(offer for offer in offered if offer.value != named)
            fields.append(Field(spec, "", (*first, *rest), note))
    return tuple(fields)


def warnings(entrance: Entrance, settings: Settings) -> tuple[str, ...]:
    """What the operator should know of themselves before they begin."""
    identity, clock, mode = entrance.identity, entrance.clock, entrance.door.mode
    found = list(entrance.world.caveats) if entrance.world else []
    if entrance.door.ahead:
        seconds = round(entrance.door.ahead.total_seconds())
        found.append(f"AWS's clock is {seconds:+d} s from yours; the times that AWS compares are set by AWS's.")
    if identity.kind == "root":
        found.append("You are the root user. Use a role made for incidents.")
    if mode == "real" and identity.kind == "user" and identity.expires is None:
        found.append("You use a long-term access key. A role session leaves better traces.")
    if identity.expires is not None and identity.expires - clock.now() - entrance.door.ahead < timedelta(minutes=15):
        found.append("Your session ends in less than 15 minutes.")
    if mode == "real" and not settings.protected:
        found.append("No principal is protected: name your break-glass user and role in the settings.")
    return tuple(found)


def asks(runbook: Runbook, children: Mapping[str, Runbook], way: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What will be asked before something changes, in the order of the runbook; of a child where it begins."""
    found: list[str] = []
    for step in runbook.steps:
        if isinstance(step.body, ChildBody) and step.body.runbook in children and step.body.runbook not in way:
            found += asks(children[step.body.runbook], children, (*way, step.body.runbook))
        destroys = isinstance(step.body, CallBody) and effect(step.body.service, step.body.operation) is Effect.DESTROY
        if step.confirm or destroys:
            how = "typed count" if step.for_each else "typed target"
            title = _EXPRESSION.sub("…", step.title)  # nobody knows yet
            found.append(f"{title}: {how}{', cannot be undone' if step.irreversible else ''}")
    return tuple(dict.fromkeys(found))
