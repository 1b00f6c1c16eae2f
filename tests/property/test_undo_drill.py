"""The undo drill over every shipped runbook, whatever stands in runbooks/: do, take back, compare the whole account."""

from pathlib import Path

import pytest

from irtui.desk.testing import Bench, drilled, undoable
from irtui.runbook.library import Library
from irtui.settings.load import Settings

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.stem for path in (ROOT / "runbooks").glob("*.yaml"))
SAMPLED = "persistence-sweep"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == SAMPLED else pytest.mark.deep) for name in NAMES]
)
def test_every_undo_brings_back_what_was_there(name: str) -> None:
    """Each step that can be taken back is done and taken back in some rehearsal, and the account is as before."""
    runbook = Library((ROOT / "runbooks",)).find(name)
    drills, _ = drilled(Bench(Settings()), name)
    assert undoable(runbook) - {drill.key for drill in drills} == set(), "never drilled"
    assert {drill.key: drill.left for drill in drills if drill.left} == {}
    assert [drill.key for drill in drills if not drill.did] == [], "changed nothing, so its undo shows nothing"
    assert [drill.key for drill in drills if not drill.seen] == [], "irtui did not see that it was taken back"
