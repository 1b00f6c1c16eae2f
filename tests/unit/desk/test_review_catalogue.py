"""The list of incidents next to folders that are none, or not yet any."""

from pathlib import Path

from irtui.desk.catalogue import incident_entries
from irtui.desk.home import Home


def test_a_folder_that_a_crash_left_empty_does_not_hide_the_others(tmp_path: Path) -> None:
    """An incident that died before its first record is shown as unreadable; the list goes on."""
    home = Home.from_environ({"IRTUI_HOME": str(tmp_path)})
    folder = home.incidents / "INC-EMPTY1"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_bytes(b"")

    assert [entry.status for entry in incident_entries(home)] == ["unreadable"]
