"""A scenario's weather: what goes wrong, for whom, where, when and how often, by scenario and by seed."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from irtui.aws.door import Door
from irtui.desk.opening import enter_world
from irtui.errors import AwsFault
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.world import World
from irtui.model.call import Call
from tests.support.stage import operator, over_small

Start = Callable[..., World]
LISTS = 24


def answered(client: Any, operation: str = "list_users", **params: Any) -> str:
    """`ok`, the error code, or `closed`."""
    try:
        getattr(client, operation)(**params)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except ConnectionClosedError:
        return "closed"
    return "ok"


def test_weather_comes_and_goes_by_the_clock(start: Start) -> None:
    """From and until are the scenario's time; times is how many it strikes; a service or operation is hit alone."""
    world = start(
        over_small("""
weather:
  - {effect: throttle, service: iam, operation: ListUsers, from: 10m, until: 20m}
  - {effect: error, service: iam, operation: ListRoles, times: 2}
""")
    )
    iam = operator(world, "iam")
    assert [answered(iam, "list_roles") for _ in range(3)] == ["ServiceUnavailable", "ServiceUnavailable", "ok"]
    assert answered(iam) == "ok"
    world.advance(601)
    assert (answered(iam), answered(iam, "list_groups")) == ("Throttling", "ok")
    world.advance(600)
    assert answered(iam) == "ok"


def test_a_timeout_that_acted_and_one_that_did_not(start: Start) -> None:
    """Both close the connection; only one of the users is there afterwards."""
    world = start(
        over_small("""
weather:
  - {effect: drop, operation: CreateUser, times: 1}
  - {effect: drop_after, operation: CreateUser, from: 10s, times: 1}
""")
    )
    iam = operator(world, "iam")
    assert answered(iam, "create_user", UserName="one") == "closed"
    world.advance(11)
    assert answered(iam, "create_user", UserName="two") == "closed"
    names = {user["UserName"] for user in iam.list_users()["Users"]}
    assert "two" in names
    assert "one" not in names


def test_an_outage_is_of_one_region(start: Start) -> None:
    """Nothing of the Region answers, other Regions do; it ends."""
    world = start(over_small("weather: [{effect: outage, region: eu-west-1, until: 5m}]"))
    there, here = operator(world, "cloudtrail", "eu-west-1"), operator(world, "cloudtrail")
    assert (answered(there, "describe_trails"), answered(here, "describe_trails")) == ("ServiceUnavailable", "ok")
    world.advance(301)
    assert answered(there, "describe_trails") == "ok"


def test_weather_may_strike_one_party_only(start: Start) -> None:
    """The worker loses its connections and that is kept; the operator notices nothing; the judge sees fair weather."""
    world = start(
        over_small("""
weather: [{effect: drop, actor: worker}]
objectives: [{id: a, text: t, kind: unharmed, params: {actor: worker}}]
""")
    )
    assert answered(operator(world, "iam")) == "ok"
    world.advance(700)
    mine = [deed for deed in world.deeds()["deeds"] if deed["actor"] == "worker"]
    assert [(deed["ok"], deed["code"]) for deed in mine] == [(False, "NoAnswer")] * len(mine)
    assert mine
    world.judge()
    assert [deed["ok"] for deed in world.deeds()["tries"] if deed["actor"] == "worker"] == [True]


def test_a_share_is_drawn_by_the_seed(start: Start) -> None:
    """About that share is struck, the same ones for one seed, others for another."""
    scenario = over_small("weather: [{effect: throttle, operation: ListUsers, actor: operator, share: 0.5}]")

    def struck(seed: int) -> list[str]:
        iam = operator(start(scenario, seed=seed), "iam")
        return [answered(iam) for _ in range(LISTS)]

    first, again, other = struck(1), struck(1), struck(2)
    assert first == again != other
    assert 3 < first.count("Throttling") < LISTS - 3


def test_the_operators_session_ends_and_is_renewed_at_the_next_try(start: Start) -> None:
    """The door knows when the session ends; after `expire` the next call says expired, and the one after signs in."""
    world = start(over_small("weather: [{effect: expire, from: 10m}]"))
    clock = ScenarioClock(world, hurry=True)
    entrance = enter_world(world, clock)
    door: Door = entrance.door
    expires = entrance.identity.expires
    assert expires is not None
    assert 3500 < (expires - clock.now()).total_seconds() <= 3600
    clock.sleep(601)
    with pytest.raises(AwsFault) as ended:
        door.read(Call("iam", "ListUsers"))
    assert ended.value.kind == "expired"
    assert door.read(Call("iam", "ListUsers")).data["Users"]
    renewed = door.identity()
    assert renewed.expires is not None
    assert renewed.expires > expires
    assert renewed.arn == entrance.identity.arn
