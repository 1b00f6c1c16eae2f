"""What the rehearsals of every shipped runbook have shown: each is won, and each step ran in one of them."""

from pathlib import Path

import pytest

from irtui.desk import testing
from irtui.settings.load import Settings

ROOT = Path(__file__).parents[2]
UNSHOWN: dict[str, list[str]] = {}
"""Runbook → steps that no scenario needs yet. Fails when one does."""


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "runbooks").glob("*.yaml")))
def test_every_step_of_a_shipped_runbook_runs_in_a_rehearsal_that_is_won(name: str) -> None:
    """All that `irtui runbooks test` plays is good; no step of its own never ran, but work that is only stated."""
    found = testing.test(testing.Bench(Settings()), name)
    assert found.runs, "no scenario plays it"
    assert [(run.scenario, run.way, run.why) for run in found.runs if not run.good and run.way != testing.DRILL] == []
    own = [step for step in found.steps if not step.of_child]
    assert [step.key for step in own if not step.ran and not step.asserted] == UNSHOWN.get(name, [])
