"""A read whose good answer is "not there": declared by `absent: ok`, over HTTP, against a bucket without a policy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.aws.simulated import SignedIn, open_simulated
from irtui.cli.present import found, step_block
from irtui.clock import ManualClock
from irtui.engine.operator import RunStep
from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from irtui.journal.read import read_evidence
from irtui.lint.check import lint
from irtui.report.difference import after_lines
from irtui.runbook.parse import parse_runbook
from irtui.tui.present.result import result_lines
from tests.support.bench_of_one import Bench
from tests.support.lab import LAB, Lab

RUNBOOK = """
runbook: test
title: Test
version: "1"
severity: high
use_when: For tests.
inputs:
  bucket: {type: bucket, title: Bucket}
steps:
  - id: policy
    phase: analyze
    title: What does its policy say?
    call: s3.GetBucketPolicy
    with: {Bucket: "${{ inputs.bucket }}"}
    keep: {before: Policy, statements: "Policy.Statement[]"}
    absent: ok
    evidence: true
  - id: made
    phase: contain
    title: Take the policy away
    when: "!(steps.policy.absent)"
    call: s3.DeleteBucketPolicy
    with: {Bucket: "${{ inputs.bucket }}"}
    confirm: ${{ inputs.bucket }}
    verify: {call: s3.GetBucketPolicy, with: {Bucket: "${{ inputs.bucket }}"}, until: Policy == `null`, within: 5s}
    undo: {call: s3.PutBucketPolicy, with: {Bucket: "${{ inputs.bucket }}", Policy: "${{ steps.policy.before }}"}}
  - id: closed
    phase: contain
    title: Is there no policy any more?
    call: s3.GetBucketPolicy
    with: {Bucket: "${{ inputs.bucket }}"}
    absent: ok
    verify: {until: Policy == `null`, within: 1m, every: 30s}
  - id: told
    phase: review
    title: Who was told?
    manual: There were ${{ length(steps.policy.statements || `[]`) }} statements.
"""
POLICY = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::written/*",
}]}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    scenario = parse_scenario(LAB, "lab.yaml")
    world = World.start(scenario, seed=7, folder=tmp_path_factory.mktemp("absent"), idle_seconds=300)
    yield Lab(world)
    world.stop()


@pytest.fixture
def s3(lab: Lab) -> Any:
    return lab.client("s3")


def benched(lab: Lab, folder: Path, bucket: str, key: tuple[str, ...] = (), text: str = RUNBOOK) -> Bench:
    clock = ManualClock(lab.world.now())
    key_id, secret, *token = key or lab.operator
    signed = SignedIn(key_id, secret, token[0] if token else "")
    door = open_simulated(endpoint_url=lab.world.url, region="us-east-1", clock=clock, sign_in=lambda: signed)
    return Bench(folder, text, door=door, now=lab.world.now(), inputs={"bucket": bucket})


def test_not_there_is_an_answer_that_is_kept_shown_and_read_by_later_steps(lab: Lab, s3: Any, tmp_path: Path) -> None:
    """The step is done, keeps null, says so on both faces; `when` and texts read it, the re-check after it holds."""
    assert lint(parse_runbook(RUNBOOK, "test.yaml"), {}) == ()
    s3.create_bucket(Bucket="bare")
    bench = benched(lab, tmp_path, "bare")
    bench.walk()
    policy = bench.state.step("policy")
    assert (policy.status, policy.values["absent"], policy.values["before"]) == ("done", True, None)
    assert [bench.status(key) for key in ("made", "closed")] == ["not needed", "done"]
    assert bench.state.step("told").wanted.strip() == "There were 0 statements."
    words = "AWS says there is no such thing"
    assert all(words in "\n".join(lines) for lines in (found(policy), step_block(policy)))
    assert any(words in span for line in result_lines(policy) for span, _ in line)
    (kept,) = policy.evidence
    assert json.loads(read_evidence(bench.folder, kept.sha256))["absent"]["code"] == "NoSuchBucketPolicy"
    seen = next(record.body for record in bench.journal.records if record.type == "observe")
    assert (seen["state"], seen["code"], seen["keep"]) == ("absent", "NoSuchBucketPolicy",
                                                          {"before": None, "statements": None})  # fmt: skip
    bench.again()
    assert bench.status("policy") == "done", "another process reads the same from the journal"
    bench.journal.release()


def test_what_is_there_is_kept_and_its_absence_ends_the_wait_for_it(lab: Lab, s3: Any, tmp_path: Path) -> None:
    """Present: `absent` is false and the change is offered; deleted, the re-check holds because there is nothing."""
    s3.create_bucket(Bucket="written")
    s3.put_bucket_policy(Bucket="written", Policy=json.dumps(POLICY))
    bench = benched(lab, tmp_path, "written")
    human = bench.walk(RunStep("made"))
    assert after_lines(human.confirmations[0].plans[0].calls[0]) == ["nothing there"], "until is Policy == `null`"
    assert bench.state.step("policy").values["absent"] is False
    assert [bench.status(key) for key in ("policy", "made", "closed")] == ["done"] * 3
    assert bench.state.contained == "contained"
    bench.journal.release()


def test_what_the_undo_needs_and_is_not_there_is_said_of_the_undo(lab: Lab, s3: Any, tmp_path: Path) -> None:
    """An author sees which call of the step could not be filled; nothing was sent."""
    s3.create_bucket(Bucket="empty")
    bench = benched(lab, tmp_path, "empty", text=RUNBOOK.replace('    when: "!(steps.policy.absent)"\n', ""))
    human = bench.walk(RunStep("made"))
    assert human.told[-1].text == "undo: steps.policy.before: it gave nothing" and "intent" not in bench.types()
    bench.journal.release()


@pytest.mark.parametrize(("bucket", "code"), [("nowhere-at-all", "NoSuchBucket"), ("denied", "AccessDenied")])
def test_what_nobody_may_read_and_what_holds_nothing_is_not_absent(
    lab: Lab, s3: Any, tmp_path: Path, bucket: str, code: str
) -> None:
    """A refused read, and a bucket that is not there at all (a slip of the hand), are failures as they were."""
    key: tuple[str, ...] = ()
    if bucket == "denied":
        s3.create_bucket(Bucket=bucket)
        made = lab.user("nobody")["AccessKey"]
        key = (made["AccessKeyId"], made["SecretAccessKey"])
    bench = benched(lab, tmp_path, bucket, key)
    bench.walk()
    assert bench.status("policy") == "failed" and bench.state.contained == "open"
    assert next(record.body["code"] for record in bench.journal.records if record.type == "observe") == code
    bench.journal.release()
