"""Taking a step back: twice run, in doubt, cut off in the middle, refused, or with nothing to take back."""

from pathlib import Path

import pytest

from irtui.engine.looks import same
from irtui.engine.operator import CloseIncident, LookAgain, RunStep, UndoStep
from irtui.errors import AwsFault, JournalError
from irtui.model.call import Call
from irtui.model.outcome import Observed, Outcome, Status
from tests.support.bench_of_one import Bench, Human
from tests.unit.engine.test_walk import RUNBOOK

KEY = "AKIA1111111111111111"


class Killed(BaseException):
    pass


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, RUNBOOK)


@pytest.mark.parametrize("acted", [True, False])
def test_an_undo_without_an_answer_is_settled_by_looking(bench: Bench, acted: bool) -> None:
    """Applied: the step is undone. Not applied: the change is still in effect, and the step not open to be redone."""

    def lost(call: Call) -> Outcome:
        if acted:
            bench.door.act(call)
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    bench.walk(RunStep("deny"))
    bench.door.before_change = lost
    bench.walk(UndoStep("deny"))

    assert bench.status("deny") == ("undone" if acted else "unverified")
    assert len(bench.door.sent) == 2
    if not acted:
        bench.door.before_change = lambda call: None
        bench.walk(LookAgain("deny"))
        assert bench.status("deny") == "done"


@pytest.mark.parametrize("acted", [True, False])
def test_a_crash_in_an_undo_is_reconciled_on_resume(bench: Bench, acted: bool) -> None:
    """After dying in the undo, the next sitting looks, says undone or still in effect, and sends nothing."""

    def die(call: Call) -> Outcome:
        if acted:
            bench.door.act(call)
        bench.journal.release()
        raise Killed

    bench.walk(RunStep("deny"))
    bench.door.before_change = die
    with pytest.raises((Killed, JournalError)):
        bench.walk(UndoStep("deny"))
    bench.door.before_change = lambda call: None
    bench.again()
    bench.walk()

    assert len(bench.door.sent) == 2
    assert bench.status("deny") == ("undone" if acted else "unverified")


def test_a_crash_between_the_undo_and_its_check_ends_as_undone(bench: Bench) -> None:
    """The answer is recorded, the check is not: the next sitting takes the check, and ends."""
    bench.walk(RunStep("deny"))

    def die(call: Call) -> None:
        if bench.types()[-1] == "outcome":
            bench.journal.release()
            raise Killed

    bench.door.before_read = die
    with pytest.raises((Killed, JournalError)):
        bench.walk(UndoStep("deny"))
    bench.door.before_read = lambda call: None
    bench.again()
    bench.walk()

    assert bench.status("deny") == "undone"


def test_a_step_run_twice_is_undone_once(bench: Bench) -> None:
    """After a counter-move and a second run, one undo restores what stood there before the first."""
    human = Human([], bench.clock)
    human.stays = False
    bench.walk(RunStep("deny"), human=human)
    bench.door.policies.clear()
    bench.clock.sleep(60)
    bench.walk(human=human)
    assert bench.status("deny") == "reopened"
    bench.walk(RunStep("deny"), UndoStep("deny"))

    assert [call.operation for call in bench.door.sent] == ["PutUserPolicy", "PutUserPolicy", "DeleteUserPolicy"]
    assert bench.status("deny") == "undone"
    assert not bench.state.step("deny").undoable


def test_undo_never_switches_on_a_key_that_was_off_before(bench: Bench) -> None:
    """Where the step changed nothing, nothing is taken back: the static undo is not sent."""
    bench.door.keys[KEY] = "Inactive"
    bench.walk(RunStep("off"), UndoStep("off"))

    assert bench.door.keys[KEY] == "Inactive"
    assert bench.status("off") == "undone"


def test_a_refused_undo_leaves_the_change_in_effect(bench: Bench) -> None:
    """AccessDenied on the undo: the step still stands, a look says so, and running it again is not proposed."""
    bench.walk(RunStep("deny"))
    bench.door.before_change = lambda call: Outcome(Status.FAILED, code="AccessDenied", message="not you")
    bench.walk(UndoStep("deny"))
    assert bench.status("deny") == "unverified"
    assert "AccessDenied" in bench.state.step("deny").reason
    bench.door.before_change = lambda call: None
    bench.walk(LookAgain("deny"))
    assert bench.status("deny") == "done"
    bench.walk(UndoStep("deny"))
    assert bench.status("deny") == "undone"


def test_what_is_in_doubt_is_not_lost_by_an_undo(bench: Bench) -> None:
    """A step with a call in doubt is looked at before it is undone; the doubt does not disappear."""
    bench.walk(RunStep("deny"))
    bench.door.policies.clear()
    bench.walk(LookAgain("deny"))

    def lost(call: Call) -> Outcome:
        bench.door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("denied", "AccessDenied", "no"))
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    bench.door.before_change = lost
    human = Human([], bench.clock)
    human.choice = None
    bench.walk(RunStep("deny"), UndoStep("deny"), CloseIncident("over"), human=human)

    assert len(bench.door.sent) == 2
    assert bench.status("deny") == "in doubt"
    assert not bench.state.closed


def test_an_undo_that_the_journal_had_to_mask_is_not_sent(tmp_path: Path) -> None:
    """A document that holds what looks like a secret is masked in the journal; it is never put back masked."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    call, named = "      call: iam.DeleteUserPolicy\n", "PolicyName: irtui}\n  - id: off"
    text = RUNBOOK.replace(call, call.replace("Delete", "Put"))
    bench = Bench(tmp_path, text.replace(named, named.replace("}", f", PolicyDocument: {{Id: {secret}}}}}")))
    bench.walk(RunStep("deny"), UndoStep("deny"))

    assert [call.operation for call in bench.door.sent] == ["PutUserPolicy"]
    assert "[masked]" not in str(bench.door.policies)


def test_the_order_of_a_list_is_no_difference() -> None:
    """AWS promises no order of names, so an undo that put one back at the end is seen as done."""
    before, after = (Observed("present", {"PolicyNames": names}) for names in (["tools", "deny"], ["deny", "tools"]))
    assert same(before, after)
    assert not same(before, Observed("present", {"PolicyNames": ["tools"]}))
