"""The word `contained`: never while the adversary can still act, and soon after it no longer can.

`make test` plays every third technique to its end here, and another third in `test_a_left_out_step_loses`."""

from pathlib import Path

import pytest

from irtui.gameday.scenario import scenario_names
from tests.support.halves import half, ways
from tests.support.techniques import CASES, DEEP, TECHNIQUES, allowed
from tests.support.watched import run

SEEDS = range(1, 11)
SAMPLED = {("persistence", 1)}
HALVES = [
    (name, (there := ways(name))[(seed - 1) % len(there)], seed)
    for name in scenario_names() for seed in SEEDS if DEEP or (name, seed) in SAMPLED
]  # fmt: skip
"""(scenario, play, seed): ten half measures of every scenario of every runbook, or a few."""
OTHERS = [(name, seed) for name in scenario_names() if name not in TECHNIQUES for seed in SEEDS]
"""(scenario, seed): the game days that are no technique, won."""
SHOWN = {
    "bad-weather", "busy-account", "deleted-key", "emptied-user", "log-eater", "log-key-doomed", "rotate-first",
    "suspicious-user", "vanished-user",
}  # fmt: skip
"""Those of them that are shown as contained at the end. The others contain nothing, or leave something to people."""


@pytest.mark.parametrize(("technique", "seed"), CASES if DEEP else CASES[::3])
def test_the_runbook_wins_and_contained_is_shown_when_it_is_true(technique: str, seed: int, tmp_path: Path) -> None:
    """Whatever the technique, the tool says contained only when every credential is refused, and says so promptly."""
    ended = run(tmp_path, technique, seed)
    watched = ended.watched
    assert watched.lies == []
    assert (ended.closed, ended.contained, ended.cut_off) == (True, "contained", True)
    assert watched.shown is not None and watched.last_way_in is not None
    assert watched.shown - watched.last_way_in <= allowed(technique)


@pytest.mark.parametrize(("scenario", "way", "seed"), HALVES)
def test_no_half_measure_is_called_contained_while_the_adversary_acts(
    scenario: str, way: str, seed: int, tmp_path: Path
) -> None:
    """Whatever is left out, of whichever runbook: the word is true each time it is shown, and an hour later."""
    ended = run(tmp_path, scenario, seed, half(scenario, way, seed))
    assert ended.watched.lies == []
    assert ended.contained != "contained" or ended.cut_off


@pytest.mark.deep
@pytest.mark.parametrize(("scenario", "seed"), OTHERS)
def test_every_other_game_day_is_won_and_never_called_contained_too_early(
    scenario: str, seed: int, tmp_path: Path
) -> None:
    """By every runbook here, and those in which a re-check can see the whole are shown as contained."""
    ended = run(tmp_path, scenario, seed)
    assert ended.watched.lies == []
    assert ended.closed and all(ended.met.values()), (ended.met, [step.reason for step in ended.state.open_steps])
    assert (ended.contained == "contained") == (scenario in SHOWN)


def test_there_are_at_least_twelve_techniques() -> None:
    """The issue asks for twelve; each leaves out its own step of the runbook."""
    assert len(TECHNIQUES) >= 12
