"""The alarm on root activity through the whole product: a later call of root wakes somebody; half of it does not."""

from pathlib import Path

import pytest

from tests.unit.gameday.test_gameday_persistence import play

DEEP = pytest.mark.deep


def test_the_alarm_is_installed_unmuted_tested_and_wakes_somebody(tmp_path: Path) -> None:
    """A mute by the adversary is found and taken back, and a later call of theirs ends in a mail to a person."""
    state, met = play(tmp_path, "root-alarm")
    assert met == {"woken": True, "tested": True, "collateral": True}
    assert state.step("pattern").values["matched"] == [1]
    assert state.step("unmute").items and state.step("rearm").items
    assert state.step("real").values["real"] > 0
    assert state.closed


@DEEP
def test_an_alarm_with_a_green_lamp_wakes_nobody(tmp_path: Path) -> None:
    """Everything is made, the mail was never opened and the adversary has muted it: lost."""
    state, met = play(tmp_path, "root-alarm", "naive")
    assert state.step("alarm").status == "done"
    assert met == {"woken": False, "tested": False, "collateral": True}


def test_doing_nothing_wakes_nobody(tmp_path: Path) -> None:
    """Root goes on calling, and nobody hears it."""
    state, met = play(tmp_path, "root-alarm", "nothing")
    assert state.changed == 0
    assert not met["woken"]


@DEEP
def test_an_alarm_that_was_muted_is_found_and_heard_again(tmp_path: Path) -> None:
    """Nothing is made: its actions are switched on, and it tells whom it told before."""
    state, met = play(tmp_path, "root-alarm-muted")
    assert met["woken"] and [step.key for step in state.steps if step.items] == ["unmute"]


@DEEP
def test_without_a_trail_somebody_has_to_make_one_first(tmp_path: Path) -> None:
    """The runbook says what is missing, waits for the proof, and goes on from what it then finds."""
    state, met = play(tmp_path, "root-alarm-no-trail")
    assert met["woken"] and state.step("trail").status == "done"


def test_the_first_minute_says_where_one_is_and_what_one_may_not(tmp_path: Path) -> None:
    """A member of an organization, by its name, and the one call that nothing allows on every resource."""
    state, met = play(tmp_path, "first-minute")
    assert state.closed and met["asked"]
    assert state.step("clock").values["ahead"] == 0 and state.step("clock").values["t0"].endswith("Z")
    assert state.step("organization").values["role"] == "member"
    assert state.step("alias").values["name"] == "acme-production"
    assert state.step("permissions").values["unsure"] == ["organizations:AttachPolicy"]
    assert set(state.step("regions").values["names"]) == {"eu-central-1", "us-east-1"}
