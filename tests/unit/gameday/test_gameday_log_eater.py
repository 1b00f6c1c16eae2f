"""Deleted logs through the whole product: the runbook stops the loss and brings them back, half measures lose."""

from pathlib import Path

from tests.unit.gameday.test_gameday_persistence import play


def test_the_investigation_stops_the_loss_and_brings_the_logs_back(tmp_path: Path) -> None:
    """The rule, the versions, the selectors and the trail are put right, whoever did it is out, a canary arrives."""
    state, met = play(tmp_path, "log-eater")
    assert met == {"cut_off": True, "recorded": True, "kept": True, "collateral": True}
    assert state.step("lost").values["count"] == 0
    assert state.step("canary").values["waiting"] == []
    assert state.step("coverage").values["blind_count"] > 0
    assert state.closed


def test_doing_nothing_loses_more_of_the_logs(tmp_path: Path) -> None:
    """The trail stays off and the rule goes on eating."""
    state, met = play(tmp_path, "log-eater", "nothing")
    assert state.changed == 0
    assert met == {"cut_off": False, "recorded": False, "kept": False, "collateral": True}


def test_starting_the_trail_and_going_home_loses(tmp_path: Path) -> None:
    """The trail logs at that moment, but nobody is contained and the rule goes on eating."""
    _, met = play(tmp_path, "log-eater", "naive")
    assert not met["cut_off"] and not met["kept"]
