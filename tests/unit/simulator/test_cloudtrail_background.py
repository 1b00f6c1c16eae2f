"""The everyday of an account, in the history: plausible, the same for one seed, quick to write and to search."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from irtui.simulator.background import Regular, write
from irtui.simulator.world import SimulatedWorld

ACCOUNT = "111122223333"


def regular(name: str, habit: str = "workload", **more: object) -> Regular:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return Regular(name, arn, f"AIDA{name.upper()}", f"AKIA{name.upper()}", habit=habit, **more)  # type: ignore[arg-type]


EVERYBODY = (regular("nightly"), regular("shop"), regular("ada", "person"), regular("bob", "person"))


@pytest.fixture(scope="module")
def world() -> SimulatedWorld:
    made = SimulatedWorld(ACCOUNT, "eu-central-1", "token", 7)
    assert write(made, EVERYBODY, days=90, events=50_000, seed=3) == 50_000
    return made


def found(world: SimulatedWorld, region: str, attribute: str, value: str) -> list[dict[str, object]]:
    pairs = world.events.newest(ACCOUNT, region, attribute, value, since=0, until=1e12, before=None)
    return [record for _, record in pairs]


def test_fifty_thousand_events_of_ninety_days(world: SimulatedWorld) -> None:
    """They are in the order of time, in the past, within the days asked for, by everybody, each with its own id."""
    times = [datetime.fromisoformat(record["eventTime"]) for record in world.events]
    now = world.clock.now()
    assert times == sorted(times)
    assert now - timedelta(days=90, hours=1) < times[0] < now - timedelta(days=89)
    assert now - timedelta(days=4) < times[-1] < now
    assert len({record["eventID"] for record in world.events}) == len(world.events) == 50_000
    who = Counter(record["userIdentity"]["userName"] for record in world.events)
    assert set(who) == {"nightly", "shop", "ada", "bob"}
    assert who["nightly"] > 3 * who["ada"] > 0


def test_people_work_by_day_and_programs_do_not_sleep(world: SimulatedWorld) -> None:
    """Nobody of flesh calls on a Sunday or at three in the night; workloads do."""
    people = [datetime.fromisoformat(str(r["eventTime"])) for r in found(world, "eu-central-1", "Username", "ada")]
    assert not [moment for moment in people[10:-10] if moment.weekday() == 6 or moment.hour == 3]
    programs = [datetime.fromisoformat(str(r["eventTime"])) for r in found(world, "eu-central-1", "Username", "shop")]
    assert {moment.hour for moment in programs} == set(range(24))


def test_background_is_found_by_every_attribute_and_told_apart(world: SimulatedWorld) -> None:
    """IAM's is in us-east-1, the rest at home; what is told of the world leaves all of it out."""
    assert {r["eventSource"] for r in found(world, "us-east-1", "AccessKeyId", "AKIAADA")} == {"iam.amazonaws.com"}
    assert {r["eventName"] for r in found(world, "eu-central-1", "EventName", "Decrypt")} == {"Decrypt"}
    one = world.events[25_000]
    assert found(world, one["awsRegion"], "EventId", one["eventID"]) == [one]
    assert found(world, "ap-south-1", "EventId", one["eventID"]) == []
    assert world.events.told() == []


def test_one_seed_gives_one_history() -> None:
    """The same seed at the same moment writes the same records, another seed others."""
    worlds = [SimulatedWorld(ACCOUNT, "eu-central-1", "token", seed) for seed in (7, 7, 8)]
    moment = worlds[0].clock.now().replace(hour=23, minute=59, second=0, microsecond=0)
    for world in worlds:
        world.clock.set(moment)
        write(world, EVERYBODY, days=30, events=200, seed=3)
        world.clock.restore()
    first, again, other = ([(r["eventTime"], r["eventName"], r["eventID"]) for r in w.events] for w in worlds)
    assert first == again != other


def test_nothing_before_a_principal_was_there() -> None:
    """Who was made a week ago has no history before; an unknown habit is refused."""
    world = SimulatedWorld(ACCOUNT, "eu-central-1", "token", 7)
    since = world.clock.now() - timedelta(days=7)
    write(world, [regular("young", since=since), regular("old")], days=90, events=400)
    young = [r for r in world.events if r["userIdentity"]["userName"] == "young"]
    assert len(young) == 200
    assert min(datetime.fromisoformat(r["eventTime"]) for r in young) >= since.replace(microsecond=0)
    with pytest.raises(ValueError, match="unknown habit"):
        write(world, [regular("cat", "cat")])


def test_late_records_find_their_place() -> None:
    """A record older than the last is put where its time is, and found there."""
    world = SimulatedWorld(ACCOUNT, "eu-central-1", "token", 7)
    write(world, [regular("old")], days=2, events=50)
    last = world.events[-1]
    late = last | {"eventID": "late", "eventTime": world.events[10]["eventTime"]}
    world.events.append(late)
    assert world.events[-1] == last
    assert world.events.told() == [late]
    assert late in world.events[10:14]
    assert found(world, late["awsRegion"], "EventId", "late") == [late]
