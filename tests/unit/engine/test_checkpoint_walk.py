"""A signed checkpoint beside the walk: planned, judged and written ahead like any change; nothing waits for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.desk.opening import enter_world
from irtui.engine import checkpointing
from irtui.engine.operator import AddNote, Checkpoint, CloseIncident, RunStep, UndoStep
from irtui.gameday.clock import ScenarioClock
from irtui.gameday.scenario import load_scenario, scenario_names
from irtui.gameday.world import World
from irtui.guards.situation import Limits
from irtui.journal.anchor import anchor_in
from irtui.journal.note import parse_note
from irtui.journal.verify import verify
from irtui.model.checkpoint import CheckpointBucket
from tests.support.bench_of_one import Bench, Human
from tests.support.stage import operator
from tests.support.vaulted import ACCOUNT, BUCKET, INCIDENT, vaulted

RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  user: {type: user, title: User}
steps:
  - id: seen
    phase: analyze
    title: Who?
    call: iam.GetUser
    with: {UserName: "${{ inputs.user }}"}
    evidence: true
  - id: deny
    phase: contain
    title: Deny
    call: iam.PutUserPolicy
    with: {UserName: "${{ inputs.user }}", PolicyName: irtui, PolicyDocument: {Version: "2012-10-17", Statement: [
      {Effect: Deny, Action: "*", Resource: "*"}]}}
    needs: [seen]
    verify:
      call: iam.GetUserPolicy
      with: {UserName: "${{ inputs.user }}", PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
    undo:
      call: iam.DeleteUserPolicy
      with: {UserName: "${{ inputs.user }}", PolicyName: irtui}
"""
VAULT = CheckpointBucket(f"s3://{BUCKET}/irtui", ACCOUNT, 30)
EACH = ["plan", "judge", "decide", "intent", "evidence", "outcome", "check", "anchor"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(vaulted(), seed=3, folder=tmp_path_factory.mktemp("bucket"))
    yield started
    started.stop()


@pytest.fixture
def bench(world: World, tmp_path: Path) -> Iterator[Bench]:
    """An incident of its own id in a world that the tests share; the user is as before, afterwards."""
    world.weather()
    opened = sit(world, tmp_path)
    yield opened
    world.weather()
    opened.walk(UndoStep("deny"))
    opened.journal.release()


def sit(world: World, folder: Path, bucket: CheckpointBucket | None = VAULT, **more: Any) -> Bench:
    door = enter_world(world, ScenarioClock(world, True)).door
    name = f"INC-{sum(map(ord, str(folder)))}-{folder.name[-20:].upper()}"
    return Bench(folder, RUNBOOK, door=door, now=world.now(), inputs={"user": "ci"}, bucket=bucket, name=name, **more)


def aside(bench: Bench) -> list[str]:
    """What was recorded of checkpoints."""
    calls = {call.seq for call in bench.state.step("journal.checkpoint").calls}
    return [
        record.type
        for record in bench.journal.records
        if record.type == "anchor"
        or record.body.get("step") == "journal.checkpoint"
        or record.body.get("intent") in calls
    ]


def put(world: World, key: str) -> Any:
    return operator(world, "s3").get_object(Bucket=BUCKET, Key=key)


def test_one_command_puts_a_note_that_nobody_can_take_back(bench: Bench, world: World) -> None:
    """It lies in the other account's bucket, locked for 30 days, signed by the incident's key; the journal was told
    before and after, and counts from there; nobody was asked anything."""
    human = bench.walk(Checkpoint())

    assert aside(bench) == EACH and not human.confirmations and not human.questions
    [anchored] = [record for record in bench.journal.records if record.type == "anchor"]
    seq, head = anchored.body["seq"], anchored.body["head"]
    assert bench.state.told == seq and human.told[-1].title == f"Anchored to #{seq}"
    where, _, version = anchored.body["where"].partition("?versionId=")
    key = f"irtui/{bench.state.id}/{seq:08}.note"
    assert where == f"s3://{BUCKET}/{key}"
    found = put(world, key)
    assert found["VersionId"] == version and found["ObjectLockMode"] == "COMPLIANCE"
    assert 29 < (found["ObjectLockRetainUntilDate"] - world.now()).days + 1 <= 31
    note = parse_note(found["Body"].read())
    assert (note.incident, note.mode, note.seq, note.sha256) == (bench.state.id, "rehearsal", seq, head)
    assert note.signed_by(bench.signer.public)
    assert verify(bench.folder, anchors=[anchor_in(note)]).anchored == seq


def test_a_second_one_covers_what_came_since(bench: Bench) -> None:
    """Each has a name of its own; none is written over, and the count moves on."""
    bench.walk(Checkpoint(), AddNote("went on"), Checkpoint())

    covered = [record.body["seq"] for record in bench.journal.records if record.type == "anchor"]
    assert len(covered) == 2 and covered[0] < covered[1] == bench.state.told


@pytest.mark.parametrize(
    ("bucket", "words"),
    [
        (None, "No bucket is named"),
        (CheckpointBucket("s3://nowhere-444", ACCOUNT), "Nobody can see whether"),
        (CheckpointBucket(f"s3://{BUCKET}", INCIDENT), "Nobody can see whether"),
    ],
)
def test_what_is_no_place_for_it_is_refused_before_anything_is_sent(
    world: World, tmp_path: Path, bucket: CheckpointBucket | None, words: str
) -> None:
    """No bucket, one that nobody lets us see, and one of another account than was named: told, and nothing is sent."""
    bench = sit(world, tmp_path, bucket)
    human = bench.walk(Checkpoint(), AddNote("on"))
    assert words in " ".join(message.text for message in human.told)
    assert aside(bench) == (["fail"] if bucket else []) and bench.state.notes == ("on",)
    bench.journal.release()


def test_a_read_only_incident_stays_read_only(world: World, tmp_path: Path) -> None:
    """The guards judge it like any change: while changes are not allowed nothing is sent."""
    bench = sit(world, tmp_path, unlocked=False)
    human = bench.walk(Checkpoint())
    assert aside(bench) == ["plan", "judge"] and "read-only" in human.told[-1].text
    bench.journal.release()


def test_a_large_incident_has_its_checkpoints_too(world: World, tmp_path: Path) -> None:
    """What a guard would ask of a change over the limit, who named the bucket has answered; the verdicts are kept."""
    bench = sit(world, tmp_path, limits=Limits(other=0))
    bench.walk(Checkpoint())
    [judged] = [record.body for record in bench.journal.records if record.type == "judge"]
    asks = {verdict["guard"] for verdict in judged["verdicts"] if verdict["ruling"] == "ASK"}
    assert asks == {"irreversible", "blast_radius"} and judged["result"] == "ASK" and bench.state.told > 0
    [decided] = [record.body for record in bench.journal.records if record.type == "decide"]
    assert (decided["by"], decided["digest"]) == ("settings", judged["digest"])
    bench.journal.release()


@pytest.mark.parametrize("effect", ["deny", "drop", "throttle"])
def test_what_fails_is_recorded_and_holds_nothing_up(bench: Bench, world: World, effect: str) -> None:
    """Denied, cut off or throttled: said once, unanchored as before, containing goes on; later it works."""
    world.weather({"effect": effect, "service": "s3", "operation": "PutObject", "actor": "operator"})
    human = bench.walk(Checkpoint(), RunStep("deny"))
    assert bench.status("deny") in ("done", "settling") and bench.state.told == 0
    assert [message.title for message in human.told].count("No checkpoint") == 1
    assert ("unknown" if effect == "drop" else "outcome") in aside(bench)
    world.weather()
    bench.walk(Checkpoint())
    assert bench.state.told > 0


def test_a_bucket_that_does_not_answer_is_not_waited_for(
    bench: Bench, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent the operator has the turn back, whatever the network does; nothing comes later."""
    monkeypatch.setattr(checkpointing, "PATIENCE", 0.05)
    world.weather({"effect": "delay", "service": "s3", "operation": "GetObjectLockConfiguration", "seconds": 1})
    human = bench.walk(Checkpoint(), RunStep("deny"))
    assert "did not answer" in human.told[0].text and aside(bench) == ["fail"]
    assert bench.status("deny") in ("done", "settling")


def test_one_of_which_nobody_knows_is_looked_for_when_asked_again(bench: Bench, world: World) -> None:
    """It came there and the answer was lost: the next command finds it, says where it lies, and puts a newer one."""
    world.weather({"effect": "drop_after", "service": "s3", "operation": "PutObject", "times": 1})
    bench.walk(Checkpoint())
    assert bench.state.told == 0 and bench.state.step("journal.checkpoint").status == "in doubt"
    bench.again()
    bench.walk(AddNote("nothing asks for it"))
    assert bench.state.told == 0
    bench.walk(Checkpoint())
    found = [record.body for record in bench.journal.records if record.type in ("reconcile", "anchor")]
    assert [body.get("found", "anchor") for body in found] == ["applied", "anchor", "anchor"]
    assert put(world, found[1]["where"].removeprefix(f"s3://{BUCKET}/"))


def test_by_itself_it_comes_after_what_contains_and_before_the_close(world: World, tmp_path: Path) -> None:
    """Where that is wished: not while a containing step is open, then once, and once more before the close record."""
    bench = sit(world, tmp_path, CheckpointBucket(VAULT.bucket, ACCOUNT, 30, automatic=True))
    bench.walk(AddNote("not yet"))
    assert aside(bench) == []
    bench.walk(RunStep("deny"), AddNote("and on"))
    assert aside(bench) == EACH and bench.state.told > bench.state.acted
    bench.walk(UndoStep("deny"))
    bench.walk(CloseIncident("over"))
    records = bench.journal.records
    assert [record.type for record in records[-2:]] == ["anchor", "close"]
    assert records[-1].seq - records[-2].body["seq"] == len(EACH) + 1


def test_a_close_whose_checkpoint_fails_is_asked_about(world: World, tmp_path: Path) -> None:
    """After the close there is no key for one: it stays open, or is closed without it, as the operator says."""
    bench = sit(world, tmp_path, CheckpointBucket("s3://nowhere-444", ACCOUNT, 30, automatic=True))
    human = Human([], bench.clock)
    human.choice = "keep-open"
    bench.walk(CloseIncident("over"), human=human)
    assert not bench.state.closed and "Unanchored since #1" in human.questions[-1].text
    human.choice = "close"
    bench.walk(CloseIncident("over"), human=human)
    assert bench.state.closed


def test_a_bucket_of_ones_own(world: World, tmp_path: Path) -> None:
    """One that is not there, or without a lock, is no place for it; one of the account that is under attack is better
    than nothing, and the operator is told what it is."""
    iam, policy = operator(world, "iam"), {"RoleName": "admin", "PolicyName": "all-of-s3"}
    everything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    iam.put_role_policy(**policy, PolicyDocument=everything)
    world.advance(10)
    told = []
    for number, made in enumerate((None, {}, {"ObjectLockEnabledForBucket": True})):
        if made is not None:
            operator(world, "s3").create_bucket(Bucket=f"own-{number}", **made)
        bench = sit(world, tmp_path / str(number), CheckpointBucket(f"s3://own-{number}", INCIDENT, 30))
        told.append(bench.walk(Checkpoint()).told[-1])
        bench.journal.release()
    assert ["has no Object Lock, or is not there" in message.text for message in told] == [True, True, False]
    assert told[-1].title == "A weak place for a checkpoint" and bench.state.told > 0
    iam.delete_role_policy(**policy)


@pytest.mark.deep
def test_a_game_day_that_names_a_bucket_takes_checkpoints(tmp_path: Path) -> None:
    """The responder of the shipped scenario may put one where its world says; the shipped policies suffice."""
    named = [scenario for scenario in map(load_scenario, scenario_names()) if scenario.checkpoint]
    assert named
    for scenario in named:
        started = World.start(scenario, seed=1, folder=tmp_path / scenario.name)
        try:
            assert started.checkpoint is not None
            bench = sit(started, tmp_path / scenario.name, started.checkpoint, account=started.account)
            bench.walk(Checkpoint())
            assert bench.state.told > 0
        finally:
            started.stop()
