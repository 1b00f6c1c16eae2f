"""Validate, search and the family tree as steps of a runbook: through the engine, over HTTP, into a real journal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from irtui.aws.found import Found
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.errors import AwsFault
from irtui.journal.verify import verify
from irtui.lint.check import lint
from irtui.lint.permissions import least_privilege
from irtui.runbook.parse import parse_runbook
from tests.support.bench_of_one import Bench, CloseIncident, Human
from tests.support.forensics import RUNBOOK, Leaving, Scene, WithTheWorld, evidence_of, walked


def test_validate_search_and_tree_are_steps_whose_reports_are_evidence(scene: Scene, tmp_path: Path) -> None:
    """The journal verifies; each report is in the evidence by its hash; the tree has members that only S3 tells of."""
    bench = walked(scene, tmp_path)
    whole, found, family = (evidence_of(bench, name) for name in ("whole", "found", "family"))
    assert bench.status("whole") == bench.status("found") == "done", [step.reason for step in bench.state.steps]
    assert whole["verdict"] == "valid" and whole["digests"]["valid"] >= 2 and whole["lanes"]
    assert found["followed"] == list(scene.sessions) and found["findings"] == [] and found["count"] >= 3
    assert {one["event"]["eventName"] for one in found["events"]} >= {"AssumeRole", "CreateUser"}
    members = {node["id"]: node["parent"] for node in family["nodes"]}
    assert set(scene.sessions) <= members.keys()
    assert members["role/far"] == scene.sessions[0] and members["user/ghost"] == scene.sessions[1]
    assert family["state"] == "open" and any("LookupEvents" in gap for gap in family["gaps"])
    assert verify(bench.folder).verdict == "complete", verify(bench.folder)


def test_the_blind_windows_are_a_step_of_their_own(scene: Scene, tmp_path: Path) -> None:
    """A row for Event history and one for the trail; who may not ask Event history is told so, as a gap."""
    bench = walked(scene, tmp_path)
    blind = evidence_of(bench, "blind")
    assert [(row["source"], row["region"]) for row in blind["rows"]] == [
        ("Event history", "us-east-1"), ("trail main", "us-east-1"),
    ]  # fmt: skip
    assert {window["cause"] for window in blind["rows"][0]["windows"]} >= {"refused"}
    assert all(isinstance(value, int) for value in blind["minutes"].values()), "as evidence holds it"
    kept = bench.state.step("blind")
    assert kept.status == "done" and any("LookupEvents" in gap for gap in kept.gaps)
    assert blind["whole"] is False and blind["blind_count"] == len(blind["blind"]) > 0


def test_without_the_search_the_tree_ends_at_the_key(scene: Scene, tmp_path: Path) -> None:
    """Event history refused, nothing but the key's own user is known: what the search adds is really from S3."""
    text = RUNBOOK.replace("      events: ${{ steps.found.family_events }}\n", "")
    family = evidence_of(walked(scene, tmp_path, text), "family")
    assert [node["id"] for node in family["nodes"]] == [scene.leaked]


def test_secrets_of_events_are_not_in_the_evidence(scene: Scene, tmp_path: Path) -> None:
    """The session token that CloudTrail recorded with AssumeRole stands nowhere in the incident's folder."""
    bench = walked(scene, tmp_path)
    logs = scene.trailed.keys()
    (log,) = (key for key in logs if "hop2" in json.dumps(scene.trailed.read(key)))
    assert "sessionToken" in json.dumps(scene.trailed.read(log))
    kept = b"".join(path.read_bytes() for path in bench.folder.rglob("*") if path.is_file())
    assert b'"sessionToken":"[masked]"' in kept and b"FwoGZXIvYXdz" not in kept


def test_a_missing_log_is_a_verdict_and_no_failure(scene: Scene, tmp_path: Path) -> None:
    """The action reports invalid and names what is missing; only the runbook's own `verify` makes the step fail."""
    trailed, folder = scene.trailed, tmp_path / "free"
    gone = trailed.keys()[0]
    body = trailed.s3.get_object(Bucket=trailed.bucket, Key=gone)["Body"].read()
    trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    try:
        free = walked(scene, folder, RUNBOOK.replace("    verify: {until: \"verdict == 'valid'\"}\n", ""))
        strict = walked(scene, tmp_path)
    finally:
        trailed.s3.put_object(Bucket=trailed.bucket, Key=gone, Body=body)
    whole = evidence_of(free, "whole")
    assert (whole["verdict"], whole["missing_keys"]) == ("invalid", [f"s3://{trailed.bucket}/{gone}"])
    assert free.status("whole") == "done" and strict.status("whole") == "failed"
    assert "1 log missing" in strict.state.step("whole").reason


@pytest.mark.parametrize(("step", "which"), [("whole", 1), ("found", 2), ("blind", 3)])
def test_leaving_ends_a_long_reading_and_coming_back_begins_it_anew(
    scene: Scene, tmp_path: Path, step: str, which: int
) -> None:
    """Nothing is recorded of a reading that was left in the middle, nothing more is asked; the step is as it was."""
    door, world = Leaving(scene.door), scene.trailed.lab.world
    inputs = {"access_key_id": scene.leaked, "trail_arn": scene.trailed.arn}
    bench = Bench(tmp_path, RUNBOOK, door=door, now=world.now(), inputs=inputs)
    opened: list[int] = []

    def leave() -> None:
        opened.append(len(world.requests()))
        if len(opened) == which:
            bench.run.stop()

    door.meanwhile = leave
    human = bench.walk()
    assert bench.status(step) == "todo" and human.told == []
    assert not any(record.body.get("step") == step for record in bench.journal.records)
    assert len(opened) == which and len(world.requests()) == opened[-1], "something was asked after leaving"
    bench.again()
    bench.walk(CloseIncident("done"))
    assert bench.status(step) == bench.status("found") == "done"


def test_a_session_that_ends_in_the_middle_is_no_finding_of_the_trail(scene: Scene, tmp_path: Path) -> None:
    """`unchecked` because of our own session would be recorded as the trail's state: one signs in again instead."""
    door = Leaving(scene.door)

    def expired() -> None:
        raise AwsFault("expired", "ExpiredToken", "the session has ended", call="s3.GetObject")

    inner = scene.door.objects()

    @contextmanager
    def get(bucket: str, key: str) -> Iterator[Found]:
        expired()
        yield Found(iter(()), {})

    inner.get = get
    door.objects = lambda session="caller": inner  # type: ignore[method-assign]
    bench = Bench(
        tmp_path, RUNBOOK, door=door, now=scene.trailed.lab.world.now(),
        inputs={"access_key_id": scene.leaked, "trail_arn": scene.trailed.arn},
    )  # fmt: skip
    human = bench.walk()
    assert [message.title for message in human.told] == ["The AWS session has ended"]
    assert "observe" not in bench.types() and bench.status("whole") == "todo"


def test_what_runs_long_tells_what_it_is_at(scene: Scene, tmp_path: Path) -> None:
    """The faces hear of files that were checked while the step goes on, and not more often than every few seconds."""
    inputs = {"access_key_id": scene.leaked, "trail_arn": scene.trailed.arn}
    door = Leaving(scene.door)
    bench = Bench(tmp_path, RUNBOOK, door=door, now=scene.trailed.lab.world.now(), inputs=inputs)
    door.meanwhile = lambda: bench.clock.sleep(60)  # a minute goes by
    heard: list[str] = []
    human = Human([], bench.clock)
    human.progress = lambda progress: heard.append(progress.text)  # type: ignore[method-assign]
    bench.walk(human=human)
    assert heard[0] == "Are the logs whole? …"
    assert heard[1].startswith("Are the logs whole? … 1 files and hours checked") and heard[2] == ""
    assert heard[3] == "What was done with the key? …" and "logs or Regions read" in heard[4]


def test_the_runbook_lints_and_its_policy_is_enough(scene: Scene, tmp_path: Path) -> None:
    """No finding; and a responder who may do exactly what the policy says plays it to the end."""
    runbook = parse_runbook(RUNBOOK, "trail-forensics.yaml")
    assert [str(problem) for problem in lint(runbook, {})] == []
    policy = least_privilege(runbook, {})
    lab = scene.trailed.lab
    made = lab.user("narrow", *policy["Statement"])["AccessKey"]
    lab.world.advance(60)
    door = open_simulated(
        endpoint_url=lab.world.url, region="us-east-1", clock=WithTheWorld(lab.world),
        sign_in=lambda: SignedIn(made["AccessKeyId"], made["SecretAccessKey"]),
    )  # fmt: skip
    bench = walked(scene, tmp_path, RUNBOOK.partition("  - id: family")[0], door)
    assert bench.status("whole") == bench.status("found") == bench.status("blind") == "done"
    assert [step.gaps for step in bench.state.steps] == [(), (), ()]
    history, main = evidence_of(bench, "blind")["rows"]
    assert {window["state"] for window in history["windows"]} == {"covered", "unknown"}
    assert "covered" in {window["state"] for window in main["windows"]}
