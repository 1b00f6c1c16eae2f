"""Several re-checks, people's words and what was left out: the worst of it decides whether it is called contained."""

from pathlib import Path

import pytest

from irtui.engine.operator import Command, RunStep, SkipStep
from tests.support.bench_of_one import Bench, Human
from tests.unit.engine.test_review_kinds import child, off, read, text

FIRST, NEW = "AKIA1111111111111111", "AKIA2222222222222222"
RECHECK = """
  - id: {id}
    phase: contain
    title: Is every key off?
    call: iam.ListAccessKeys
    with: {{UserName: ci}}
    verify: {{until: "length(AccessKeyMetadata[?Status == 'Active']) == `0`"}}
    {more}
"""
DENY = """
  - id: deny
    phase: contain
    title: Deny
    call: iam.PutUserPolicy
    with: {UserName: ci, PolicyName: irtui, PolicyDocument: {Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}}
    verify:
      call: iam.GetUserPolicy
      with: {UserName: ci, PolicyName: irtui}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
    undo: {call: iam.DeleteUserPolicy, with: {UserName: ci, PolicyName: irtui}}
  - id: denied
    phase: contain
    title: Is it denied?
    call: iam.GetUserPolicy
    with: {UserName: ci, PolicyName: irtui}
    verify: {until: "PolicyDocument.Statement[0].Effect == 'Deny'"}
"""
MANUAL = """
  - id: by_hand
    phase: contain
    title: By hand
    manual: Do what no API can do.
    {more}
"""
ASK = """
  - id: whose
    phase: contain
    title: Whose is it?
    ask: Whose?
    choices: {keep: Ours., other: Theirs.}
"""


def recheck(id: str = "closed", more: str = "") -> str:
    return RECHECK.format(id=id, more=more)


def manual(more: str = "") -> str:
    return MANUAL.format(more=more)


def inner(*steps: str) -> str:
    return text(*(steps or (DENY,)), name="inner", optional=", optional: true")


def walk(bench: Bench, *commands: Command, choice: str = "keep") -> None:
    human = Human([], bench.clock)
    human.choice = choice
    bench.walk(*commands, human=human)


def test_a_recheck_of_the_parent_that_failed_keeps_it_open_when_one_of_a_child_holds(tmp_path: Path) -> None:
    """What the parent saw open is open whatever the child says after it, until the parent's own look holds."""
    bench = Bench(tmp_path, text(read(), off(), recheck(), child("inner")), inner())
    bench.door.keys[NEW] = "Active"
    walk(bench, RunStep("off"), RunStep("sweep"), RunStep("sweep/deny"))
    walk(bench, RunStep("sweep/denied"))
    assert (bench.status("closed"), bench.status("sweep/denied")) == ("failed", "done")
    assert bench.state.contained == "open"
    bench.door.keys[NEW] = "Inactive"
    walk(bench, RunStep("closed"))
    assert bench.state.contained == "contained"


def test_a_recheck_that_nobody_made_again_counts_as_not_made(tmp_path: Path) -> None:
    """One that is older than the last change, or was skipped, proves nothing, even when a later one holds."""
    bench = Bench(tmp_path, text(read(), off(), recheck(), child("inner")), inner())
    walk(bench, RunStep("off"), RunStep("sweep"))
    bench.door.before_read = lambda call: None
    walk(bench, RunStep("sweep/deny"), RunStep("sweep/denied"))
    assert (bench.status("closed"), bench.state.contained) == ("done", "contained")  # it was made again by itself
    walk(bench, SkipStep("closed", "no time for it"))
    assert (bench.status("closed"), bench.state.contained) == ("skipped", "not re-checked")


def test_a_recheck_that_is_not_needed_is_not_waited_for(tmp_path: Path) -> None:
    """Where its condition is false it says nothing, for or against."""
    bench = Bench(tmp_path, text(read(), off(), recheck("other", "when: inputs.key == 'x'"), recheck()))
    walk(bench, RunStep("off"))
    assert (bench.status("other"), bench.state.contained) == ("not needed", "contained")


@pytest.mark.parametrize(
    ("command", "before", "said"),
    [
        (RunStep("by_hand"), True, "not re-checked"),
        (SkipStep("by_hand", "nobody is there"), True, "open"),
        (RunStep("by_hand"), False, "not re-checked"),
        (SkipStep("by_hand", "nobody is there"), False, "open"),
    ],
)
def test_a_recheck_of_a_child_does_not_vouch_for_the_people_of_its_parent(
    tmp_path: Path, command: Command, before: bool, said: str
) -> None:
    """What is only stated in the parent, or left out there, no look of a child has seen, wherever it stands."""
    steps = (manual(), child("inner")) if before else (child("inner"), manual())
    bench = Bench(tmp_path, text(read(), off(), *steps), inner())
    walk(bench, RunStep("off"), command, RunStep("sweep"), RunStep("sweep/deny"))
    walk(bench, command)
    assert bench.status("sweep/denied") == "done"
    assert bench.state.contained == said


def test_manual_work_that_is_stated_is_seen_by_a_recheck_after_it_and_left_out_by_none(tmp_path: Path) -> None:
    """A re-check of the same runbook vouches for what was stated; what people left out, nothing can see."""
    for command, said in ((RunStep("by_hand"), "contained"), (SkipStep("by_hand", "nobody is there"), "open")):
        bench = Bench(tmp_path / said, text(read(), off(), manual(), recheck()))
        walk(bench, RunStep("off"), command)
        assert (bench.status("closed"), bench.state.contained) == ("done", said)


def test_what_a_child_left_out_is_seen_by_a_recheck_of_its_parent(tmp_path: Path) -> None:
    """The parent's look comes after the child and sees the whole: a change that was left out was not needed."""
    bench = Bench(tmp_path, text(read(), child("inner"), recheck()), inner(off()))
    bench.door.keys[FIRST] = "Inactive"
    walk(bench, RunStep("sweep"), SkipStep("sweep/off", "it is off"))
    assert (bench.status("sweep/off"), bench.state.contained) == ("skipped", "contained")


@pytest.mark.parametrize("step", [manual(), ASK, read("looked").replace("analyze", "contain")])
def test_what_is_said_or_read_after_a_recheck_has_it_made_again(tmp_path: Path, step: str) -> None:
    """A statement, an answer or a look of phase contain is as new as a change: the re-check is made once more."""
    bench = Bench(tmp_path, text(read(), off(), step, recheck()))
    (key,) = {state.key for state in bench.state.steps} - {"read", "off", "closed"}
    walk(bench, RunStep("off"), RunStep(key))
    looked = bench.state.step("closed").looked
    bench.door.keys[NEW] = "Active"
    walk(bench, RunStep(key), choice="other")
    assert bench.state.step("closed").looked > looked
    assert (bench.status("closed"), bench.state.contained) == ("failed", "open")
