"""Steps that run over a list: partly done, undone, in doubt, skipped, resumed in the middle."""

from pathlib import Path

import pytest

from irtui.engine.operator import CloseIncident, Confirmation, Confirmed, LookAgain, RunStep, SkipStep, UndoStep
from irtui.errors import AwsFault, JournalError
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Status
from tests.support.bench_of_one import Bench, Human

RUNBOOK = """
runbook: test
title: A test
version: "1"
severity: high
use_when: Never.
inputs:
  key: {type: access_key_id, title: Key}
steps:
  - id: keys
    phase: analyze
    title: Keys
    call: iam.ListAccessKeys
    with: {UserName: ci}
    keep: {active: "AccessKeyMetadata[?Status == 'Active'].AccessKeyId"}
    evidence: true
  - id: way
    phase: analyze
    title: Way
    ask: All of them?
    choices: {keep: Do it., delete: Leave it.}
  - id: off
    phase: contain
    title: Off
    when: steps.way.choice == 'keep'
    for_each: ${{ steps.keys.active }}
    as: key
    call: iam.UpdateAccessKey
    with: {UserName: ci, AccessKeyId: "${{ key }}", Status: Inactive}
    needs: [keys]
    skippable: true
    verify:
      call: iam.ListAccessKeys
      with: {UserName: ci}
      until: AccessKeyMetadata[?AccessKeyId == ${{ key }}].Status | [0] == 'Inactive'
      within: 10s
      again_after: 15s
    undo:
      call: iam.UpdateAccessKey
      with: {UserName: ci, AccessKeyId: "${{ key }}", Status: Active}
"""
A, B, C = "AKIA1111111111111111", "AKIA2222222222222222", "AKIA3333333333333333"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path, RUNBOOK)
    made.door.keys = {A: "Active", B: "Active", C: "Active"}
    return made


def staying(bench: Bench) -> Human:
    """Leaves after the last command instead of waiting for what settles."""
    human = Human([], bench.clock)
    human.stays = False
    return human


def test_a_batch_that_was_undone_is_not_called_done(bench: Bench) -> None:
    """Undoing a batch takes every item back, newest first, and the step is undone, not done or contained."""
    bench.walk(RunStep("way"), RunStep("off"), UndoStep("off"))

    assert bench.door.keys == {A: "Active", B: "Active", C: "Active"}
    assert bench.status("off") == "undone"
    assert bench.state.contained == "open"
    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [A, B, C, C, B, A]
    bench.walk(RunStep("off"))
    assert bench.status("off") == "done"


def test_a_batch_undone_while_it_settles_leaves_nothing_to_look_at(bench: Bench) -> None:
    """The second look of an item that was taken back is not due any more."""
    bench.walk(RunStep("way"), RunStep("off"), UndoStep("off"), human=staying(bench))
    bench.clock.sleep(60)
    bench.walk()

    assert bench.status("off") == "undone"


def test_an_undo_of_a_batch_is_confirmed_by_the_count(bench: Bench) -> None:
    """Taking back several items asks how many, like doing them."""
    human = bench.walk(RunStep("way"), RunStep("off"), UndoStep("off"))

    assert [request.typed for request in human.confirmations] == ["3", "3"]


def test_an_undo_of_one_item_in_doubt_is_seen(bench: Bench) -> None:
    """An item whose undo got no answer is in doubt, is looked at, and the incident is not closed meanwhile."""
    bench.walk(RunStep("way"), RunStep("off"))

    def lost(call: Call) -> Outcome | None:
        if call.params["AccessKeyId"] != B:
            return None
        bench.door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("denied", "AccessDenied", "no"))
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    bench.door.before_change = lost
    human = Human([], bench.clock)
    human.choice = None
    bench.walk(UndoStep("off"), CloseIncident("over"), human=human)

    assert bench.status("off") == "in doubt"
    assert not bench.state.closed


def test_an_item_that_failed_is_run_again_alone(bench: Bench) -> None:
    """A second run of a batch sends only what is not done."""
    bench.door.before_change = lambda call: (
        Outcome(Status.FAILED, code="AccessDenied", message="no") if call.params["AccessKeyId"] == B else None
    )
    bench.walk(RunStep("way"), RunStep("off"))
    assert bench.status("off") == "failed"
    bench.door.before_change = lambda call: None
    bench.walk(RunStep("off"))

    assert bench.status("off") == "done"
    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [A, B, C, B]


def test_a_crash_in_the_middle_of_a_batch_resumes_with_the_rest(bench: Bench) -> None:
    """The item in flight is reconciled, those done are not sent again, the rest is asked for."""

    class Killed(BaseException):
        pass

    def die(call: Call) -> Outcome | None:
        if call.params["AccessKeyId"] != B:
            return None
        bench.journal.release()
        raise Killed

    bench.door.before_change = die
    with pytest.raises((Killed, JournalError)):
        bench.walk(RunStep("way"), RunStep("off"))
    bench.door.before_change = lambda call: None
    bench.again()
    human = bench.walk(RunStep("off"))

    assert human.confirmations[0].typed == "2"
    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [A, B, B, C]
    assert bench.status("off") == "done"


def test_an_answer_that_changes_dismisses_the_batch_once(bench: Bench) -> None:
    """A batch whose list is known and whose `when` becomes false is not needed: said once, not for ever."""
    human = staying(bench)
    human.agrees = lambda request: None
    bench.walk(RunStep("way"), RunStep("off"), human=human)
    human.choice = "delete"
    bench.walk(RunStep("way"), human=human)

    assert bench.status("off") == "not needed"
    assert bench.types().count("not_needed") == 1


def test_skipping_the_rest_does_not_hide_an_item_that_was_undone_behind_our_back(bench: Bench) -> None:
    """A skip stands for the items that are not done; one that is done is still looked at, and reopened."""
    bench.door.before_change = lambda call: (
        None if call.params["AccessKeyId"] == A else Outcome(Status.FAILED, code="AccessDenied", message="no")
    )
    bench.walk(RunStep("way"), RunStep("off"), SkipStep("off", "the owner does it"), human=staying(bench))
    bench.door.keys[A] = "Active"
    bench.clock.sleep(60)
    bench.walk(human=staying(bench))

    assert bench.status("off") == "reopened"


def test_a_skipped_batch_can_be_run_after_all(bench: Bench) -> None:
    """Whoever skipped a batch may change their mind."""
    human = staying(bench)
    human.agrees = lambda request: None
    bench.walk(RunStep("way"), RunStep("off"), SkipStep("off", "later"), human=human)
    assert bench.status("off") == "skipped"
    bench.walk(RunStep("off"))

    assert bench.status("off") == "done"


def test_each_item_settles_in_its_own_time(bench: Bench) -> None:
    """The second look at an item comes `again_after` its own first look, not after that of the first item."""

    def slow(call: Call) -> Outcome | None:
        bench.clock.sleep(12)
        return None

    bench.door.before_change = slow
    bench.walk(RunStep("way"), RunStep("off"))

    looked: dict[str, list[str]] = {}
    for record in bench.journal.records:
        if record.type == "check":
            looked.setdefault(record.body["step"], []).append(record.t)
    assert [len(times) for times in looked.values()] == [2, 2, 2]
    assert all(int(last[14:16]) * 60 + float(last[17:-1]) - int(first[14:16]) * 60 - float(first[17:-1]) >= 15
               for first, last in looked.values())  # fmt: skip


def test_a_key_that_appears_later_joins_the_list(bench: Bench) -> None:
    """Running a finished batch again takes up what its list shows now, and only that."""
    bench.door.keys = {A: "Active"}
    bench.walk(RunStep("way"), RunStep("off"))
    bench.door.keys[B] = "Active"
    human = bench.walk(RunStep("keys"), RunStep("off"))

    assert human.confirmations[0].typed == "1"
    assert bench.door.keys == {A: "Inactive", B: "Inactive"}
    assert bench.state.step("off").items == (A, B)


def test_one_item_whose_plan_cannot_be_made_does_not_stop_the_others(bench: Bench) -> None:
    """A fault of irtui while one item is planned fails that item; the rest is asked for and sent."""

    def broken(call: Call) -> None:
        if call.operation == "ListAccessKeys" and len(bench.types()) and bench.status("off") == "todo" and not seen:
            seen.append(1)
            raise RuntimeError("a bug")

    seen: list[int] = []
    bench.walk(RunStep("way"))
    bench.door.before_read = broken
    human = bench.walk(RunStep("off"))

    assert human.confirmations[0].typed == "2"
    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [B, C]
    assert bench.status("off") == "failed"


def test_stopping_in_the_middle_leaves_the_rest_for_later(bench: Bench) -> None:
    """After stop() nothing more is sent; the next sitting goes on with the rest."""

    def stop(call: Call) -> Outcome | None:
        bench.run.stop()
        return None

    bench.door.before_change = stop
    bench.walk(RunStep("way"), RunStep("off"))
    assert len(bench.door.sent) == 1
    bench.door.before_change = lambda call: None
    bench.again()
    bench.walk(RunStep("off"))

    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [A, B, C]
    assert bench.status("off") == "done"


def test_drift_of_one_item_is_refused_and_the_others_go_on(bench: Bench) -> None:
    """What changed while the batch was read is not sent; its neighbours are."""

    def slow(request: Confirmation) -> Confirmed:
        bench.door.keys[B] = "Inactive"
        return Confirmed(request.typed)

    human = Human([], bench.clock)
    human.agrees = slow
    bench.walk(RunStep("way"), RunStep("off"), human=human)

    assert [call.params["AccessKeyId"] for call in bench.door.sent] == [A, C]
    assert bench.status("off") == "todo"


def test_looking_again_at_a_batch_reopens_what_is_gone(bench: Bench) -> None:
    """A look at a done batch finds the item that somebody switched on again."""
    bench.walk(RunStep("way"), RunStep("off"))
    bench.door.keys[B] = "Active"
    bench.walk(LookAgain("off"))

    assert bench.status("off") == "reopened"
    human = bench.walk(RunStep("off"))
    assert human.confirmations[0].typed == "1"
    assert bench.door.keys[B] == "Inactive"
