"""The scripted operator: open steps in order, answers from the scenario, patience, and an end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.engine.operator import (
    CloseIncident,
    Confirmation,
    Confirmed,
    Leave,
    LookAgain,
    Message,
    Question,
    RunStep,
    SkipStep,
    Task,
    Unlock,
)  # fmt: skip
from irtui.gameday.scenario import ScriptedAnswers
from irtui.gameday.scripted import TRIES, ScriptedOperator
from irtui.model.incident import IncidentState, StepState, StepStatus
from irtui.model.runbook import ManualBody, Phase, Step

NOW = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
ANSWERS = ScriptedAnswers(
    choices={"fate": "keep"},
    statements={"default": "Done."},
    reasons={"deny": "It is public."},
    skips={"extra": "not ours"},
)


def step(key: str, status: StepStatus = StepStatus.TODO, **more: Any) -> StepState:
    return StepState(key, "1", Step(key, Phase.CONTAIN, key, ManualBody("x")), status, **more)


def state(*steps: StepState, unlocked: bool = True) -> IncidentState:
    return IncidentState(
        "i", "rehearsal", "r", "t", "444455556666", "", "arn", "me", "us-east-1", "", "throw-away", steps,
        unlocked=unlocked,
    )  # fmt: skip


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def operator(clock: ManualClock) -> ScriptedOperator:
    return ScriptedOperator(ANSWERS, clock)


def test_it_unlocks_once(operator: ScriptedOperator) -> None:
    """Changes are allowed by the last four digits of the account; a refusal is not argued with."""
    locked = state(step("a"), unlocked=False)
    assert operator.next(locked, None) == Unlock("6666")
    assert operator.next(locked, None) == RunStep("a")


def test_it_takes_open_steps_in_order_and_passes_blocked_ones(operator: ScriptedOperator) -> None:
    """The first open step that nothing blocks is next."""
    steps = [step("a", StepStatus.DONE), step("b", blocked_by=("c",)), step("c"), step("d")]
    assert operator.next(state(*steps), None) == RunStep("c")


def test_it_skips_what_the_scenario_skips_and_looks_where_in_doubt(operator: ScriptedOperator) -> None:
    """A skip carries the scenario's reason; an act in doubt is looked at, not repeated."""
    assert operator.next(state(step("extra")), None) == SkipStep("extra", "not ours")
    assert operator.next(state(step("a", StepStatus.IN_DOUBT)), None) == LookAgain("a")


def test_it_gives_up_on_a_step_that_stays_open(operator: ScriptedOperator) -> None:
    """A step that fails again and again ends the visit instead of the patience of CI."""
    failing = state(step("a", StepStatus.FAILED))
    commands = [operator.next(failing, None) for _ in range(TRIES + 1)]
    assert commands == [RunStep("a")] * TRIES + [Leave()]


def test_it_says_what_it_gave_up_on_and_what_it_was_told_of_it(operator: ScriptedOperator) -> None:
    """The step, that it had been done before, how it stands, and the last refusal: an author needs no transcript."""
    operator.next(state(step("a", StepStatus.DONE), step("b")), None)
    operator.tell(Message("Looked at", "It is there.", key="a"))
    operator.tell(Message("AWS refused", "no such thing", level="error", key="a"))
    for _ in range(TRIES + 1):
        operator.next(state(step("a", StepStatus.REFUTED), step("b")), None)
    assert operator.last_told("a") == "AWS refused: no such thing"
    assert operator.left == (
        "a came open again after it had been done and stays reopened after 5 tries. AWS refused: no such thing"
    )


def test_it_goes_on_past_a_failure_that_the_runbook_lets_pass(operator: ScriptedOperator) -> None:
    """`on_failure: continue`: what comes after it is done, and at the end the incident is closed, as a person would."""
    passable = step("a", StepStatus.FAILED)
    passable = replace(passable, step=replace(passable.step, on_failure="continue"))
    assert operator.next(state(passable, step("b")), None) == RunStep("b")
    assert isinstance(operator.next(state(passable, step("b", StepStatus.DONE)), None), CloseIncident)
    assert operator.next(state(passable, step("b", blocked_by=("c",))), None) == Leave()


def test_it_waits_on_the_scenarios_clock_until_steps_have_settled(
    operator: ScriptedOperator, clock: ManualClock
) -> None:
    """Settling steps are waited for, by exactly the time they need, then the incident is closed."""
    settling = step("a", StepStatus.SETTLING, settle_at=NOW + timedelta(seconds=15))
    assert operator.next(state(settling), 60.0) is None
    assert clock.now() == NOW + timedelta(seconds=15)
    assert operator.next(state(replace(settling, status=StepStatus.DONE)), None) == CloseIncident(
        "The scripted operator has done every step."
    )


def test_it_waits_no_longer_than_the_engine_lets_it(operator: ScriptedOperator, clock: ManualClock) -> None:
    """The engine's timeout wins."""
    operator.next(state(step("a", StepStatus.WAITING, wait_until=NOW + timedelta(days=1))), 20.0)
    assert clock.now() == NOW + timedelta(seconds=20)


def test_it_leaves_when_everything_open_is_blocked(operator: ScriptedOperator) -> None:
    """Nothing can be done, so nothing is closed."""
    assert operator.next(state(step("a", blocked_by=("b",))), None) == Leave()


def test_it_types_what_is_asked_and_gives_reasons(operator: ScriptedOperator) -> None:
    """The confirmation's own target is typed; a reason comes from the scenario, by step."""
    asked = Confirmation("deny", "Deny", (), (), typed="ci-deploy", reason_for=("a guard asks",))
    assert operator.confirm(asked) == Confirmed("ci-deploy", "It is public.")
    assert operator.confirm(Confirmation("deny", "Deny", (), ())) == Confirmed("", "")


@pytest.mark.parametrize(
    "ask",
    [
        lambda who: who.confirm(Confirmation("other", "t", (), (), reason_for=("why?",))),
        lambda who: who.decide(Question("unknown", "t", "t", {"a": "A", "b": "B"})),
        lambda who: who.decide(Question("fate", "t", "t", {"burn": "x"})),
        lambda who: who.secret("MFA code"),
    ],
)
def test_a_question_without_an_answer_ends_the_visit(
    operator: ScriptedOperator, ask: Callable[[ScriptedOperator], object]
) -> None:
    """It declines, and leaves at the next opportunity; it never guesses."""
    assert ask(operator) is None
    assert operator.next(state(step("a")), None) == Leave()
    assert operator.left


def test_it_answers_choices_and_statements(operator: ScriptedOperator) -> None:
    """By step, or the default."""
    assert operator.decide(Question("fate", "t", "t", {"keep": "Keep", "delete": "Delete"})) == "keep"
    assert operator.attest(Task("exposure", "t", "Do it")) == "Done."
    assert operator.next(state(step("a")), None) == RunStep("a")
