"""What AWS makes up: its id comes from the reply, for later steps and for the undo; lost, the step is not done."""

from pathlib import Path

import pytest

from irtui.engine.operator import LookAgain, RunStep, UndoStep
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Status
from irtui.report.changes import changes
from tests.support.bench_of_one import Bench

RUNBOOK = """
runbook: rotate
title: Rotate
version: "1"
severity: low
use_when: A test.
steps:
  - {id: issue, phase: prepare, title: Issue, use: iam.create_access_key, with: {user: bot}}
  - id: handed
    phase: prepare
    title: Hand over ${{ steps.issue.AccessKeyId }}
    when: (steps.issue.AccessKeyId || '') != ''
    manual: Do it.
"""
OLD = "AKIA1111111111111111"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, RUNBOOK)


def test_the_id_is_known_to_later_steps_and_to_the_undo(bench: Bench) -> None:
    """The step keeps what the reply named; the undo deletes exactly that, later steps are not needed then, and the
    report says that it was taken back."""
    bench.walk(RunStep("issue"))
    (made,) = set(bench.door.keys) - {OLD}
    assert bench.status("issue") == "done"
    handed = bench.state.step("handed")
    assert handed.applies is True and handed.title == f"Hand over {made}"
    bench.walk(UndoStep("issue"))
    assert bench.door.sent[-1] == Call("iam", "DeleteAccessKey", {"UserName": "bot", "AccessKeyId": made})
    assert bench.status("issue") == "undone" and bench.state.step("handed").applies is False
    assert [change.status for change in changes(bench.journal.records)] == ["taken back", "took effect"]


def test_a_lost_secret_is_no_success_and_can_be_taken_back(bench: Bench) -> None:
    """Done and of no use: failed with the reason, however often it is looked for; each key that was made is deleted."""

    def lost(call: Call) -> Outcome | None:
        if call.operation != "CreateAccessKey":
            return None
        done = bench.door.act(call)
        return Outcome(Status.SUCCEEDED, done.reply, code="SecretLost", message="its secret is lost", advice="Undo it.")

    bench.door.before_change = lost
    bench.walk(RunStep("issue"), LookAgain("issue"))
    step = bench.state.step("issue")
    assert (step.status, step.advice) == ("failed", "Undo it.") and "its secret is lost" in step.reason
    assert bench.state.step("handed").applies is False and step.undoable
    bench.walk(UndoStep("issue"))
    assert bench.status("issue") == "undone" and set(bench.door.keys) == {OLD}


def test_without_an_answer_nobody_has_the_secret(bench: Bench) -> None:
    """It timed out and was done: failed, not done, and the undo says that nobody knows which key it is."""

    def silent(call: Call) -> Outcome:
        bench.door.act(call)
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    bench.door.before_change = silent
    bench.walk(RunStep("issue"), LookAgain("issue"))
    step = bench.state.step("issue")
    assert step.status == "failed" and "its answer never came" in step.reason and "keys secret" in step.advice
    sent = len(bench.door.sent)
    human = bench.walk(UndoStep("issue"))
    assert len(bench.door.sent) == sent and any("Nobody here knows what" in told.text for told in human.told)
    assert "delete it by hand" in human.told[-1].advice
