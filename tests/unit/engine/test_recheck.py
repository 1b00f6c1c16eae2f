"""The check at the end of the containing steps: done again until it holds, and the only thing that says contained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irtui.engine.operator import RunStep, UndoStep
from irtui.model.incident import StepStatus
from tests.support.bench_of_one import Bench, Human

NEW = "AKIA2222222222222222"
RUNBOOK = """
runbook: test
title: Test
version: "1"
severity: high
use_when: For tests.
inputs:
  key: {type: access_key_id, title: Key}
steps:
  - id: seen
    phase: contain
    title: Which keys are active?
    call: iam.ListAccessKeys
    with: {UserName: ci-deploy}
    keep: {active: "AccessKeyMetadata[?Status == 'Active'].AccessKeyId"}
    evidence: true
  - id: off
    phase: contain
    title: Switch them off
    for_each: ${{ steps.seen.active }}
    as: key
    call: iam.UpdateAccessKey
    with: {UserName: ci-deploy, AccessKeyId: "${{ key }}", Status: Inactive}
    verify:
      call: iam.ListAccessKeys
      with: {UserName: ci-deploy}
      until: AccessKeyMetadata[?AccessKeyId == ${{ key }}].Status | [0] == 'Inactive'
      within: 0s
    undo:
      call: iam.UpdateAccessKey
      with: {UserName: ci-deploy, AccessKeyId: "${{ key }}", Status: Active}
  - id: closed
    phase: contain
    title: Is every key off?
    call: iam.ListAccessKeys
    with: {UserName: ci-deploy}
    keep: {active: "AccessKeyMetadata[?Status == 'Active'].AccessKeyId"}
    renews: seen
    verify: {until: "length(AccessKeyMetadata[?Status == 'Active']) == `0`", within: 10m, every: 30s}
  - id: after
    phase: recover
    title: Afterwards
    manual: Do something.
"""
FIRST = "AKIA1111111111111111"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path, RUNBOOK)
    yield made
    made.journal.release()


def stays(bench: Bench) -> Human:
    human = Human([], bench.clock)
    human.stays = False
    return human


def test_a_check_after_the_last_change_says_contained(bench: Bench) -> None:
    """Open before it, and contained once the check that comes last has held."""
    assert bench.state.contained == "open"
    bench.walk(RunStep("off"))
    assert bench.status("closed") == "done"
    assert bench.state.contained == "contained"


def test_an_undo_afterwards_takes_contained_back(bench: Bench) -> None:
    """What was taken back is open again, although the check held."""
    bench.walk(RunStep("off"))
    bench.walk(UndoStep("off"))
    assert bench.state.contained == "open"


def test_what_the_check_finds_joins_the_list_that_was_made_before(bench: Bench) -> None:
    """A key that came meanwhile makes the step over the list open again, and the walk goes back to it."""
    bench.door.before_change = lambda call: bench.door.keys.__setitem__(NEW, "Active")
    human = bench.walk(RunStep("off"), human=stays(bench))
    assert bench.status("closed") == "waiting"
    assert bench.state.step("off").items == (FIRST, NEW)
    assert bench.status("off") == "todo" and human.told[-1].title == "There is more to do"
    bench.door.before_change = lambda call: None
    bench.walk(RunStep("off"), human=stays(bench))
    assert bench.status("closed") == "done" and bench.state.contained == "contained"


def test_what_is_open_again_is_reopened(bench: Bench) -> None:
    """A key that was switched off and is on again is reopened by the check, not left as done."""
    bench.walk(RunStep("off"))
    bench.door.keys[FIRST] = "Active"
    human = bench.walk(RunStep("closed"), human=stays(bench))
    assert bench.status("off") == "reopened" and "open again" in human.told[-1].text + bench.state.step("off").reason
    assert bench.state.contained == "open"


def test_a_later_look_leaves_what_does_not_apply_and_what_only_reads(tmp_path: Path) -> None:
    """A step that its `when` dismissed is not opened by what is new, and a read is not made again for what it read."""
    more = """
  - id: read
    phase: analyze
    title: Read each
    for_each: ${{ steps.seen.active }}
    as: key
    call: iam.GetAccessKeyLastUsed
    with: {AccessKeyId: "${{ key }}"}
  - id: never
    phase: contain
    title: Never
    when: inputs.key == 'x'
    for_each: ${{ steps.seen.active }}
    as: key
    manual: Do it.
"""
    last = RUNBOOK.index("  - id: closed")
    bench = Bench(tmp_path, RUNBOOK[:last] + more[1:] + RUNBOOK[last:])
    bench.door.before_change = lambda call: bench.door.keys.__setitem__(NEW, "Active")
    bench.walk(RunStep("off"), human=stays(bench))
    assert (bench.status("never"), bench.state.step("never").items) == ("not needed", ())
    assert bench.status("off") == "todo"
    assert bench.status("read") == "todo" and bench.state.step("read").items_done == (0,)
    bench.journal.release()


def test_it_is_done_again_on_the_clock_until_it_holds(bench: Bench) -> None:
    """While it does not hold it waits; the time that passes is the engine's, and the operator is asked in between."""
    bench.door.before_change = lambda call: bench.door.keys.__setitem__(NEW, "Active")
    bench.walk(RunStep("off"), human=stays(bench))
    began = bench.clock.now()
    original = bench.clock.sleep

    def sleep(seconds: float) -> None:
        original(seconds)
        if (bench.clock.now() - began).total_seconds() > 70:  # somebody else does it after a minute
            bench.door.keys[NEW] = "Inactive"

    bench.clock.sleep = sleep  # type: ignore[method-assign]
    bench.walk()
    assert bench.status("closed") == "done"
    assert 70 < (bench.clock.now() - began).total_seconds() < 100


def test_after_its_time_it_has_failed(bench: Bench) -> None:
    """Ten minutes are its `within`; then a human decides, and trying again begins anew."""
    bench.door.before_change = lambda call: bench.door.keys.__setitem__(NEW, "Active")
    began = bench.clock.now()
    bench.walk(RunStep("off"))
    assert bench.status("closed") == "failed" and bench.state.contained == "open"
    assert 600 <= (bench.clock.now() - began).total_seconds() < 660
    bench.walk(RunStep("closed"), human=stays(bench))
    assert bench.status("closed") == "waiting"


def test_another_process_goes_on_waiting(bench: Bench) -> None:
    """When to look next and until when stand in the journal."""
    bench.door.before_change = lambda call: bench.door.keys.__setitem__(NEW, "Active")
    bench.walk(RunStep("off"), human=stays(bench))
    before = bench.state.step("closed")
    bench.again()
    after = bench.state.step("closed")
    assert after.status is StepStatus.WAITING and after.look_at is not None
    assert (after.look_at, after.wait_until) == (before.look_at, before.wait_until)


def test_a_change_after_the_check_has_it_made_again(bench: Bench) -> None:
    """The check is older than the last containing change: it is open again and runs by itself."""
    bench.walk(RunStep("off"))
    looked = bench.state.step("closed").looked
    bench.door.keys[FIRST] = "Active"
    bench.walk(RunStep("closed"), human=stays(bench))
    bench.walk(RunStep("off"), human=stays(bench))
    assert bench.state.step("closed").looked > looked
    assert bench.status("closed") == "done" and bench.state.contained == "contained"
