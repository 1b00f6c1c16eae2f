"""The adversary acts by the world's clock and in reaction, with all that it holds, and is kept track of."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from irtui.errors import UsageError
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.scenario import Scenario
from irtui.gameday.scenario.seeds import phase, seeded
from irtui.gameday.world import World
from tests.support.stage import deeds, operator, over_small

Start = Callable[..., World]

BACKDOOR = """
actors:
  adversary:
    moves:
      - {at: -5m, by: leaked, call: iam.CreateUser, params: {UserName: backdoor}}
      - {at: 5m, by: leaked, call: iam.CreateAccessKey, params: {UserName: backdoor}, gains: second,
         source_ip: 192.0.2.99, user_agent: other/2}
      - {at: 6m, by: leaked, call: s3.ListBuckets}
      - at: 7m
        by: leaked
        call: iam.PutUserPolicy
        params:
          UserName: backdoor
          PolicyName: p
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
      - {at: 8m, by: second, call: iam.UpdateAccessKey,
         params: {UserName: backdoor, AccessKeyId: "${second.id}", Status: Active}}
    uses:
      - {by: leaked, call: iam.ListUsers}
      - {by: second, call: sts.GetCallerIdentity}
"""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_moves_after_the_beginning_come_at_their_own_moments(start: Start) -> None:
    """A jump over them all leaves each at its time, by its own address and agent; a refusal is part of the history."""
    world = start(over_small(BACKDOOR))
    began = world.now()
    world.advance(600)
    mine = [event for event in world.events() if event["eventName"] == "CreateAccessKey"][-1]
    assert (mine["sourceIPAddress"], mine["userAgent"]) == ("192.0.2.99", "other/2")
    assert 299 < (moment(mine["eventTime"]) - began).total_seconds() < 302
    told = deeds(world)
    assert ("leaked", "s3.ListBuckets", "AccessDenied") in told
    assert ("leaked", "iam.PutUserPolicy", "") in told
    assert ("second", "iam.UpdateAccessKey", "") in told


def test_the_history_of_deeds_names_every_key_ever_held(start: Start) -> None:
    """Deeds begin with the operator; roles and credentials are told; what the judge lets them try is apart."""
    world = start(over_small(BACKDOOR + "objectives: [{id: a, text: t, kind: cut_off, params: {actor: adversary}}]"))
    world.advance(600)
    before = world.deeds()
    assert world.judge()[0].met is False
    history = world.deeds()
    assert history["deeds"] == before["deeds"]
    assert [(each["by"], each["call"]) for each in history["tries"]][:1] == [("leaked", "iam.ListUsers")]
    assert {name: actor["role"] for name, actor in history["actors"].items()} == {
        "adversary": "adversary", "worker": "workload",
    }  # fmt: skip
    credentials = history["actors"]["adversary"]["credentials"]
    assert credentials["leaked"] == [world.inputs["access_key_id"]]
    assert len(credentials["second"]) == 1
    assert all(moment(history["began"]) <= moment(deed["at"]) <= moment(history["now"]) for deed in history["deeds"])
    assert not any(deed["call"] == "iam.CreateUser" for deed in history["deeds"])


def reacting(when: str, extra: str = "", **actor: str) -> Scenario:
    """The adversary reacts with the creation of a key for jo."""
    more = "".join(f"    {key}: {value}\n" for key, value in actor.items())
    return over_small(f"""
actors:
  adversary:
{more}    uses:
      - {{by: leaked, call: iam.ListUsers}}
      - {{by: session, call: iam.ListRoles}}
      - {{by: second, call: iam.ListUsers}}
    moves: [{{at: -1m, by: leaked, call: sts.AssumeRole,
      params: {{RoleArn: "${{admin.arn}}", RoleSessionName: run}}, gains: session}}]
    reactions:
      - when: {when}
        do: [{{by: session, call: iam.CreateAccessKey, params: {{UserName: jo}}, gains: second}}]
{extra}
world:
  roles:
    admin:
      trust: {{Version: "2012-10-17", Statement: [
        {{Effect: Allow, Principal: {{AWS: ["${{jo.arn}}", "${{ci.arn}}"]}}, Action: "sts:AssumeRole"}}]}}
""")


REACTED = ("session", "iam.CreateAccessKey", "")


def deny(world: World) -> None:
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    operator(world, "iam").put_user_policy(UserName="ci", PolicyName="deny", PolicyDocument=document)


def deactivate(world: World) -> None:
    operator(world, "iam").update_access_key(
        UserName="ci", AccessKeyId=world.inputs["access_key_id"], Status="Inactive"
    )


def delete_bot(world: World) -> None:
    iam = operator(world, "iam")
    key = iam.list_access_keys(UserName="bot")["AccessKeyMetadata"][0]["AccessKeyId"]
    iam.delete_access_key(UserName="bot", AccessKeyId=key)
    iam.delete_user_policy(UserName="bot", PolicyName="all")
    iam.delete_user(UserName="bot")


REASONS: list[tuple[str, Callable[[World], None]]] = [
    ("{denied: leaked}", deny),
    ("{denied: any}", deny),
    ("{failed: leaked}", deactivate),
    ("{gone: bot}", delete_bot),
    ('{seen: {call: "iam.Update*", by: operator, params: {UserName: "${ci.name}"}, contains: Inactive}}', deactivate),
]


@pytest.mark.parametrize(("when", "change"), REASONS, ids=[row[0] for row in REASONS])
def test_each_reason_is_noticed_at_a_turn(start: Start, when: str, change: Callable[[World], None]) -> None:
    """Denied, failed, gone, seen: nothing before the reason, the reaction once after it, what it gains is used on."""
    world = start(reacting(when))
    world.advance(700)
    assert REACTED not in deeds(world)
    change(world)
    world.advance(1300)
    told = deeds(world)
    assert told.count(REACTED) == 1
    assert ("second", "iam.ListUsers", "") in told


def test_another_reason_is_none(start: Start) -> None:
    """A deny is no deactivation, another user's key is not its own, and its own change is nobody else's."""
    extra = """
      - {when: {failed: any}, do: [{by: session, call: iam.ListGroups}]}
      - {when: {seen: {call: "iam.CreateUser"}}, do: [{by: session, call: iam.ListPolicies}]}
"""
    world = start(reacting("{gone: jo}", extra))
    operator(world, "iam").create_access_key(UserName="bot")
    deny(world)
    world.advance(1300)
    made = {call for _, call, _ in deeds(world)}
    assert made.isdisjoint({"iam.CreateAccessKey", "iam.ListGroups", "iam.ListPolicies"})


WATCHFUL = "{seen: {call: iam.UpdateAccessKey}}"
NEW_KEY = """
      - when: {seen: {call: iam.UpdateAccessKey, by: operator}}
        do: [{by: leaked, call: iam.CreateLoginProfile, params: {UserName: bot, Password: Sesame-123!x}}]
"""


@pytest.mark.parametrize(("alert", "code"), [("1s", ""), ("20s", "InvalidClientTokenId")])
def test_an_alert_adversary_acts_before_the_change_is_in_force(start: Start, alert: str, code: str) -> None:
    """A deactivation takes five seconds: after one the key still works, after twenty it does not; time is jumped."""
    world = start(reacting("{gone: jo}", NEW_KEY, alert=alert))
    deactivate(world)
    changed = world.now()
    world.advance(30)
    made = next(deed for deed in world.deeds()["deeds"] if deed["call"] == "iam.CreateLoginProfile")
    assert made["code"] == code
    late = (moment(made["at"]) - changed).total_seconds()
    assert float(alert[:-1]) - 1 < late < float(alert[:-1]) + 0.5


def test_an_alert_adversary_acts_in_real_time_too(start: Start) -> None:
    """Nobody moves the clock: it notices and acts by itself, within the propagation window."""
    world = start(reacting("{gone: jo}", NEW_KEY, alert="1s"))
    deactivate(world)
    changed, deadline = world.now(), time.monotonic() + 30
    while not (made := [d for d in world.deeds()["deeds"] if d["call"] == "iam.CreateLoginProfile"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert 0.5 < (moment(made[0]["at"]) - changed).total_seconds() < 5


def test_a_reaction_may_come_late_in_steps_and_again(start: Start) -> None:
    """`after` and `at` put its calls in their order; without `once` it comes at every turn that has the reason."""
    text = """
      - when: {denied: leaked}
        after: 90s
        once: false
        do:
          - {at: 30s, by: session, call: iam.ListGroups}
          - {by: session, call: iam.ListPolicies}
"""
    world = start(reacting("{gone: jo}", text))
    deny(world)
    world.advance(2400)
    history = world.deeds()["deeds"]
    denied = [deed for deed in history if (deed["by"], deed["code"]) == ("leaked", "AccessDenied")]
    lists = [deed for deed in history if deed["call"] in ("iam.ListGroups", "iam.ListPolicies")]
    assert [deed["call"] for deed in lists[:2]] == ["iam.ListPolicies", "iam.ListGroups"]
    assert 89 < (moment(lists[0]["at"]) - moment(denied[0]["at"])).total_seconds() < 92
    assert 29 < (moment(lists[1]["at"]) - moment(lists[0]["at"])).total_seconds() < 31
    assert len(lists) >= 2 * 3


def test_a_world_that_stands_still_lets_nobody_act(start: Start) -> None:
    """While it is paused no time passes, for the world and the operator's clock alike, and no alert adversary acts."""
    world = start(reacting("{gone: jo}", NEW_KEY, alert="1s"))
    clock = ScenarioClock(world, hurry=True)
    world.pause(True)
    stood, seen, ticks = world.now(), clock.now(), clock.monotonic()
    assert world.paused
    deactivate(world)
    clock.sleep(1.5)
    assert clock.skip(60) is False
    assert (world.now(), clock.now(), clock.monotonic()) == (stood, seen, ticks)
    assert deeds(world) == []
    with pytest.raises(UsageError, match="time stands still"):
        world.advance(5)
    world.pause(False)
    clock.sleep(30)
    assert clock.monotonic() - ticks >= 30
    assert abs((world.now() - clock.now()).total_seconds()) < 1
    assert "iam.CreateLoginProfile" in {call for _, call, _ in deeds(world)}


def test_injects_come_by_the_clock_and_by_what_happens(start: Start) -> None:
    """Each is told once, when it is due: by its time, when a credential fails, when the operator did something."""
    world = start(
        over_small("""
injects:
  - {id: status, at: 10m, from: Head of platform, text: "Is ${ci.name} safe?"}
  - {id: dead, when: {failed: leaked}, text: It is quiet.}
  - {id: noticed, when: {seen: {by: operator, call: "iam.Update*"}}, text: "Who did that?"}
  - {id: never, when: {gone: bot}, text: "Where is it?"}
""")
    )
    assert world.injects() == []
    deactivate(world)
    world.advance(20)
    assert [inject["id"] for inject in world.injects()] == ["noticed"]
    world.advance(1300)
    told = world.injects()
    assert {inject["id"]: inject["text"] for inject in told} == {"status": "Is ci safe?", "dead": "It is quiet."}
    assert [inject["from"] for inject in told if inject["id"] == "status"] == ["Head of platform"]
    assert world.injects() == []


def test_seeds_move_everybody_differently() -> None:
    """Moves keep their order, their side of the beginning and their limits; one seed gives one scenario."""
    scenario = over_small(BACKDOOR.replace("    moves:", "    jitter: 20m\n    moves:"))
    worlds = [seeded(scenario, seed) for seed in range(20)]
    ats: list[Any] = [[move.at for move in world.adversary.moves] for world in worlds]
    assert len({tuple(row) for row in ats}) == 20
    assert seeded(scenario, 3) == worlds[3]
    for row in ats:
        assert row == sorted(row)
        assert [at < timedelta() for at in row] == [True, False, False, False, False]
        assert timedelta(minutes=5.5) >= row[1] >= timedelta(minutes=2.5)
    phases = {phase("adversary", timedelta(minutes=10), seed) for seed in range(20)}
    assert len(phases) == 20
    assert all(timedelta() < each <= timedelta(minutes=10) for each in phases)


NEIGHBOURS = """
background: {days: 30, events: 500}
accounts:
  evil: {account: "999900001111", users: {mallory: {name: mallory, keys: {own: -3d}}}}
  main: {account: "222200001111"}
organization:
  management: main
  scps: [{name: fence, on: world, document: {Version: "2012-10-17", Statement: [
    {Effect: Deny, Action: "iam:ListRoles", Resource: "*"}]}}]
root: {keys: {rooted: -9d}}
actors:
  adversary:
    keys: [leaked, own, rooted]
    uses:
      - {by: own, call: sts.GetCallerIdentity}
      - {by: rooted, call: iam.ListUsers}
      - {by: rooted, call: iam.ListRoles}
      - {by: leaked, call: iam.ListRoles}
"""


def test_a_world_has_neighbours_a_root_user_and_a_past(start: Start) -> None:
    """An attacker's own account, root keys bound by the organization's SCP, and ordinary days before."""
    world = start(over_small(NEIGHBOURS))
    world.advance(700)
    assert deeds(world)[:4] == [
        ("own", "sts.GetCallerIdentity", ""), ("rooted", "iam.ListUsers", ""),
        ("rooted", "iam.ListRoles", "AccessDenied"), ("leaked", "iam.ListRoles", "AccessDenied"),
    ]  # fmt: skip
    bot = operator(world, "cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "bot"}], MaxResults=50
    )
    assert len(bot["Events"]) > 10
