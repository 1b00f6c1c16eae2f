"""Lost logs through the whole product: the runbook stops the loss and brings them back, half measures lose."""

from pathlib import Path

import pytest

from irtui.desk import testing
from irtui.gameday.coverage import branch_share, share
from irtui.model.incident import StepStatus
from irtui.settings.load import Settings
from tests.support.watched import run
from tests.unit.gameday.test_gameday_persistence import play

DEEP = pytest.mark.deep
ACTED: dict[str, tuple[str, ...]] = {
    "trail-deleted": ("policy_anew", "make_again", "copy_back", "copy_set", "notify_whom", "guard"),
    "log-key-doomed": ("key_saved", "key_on", "key_policy", "policy", "moved", "reach", "advanced", "lock_on"),
}
"""Steps that change something in that scenario."""
BY_HAND = {"trail-deleted": "root", "log-key-doomed": "gone"}
"""Work of people that comes there and nowhere else."""
LOSING = [
    ("log-eater", "naive", {"cut_off", "recorded", "kept"}),
    ("log-eater", "key-only", {"cut_off", "recorded"}),
    ("trail-deleted", "nothing", {"cut_off", "recorded", "kept"}),
    ("trail-deleted", "naive", {"cut_off", "recorded", "kept"}),
    ("trail-deleted", "no-replica", {"kept"}),
    ("log-key-doomed", "nothing", {"cut_off", "recorded", "readable"}),
    ("log-key-doomed", "naive", {"cut_off", "recorded", "readable"}),
    ("log-key-doomed", "key-off", {"recorded", "readable"}),
    ("logs-vouched", "nothing", {"recorded"}),
    ("logs-vouched", "naive", {"recorded"}),
    ("logs-vouched", "half", {"recorded"}),
]


def test_the_investigation_stops_the_loss_and_brings_the_logs_back(tmp_path: Path) -> None:
    """Everything is put right, whoever did it is out, a canary arrives; `contained` is shown when it is true.

    The day that the leaked key soaks, before it is deleted, begins when the logs are back.
    """
    ended = run(tmp_path, "log-eater", 1)
    state, met = ended.state, ended.met
    assert met == {"cut_off": True, "recorded": True, "kept": True, "collateral": True}
    assert (ended.watched.lies, ended.contained) == ([], "contained")
    assert state.step("lost").values["count"] == 0
    assert state.step("canary").values["waiting"] == []
    assert state.step("coverage").values["blind_count"] > 0
    assert state.step("still").values["unguarded"] == []
    assert state.step("copied").looked < min(call.seq for call in state.step("actor/delete_key").calls)
    assert "CreateLogGroup" in state.step("tampering").values["put_back"][0]
    assert ended.closed


def test_doing_nothing_loses_more_of_the_logs(tmp_path: Path) -> None:
    """The trail stays off and the rule goes on eating."""
    state, met = play(tmp_path, "log-eater", "nothing")
    assert state.changed == 0
    assert met == {"cut_off": False, "recorded": False, "kept": False, "collateral": True}


@pytest.mark.parametrize("scenario", ["trail-deleted", pytest.param("log-key-doomed", marks=DEEP)])
def test_a_deleted_trail_and_a_doomed_key_are_mended(scenario: str, tmp_path: Path) -> None:
    """Trail, bucket, key and copies: what was done to them is undone, and the world agrees."""
    state, met = play(tmp_path, scenario)
    assert state.closed and all(met.values()), met
    assert all(any(call.took_effect for call in state.step(key).calls) for key in ACTED[scenario])
    assert state.step(BY_HAND[scenario]).status is StepStatus.DONE


@DEEP
@pytest.mark.parametrize(("scenario", "way", "missed"), LOSING)
def test_half_measures_lose(scenario: str, way: str, missed: set[str], tmp_path: Path) -> None:
    """Each leaves out one thing that matters, and the world tells."""
    _, met = play(tmp_path, scenario, way)
    assert {name for name, done in met.items() if not done} == missed


@DEEP
def test_every_step_and_branch_of_the_investigation_is_played() -> None:
    """By the shipped scenarios, the answers that nobody gave, and taking everything back."""
    found = testing.test(testing.Bench(Settings()), "log-deletion-investigation")
    assert [run for run in found.runs if not run.good] == []
    assert (share(found.steps), branch_share(found.steps)) == (100, 100)
