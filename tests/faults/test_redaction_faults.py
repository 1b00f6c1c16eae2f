"""A removal under faults: each disk operation fails in each way.

What must hold after any of them: the journal is complete, no text is gone without the record that says so, and removing
it again finishes it, with one record and nothing left of the text.
"""

import contextlib
import shutil
from pathlib import Path

import pytest

from irtui.errors import JournalError
from irtui.journal.after import AFTER, read_after
from irtui.journal.verify import verify
from tests.support.faulty_disk import KINDS, Crash, FaultyDisk
from tests.support.removals import closed, removed, text


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed(tmp_path_factory.mktemp("told") / "i")


@pytest.mark.parametrize("second", [False, True], ids=["the first", "a second"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_operation_fails_once(told: Path, tmp_path: Path, kind: str, second: bool) -> None:
    """Whichever operation of a removal fails: the journal is complete, and doing it again finishes it."""
    clean = tmp_path / "clean"
    shutil.copytree(told, clean)
    if second:
        removed(clean, 6)
    shutil.copytree(clean, tmp_path / "0")
    disk = FaultyDisk()
    removed(tmp_path / "0", 2, disk=disk)
    last = disk.count
    assert last > 9
    for number in range(1, last + 1):
        what = f"{kind} at operation {number} of {last}"
        folder = tmp_path / str(number)
        shutil.copytree(clean, folder)
        disk, done = FaultyDisk(number, kind), False
        if second:
            disk.synced[folder / AFTER] = (folder / AFTER).stat().st_size
        with contextlib.suppress(Crash, JournalError):
            removed(folder, 2, disk=disk)
            done = True
        assert disk.count >= number and (disk.gone or not disk.opened), what
        sound(folder, what, done=done)
        finished(folder, what, [6, 2] if second else [2])
        shutil.rmtree(folder)


@pytest.mark.deep
@pytest.mark.parametrize("first", ["crash after", "torn", "EIO"])
@pytest.mark.parametrize("second", KINDS)
def test_finishing_fails_too(told: Path, tmp_path: Path, first: str, second: str) -> None:
    """A second fault, while the first is mended, loses nothing either; the third time finishes it."""
    for at in range(1, 12):
        broken = tmp_path / f"{at}"
        shutil.copytree(told, broken)
        with contextlib.suppress(Crash, JournalError):
            removed(broken, 2, disk=FaultyDisk(at, first))
        number = 1
        while number:
            what = f"{first} at {at}, then {second} at {number}"
            folder = tmp_path / "again"
            shutil.copytree(broken, folder)
            disk, done = FaultyDisk(number, second), False
            if (folder / AFTER).exists():
                disk.synced[folder / AFTER] = (folder / AFTER).stat().st_size
            with contextlib.suppress(Crash, JournalError):
                removed(folder, 2, disk=disk)
                done = True
            sound(folder, what, done=done)
            finished(folder, what, [2])
            shutil.rmtree(folder)
            number = number + 1 if disk.count >= number else 0


def sound(folder: Path, what: str, *, done: bool) -> None:
    """The journal is complete, and the text is not gone without a word, nor there after it was done."""
    found = verify(folder)
    assert found.verdict == "complete", f"{what}: {found.words}"
    signed, path = any(one.record == 2 for one in found.removed), text(folder, 2)
    assert signed or (path.exists() and not done), f"{what}: it is gone without a word"
    assert (signed and path.exists()) == any("still there" in note for note in found.notes), what
    assert not (done and path.exists()), what


def finished(folder: Path, what: str, records: list[int]) -> None:
    """Once more on a sound disk: one word of it, and nothing of the text."""
    assert removed(folder, 2).record == 2, what
    assert [record.body["record"] for record in read_after(folder)] == records, what
    sound(folder, what, done=True)
    assert b"Mustermann" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()), what
