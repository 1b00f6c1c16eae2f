"""The word `contained`: never while the adversary can still act, and soon after it no longer can."""

from pathlib import Path

import pytest

from tests.support.techniques import CASES, TECHNIQUES, allowed
from tests.support.watched import run


@pytest.mark.parametrize(("technique", "seed"), CASES)
def test_the_runbook_wins_and_contained_is_shown_when_it_is_true(technique: str, seed: int, tmp_path: Path) -> None:
    """Whatever the technique, the tool says contained only when every credential is refused, and says so promptly."""
    ended = run(tmp_path, technique, seed)
    watched = ended.watched
    assert watched.lies == []
    assert (ended.closed, ended.contained, ended.cut_off) == (True, "contained", True)
    assert watched.shown is not None and watched.last_way_in is not None
    assert watched.shown - watched.last_way_in <= allowed(technique)


def test_there_are_at_least_twelve_techniques() -> None:
    """The issue asks for twelve; each leaves out its own step of the runbook."""
    assert len(TECHNIQUES) >= 12
