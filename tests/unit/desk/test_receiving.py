"""A handed-over incident as a file that somebody sent: read without believing it."""

import zipfile
from pathlib import Path

import pytest

from irtui.desk.handover import bundled, unpacked
from irtui.errors import JournalError, UsageError
from irtui.journal.handle import Held
from irtui.journal.read import read_records
from tests.support.journals import written
from tests.support.zip_traps import traps
from tests.unit.desk.test_handed import begun, joined

TRAPS = traps("INC-A/")
OTHERS = {
    "no folder": "evidence/" + "0" * 64,
    "two incidents": "INC-B/journal.jsonl",
    "a hidden folder": ".INC-A/journal.jsonl",
    "what a hand-over does not carry": "INC-A/HEAD",
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(tmp_path: Path, name: str) -> None:
    """Paths, links, bombs, doubles, overlaps, damage: refused with a reason, and nothing was kept anywhere."""
    refused(tmp_path, TRAPS[name])


@pytest.mark.parametrize("name", OTHERS)
def test_only_one_incident_is_received_at_a_time(tmp_path: Path, name: str) -> None:
    """What stands beside the incident's own files is refused, whatever its journal says."""
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as zip_file:
        zip_file.writestr("INC-A/journal.jsonl", b"x")
        zip_file.writestr(OTHERS[name], b"x")
    data = path.read_bytes()
    path.unlink()
    refused(tmp_path, data)


def test_what_was_not_handed_over_is_not_received(tmp_path: Path) -> None:
    """A whole journal whose last record is no hand-over is refused, and leaves nothing behind."""
    folder = written(tmp_path / "INC-1", "left")
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as zip_file:
        zip_file.writestr(f"{folder.name}/journal.jsonl", (folder / "journal.jsonl").read_bytes())
    (tmp_path / "here").mkdir()
    with pytest.raises((UsageError, JournalError)):
        unpacked(path, tmp_path / "here")
    assert [*(tmp_path / "here").iterdir()] == []


def test_what_is_being_written_is_not_replaced(tmp_path: Path) -> None:
    """While a sitting holds the incident here, receiving it again is refused and names who writes it."""
    path, here = tmp_path / "made.zip", tmp_path / "here"
    here.mkdir()
    given = begun(tmp_path / "there")
    given.append("handover", {"to": "mo", "reason": "shift ends", "moved": True})
    given.release()
    bundled(given.folder, path)
    folder, new = unpacked(path, here)
    assert new
    ours = joined(here, "mo")
    with pytest.raises(Held):
        unpacked(path, here)
    ours.append("note", {"text": "still here"})
    ours.release()
    assert [record.type for record in read_records(folder)] == ["open", "handover", "join", "note"]
    with pytest.raises(JournalError, match="went another way"):
        unpacked(path, here)


def refused(tmp_path: Path, data: bytes) -> None:
    path, here = tmp_path / "in" / "trap.zip", tmp_path / "here"
    path.parent.mkdir()
    here.mkdir()
    path.write_bytes(data)
    with pytest.raises((UsageError, JournalError)) as caught:
        unpacked(path, here)
    assert str(path) in str(caught.value) or "journal" in str(caught.value)
    assert {found.name for found in tmp_path.rglob("*")} == {"in", "here", "trap.zip"}
