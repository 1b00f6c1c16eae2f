"""What a walk must survive, and what it must not call done: faults, huge texts, read-only sittings, lost records."""

from pathlib import Path
from typing import Any

import pytest

from irtui.engine.operator import AddNote, CloseIncident, LookAgain, RunStep, SkipStep, TellAnchor
from irtui.errors import AwsFault, JournalError
from irtui.journal.telling import Told, told
from irtui.model.call import Call
from irtui.model.outcome import Outcome, Status
from tests.support.bench_of_one import Bench, Human
from tests.unit.engine.test_walk import RUNBOOK

KEY = "AKIA1111111111111111"
HUGE = "x" * 70_000


class Killed(BaseException):
    pass


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, RUNBOOK)


def test_a_read_only_sitting_changes_nothing_though_an_earlier_one_was_unlocked(bench: Bench) -> None:
    """`--read-only` on resume holds: what was unlocked before is refused in this sitting."""
    bench.again(read_only=True)
    human = bench.walk(RunStep("deny"))

    assert bench.door.sent == []
    assert human.told[-1].title == "Refused by a guard"


def test_a_fault_of_irtui_in_a_read_fails_the_step_and_the_walk_goes_on(bench: Bench) -> None:
    """An exception that nobody foresaw is the step's failure, named by its place and not by its words."""
    bench.door.before_read = lambda call: (_ for _ in ()).throw(KeyError("s3cret"))
    human = bench.walk(AddNote("still here"))

    assert bench.status("owner") == "failed"
    assert "s3cret" not in str([message.text for message in human.told])
    assert bench.state.notes == ("still here",)


def test_a_fault_while_looking_after_the_act_leaves_the_step_to_be_looked_at(bench: Bench) -> None:
    """The change was accepted, the look stumbles: nothing is sent again, and the look is taken later."""
    bench.walk()
    broken: list[int] = []

    def stumble(call: Call) -> None:
        if bench.door.sent and not broken:
            broken.append(1)
            raise RuntimeError

    bench.door.before_read = stumble
    bench.walk(RunStep("deny"), AddNote("on"))

    assert len(bench.door.sent) == 1
    assert bench.status("deny") == "done"


def test_a_face_that_fails_ends_the_walk(bench: Bench) -> None:
    """An error of the face itself is not told to the face for ever."""
    human = Human([], bench.clock)
    human.next = lambda state, timeout: (_ for _ in ()).throw(EOFError)  # type: ignore[method-assign]
    with pytest.raises(EOFError):
        bench.run.walk(human)


def test_where_a_fingerprint_lies_is_recorded_whatever_stands_open(bench: Bench) -> None:
    """The record holds the hash of the record that was told, also of an earlier one; a number that no record has, and
    a place that nobody named, are refused and told, and the walk goes on."""
    human = bench.walk(TellAnchor(1, "read to kim"), TellAnchor(99, "x"), TellAnchor(1, " "), AddNote("on"))

    found = [record for record in bench.journal.records if record.type == "anchor"]
    assert [(one.body["seq"], one.body["head"]) for one in found] == [(1, bench.journal.records[1].prev)]
    assert bench.state.told == 1 and bench.state.notes == ("on",)
    assert told(bench.journal.records) == Told(1, found[0].seq, "read to kim")
    assert len([message for message in human.told if message.level != "info"]) >= 2
    bench.walk(TellAnchor(bench.state.records, "ticket"))
    assert bench.state.told == bench.journal.records[-1].seq - 1
    assert bench.journal.records[-1].body["head"] == bench.journal.records[-1].prev


@pytest.mark.parametrize("command", [AddNote(HUGE), SkipStep("off", HUGE), CloseIncident(HUGE)])
def test_a_text_too_long_for_a_record_is_refused_and_told(bench: Bench, command: Any) -> None:
    """What the operator types may not fit a record: it is said, and the walk goes on."""
    human = bench.walk(command, AddNote("short"))

    assert human.told[-1].title == "This cannot be recorded"
    assert bench.state.notes == ("short",)


def test_a_huge_answer_of_aws_does_not_keep_the_outcome_from_being_recorded(bench: Bench) -> None:
    """A refusal with a text of 70 KB is recorded, cut, as the outcome of what was sent."""
    bench.walk()
    bench.door.before_change = lambda call: Outcome(Status.FAILED, code="AccessDenied", message=HUGE)
    bench.walk(RunStep("off"))

    assert bench.status("off") == "failed"
    assert bench.types().count("outcome") == 1


def test_a_look_that_sees_too_much_for_a_record_still_counts(tmp_path: Path) -> None:
    """A condition over a huge list is recorded with how much it was; the step is done, the walk does not die."""
    text = RUNBOOK.replace(
        "AccessKeyMetadata[?AccessKeyId == ${{ inputs.key }}].Status | [0] == 'Inactive'",
        "length(AccessKeyMetadata) > `100` && AccessKeyMetadata[0].Status == 'Inactive'",
    )
    bench = Bench(tmp_path, text)
    bench.door.keys |= {f"AKIA{number:016}": "Inactive" for number in range(900)}
    bench.walk(RunStep("off"))

    assert bench.status("off") == "done"


def test_a_read_that_was_cut_off_before_its_check_is_not_done(tmp_path: Path) -> None:
    """A reply was kept, whether it is the expected one was not judged: the next sitting reads and judges it."""
    text = RUNBOOK.replace(
        "    evidence: true\n", "    evidence: true\n    verify: {until: UserName == 'somebody'}\n", 1
    )
    bench = Bench(tmp_path, text)
    append = bench.journal.append

    def die(kind: str, body: Any) -> Any:
        if kind == "check":
            bench.journal.release()
            raise Killed
        return append(kind, body)

    bench.journal.append = die  # type: ignore[assignment, method-assign]
    with pytest.raises((Killed, JournalError)):
        bench.walk()
    bench.again()
    assert bench.status("owner") != "done"
    bench.walk()
    assert bench.status("owner") == "failed"


def test_stopping_while_a_doubt_is_looked_at_concludes_nothing(bench: Bench) -> None:
    """stop() during the look leaves the call in doubt: half a window is no evidence that nothing happened."""
    bench.walk()
    bench.door.before_change = lambda call: Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    def stop(call: Call) -> None:
        if bench.door.sent:
            bench.run.stop()

    bench.door.before_read = stop
    bench.walk(RunStep("off"))
    assert bench.status("off") == "in doubt"

    bench.door.before_read = lambda call: None
    bench.door.keys[KEY] = "Inactive"  # it comes late
    bench.again()
    bench.walk()
    assert bench.status("off") == "done"
    assert len(bench.door.sent) == 1


def test_stopping_during_the_first_look_does_not_reopen_the_step(bench: Bench) -> None:
    """A look cut short by stop() has not refuted anything."""
    bench.walk()

    def late(call: Call) -> Outcome:
        bench.run.stop()
        return Outcome(Status.SUCCEEDED)

    bench.door.before_change = late
    bench.walk(RunStep("off"))

    assert bench.status("off") == "unverified"


def test_what_never_took_effect_is_open_and_said(bench: Bench) -> None:
    """AWS accepts, and every look of the window says no: the step is open, the human is told."""
    bench.walk()
    bench.door.before_change = lambda call: Outcome(Status.SUCCEEDED)
    human = bench.walk(RunStep("deny"))

    assert bench.status("deny") == "reopened"
    assert "not there" in human.told[-1].title


def test_an_answer_can_be_changed_and_what_hangs_on_it_is_needed_again(bench: Bench) -> None:
    """Choosing anew is allowed; a step that was not needed by the first answer comes back by the second."""
    human = Human([], bench.clock)
    bench.walk(RunStep("deny"), RunStep("off"), RunStep("fate"), human=human)
    assert bench.status("gone") == "not needed"
    human.choice = "delete"
    bench.walk(RunStep("fate"), human=human)

    assert bench.status("gone") == "todo"
    bench.walk(RunStep("gone"), human=human)
    assert bench.door.keys == {}


def test_a_condition_that_nobody_can_judge_does_not_let_a_deletion_through(tmp_path: Path) -> None:
    """`when` over a value that could not be read is unknown, and unknown is not true."""
    bench = Bench(tmp_path, RUNBOOK.replace("steps.fate.choice == 'delete'", "length(steps.owner.user) > `0`"))
    bench.door.before_read = lambda call: (
        (_ for _ in ()).throw(AwsFault("denied", "AccessDenied", "no"))
        if call.operation == "GetAccessKeyLastUsed"
        else None
    )
    human = bench.walk(RunStep("gone"))

    assert human.told[-1].title == "Perhaps not needed"
    assert bench.door.sent == []


def test_a_session_that_ends_before_the_second_look_delays_it(bench: Bench) -> None:
    """Signed out while a step settles: the look is taken after signing in, the step is not given up as unverified."""
    human = Human([], bench.clock)
    human.stays = False
    bench.walk(RunStep("deny"), human=human)
    bench.clock.sleep(60)
    bench.door.before_read = lambda call: (_ for _ in ()).throw(AwsFault("expired", "ExpiredToken", "over"))
    bench.walk(human=human)
    assert bench.status("deny") == "settling"
    bench.door.before_read = lambda call: None
    bench.again()
    bench.walk(human=human)
    assert bench.status("deny") == "done"


def test_a_doubt_that_comes_twice_is_looked_at_twice(bench: Bench) -> None:
    """A step in doubt for the second time in one sitting is looked at by itself again."""
    bench.walk()

    def lost(call: Call) -> Outcome:
        return Outcome(Status.UNKNOWN, code="ReadTimeout", message="no answer")

    bench.door.before_change = lost
    bench.walk(RunStep("off"), RunStep("off"))

    assert bench.status("off") == "todo"
    assert [r.body["found"] for r in bench.journal.records if r.type == "reconcile"] == ["not_applied"] * 2


def test_looking_again_at_what_is_done_keeps_it_done(bench: Bench) -> None:
    """A look at a step that still holds changes nothing but the record of the look."""
    bench.walk(RunStep("off"), LookAgain("off"))

    assert bench.status("off") == "done"
    assert len(bench.door.sent) == 1
