"""Leaving a step out, whatever its kind: with a reason, seen for good, and never a trap."""

from pathlib import Path

import pytest

from irtui.engine.operator import CloseIncident, RunStep, SkipStep
from tests.support.bench_of_one import Bench
from tests.unit.engine.test_review_kinds import off, read, text

KINDS = {
    "ask": "ask: Whose?\n    choices: {ours: Ours., theirs: Theirs.}",
    "manual": "manual: Do it.",
    "wait": "wait: {for: 24h}",
}
AFTER = """
  - id: answered
    phase: recover
    title: Where it was answered so
    when: steps.it.choice == 'theirs'
    manual: Do it.
  - id: unless
    phase: recover
    title: Where it was not answered so
    when: steps.it.choice != 'ours'
    needs: [it]
    manual: Do it.
"""


def step(kind: str, more: str = "") -> str:
    return f"\n  - id: it\n    phase: analyze\n    title: It\n    {KINDS[kind]}\n    {more}\n"


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_manual_work_and_a_wait_are_left_out_with_a_reason_and_never_done(tmp_path: Path, kind: str) -> None:
    """No word, no skip; skipped is not done, what needs it goes on, and what asks for its answer is not needed."""
    bench = Bench(tmp_path, text(read(), step(kind), AFTER))
    human = bench.walk(SkipStep("it", "no"))
    assert (human.told[-1].title, bench.status("it")) == ("Not skipped", "todo")
    bench.walk(SkipStep("it", "nobody is there to ask"))
    assert (bench.status("it"), bench.state.step("it").reason) == ("skipped", "nobody is there to ask")
    assert bench.status("answered") == "not needed"
    assert (bench.status("unless"), bench.state.step("unless").blocked_by) == ("todo", ())


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not_leave_it_out_goes_on_with_another_step_and_can_close(tmp_path: Path, kind: str) -> None:
    """`skippable: false` holds nobody: other steps can be run, and the incident is closed with it open."""
    bench = Bench(tmp_path, text(read(), step(kind, "skippable: false"), off("last")))
    human = bench.walk(SkipStep("it", "nobody is there to ask"))
    assert (human.told[-1].title, bench.status("it")) == ("This step cannot be skipped", "todo")
    bench.walk(RunStep("last"))
    assert bench.status("last") == "done"
    bench.walk(CloseIncident("handed over, it is still open"))
    assert bench.state.closed and bench.journal.records[-1].body["open"] == ["it"]
