"""Each technique wins when the step that closes it is left out, and the tool does not say otherwise."""

from pathlib import Path

import pytest

from tests.support.techniques import CASES, DEEP, LEFT_OUT
from tests.support.watched import run


@pytest.mark.parametrize(("technique", "seed"), CASES if DEEP else CASES[1::3])
def test_a_technique_outlives_a_walk_without_its_step(technique: str, seed: int, tmp_path: Path) -> None:
    """With one step left out the adversary still acts at the end, and `contained` was never shown while it did."""
    ended = run(tmp_path, technique, seed, LEFT_OUT)
    assert not ended.cut_off
    assert ended.watched.lies == []
    assert ended.contained != "contained"
