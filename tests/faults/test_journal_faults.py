"""The journal under faults: each disk operation fails in each way, and real processes are killed.

What must hold after any of them: every acknowledged record is on disk, nothing was acknowledged through the
same handle after its first failure, and the incident can be resumed and closed.
"""

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from irtui.clock import ManualClock
from irtui.errors import JournalError
from irtui.journal.ballast import ENOUGH, SIZE
from irtui.journal.disk import Disk, RealDisk
from irtui.journal.read import read_evidence, read_records
from irtui.journal.record import Record
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from tests.support.faulty_disk import KINDS, Crash, FaultyDisk, Unsynced

DEEP = bool(os.environ.get("IRTUI_DEEP"))


@dataclass
class Story:
    """A small incident over one disk, and what was acknowledged."""

    folder: Path
    disk: Disk
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime(2026, 11, 23, tzinfo=UTC)))
    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer.from_seed(bytes(range(32)), "keyring"))
    acknowledged: list[Record] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    journal: Journal | None = None

    def create(self) -> None:
        self.journal = Journal.create(
            self.folder, incident="INC-1", run="run-0", operator="alice", mode="real", signer=self.signer,
            clock=self.clock, opening={"account": "000000000012"}, disk=self.disk,
        )  # fmt: skip
        self.acknowledged += self.journal.records

    def resume(self, run: str) -> None:
        self.journal = None
        self.journal = Journal.resume(
            self.folder, run=run, operator="alice", signer=self.signer, clock=self.clock, joining={}, disk=self.disk
        )
        self.acknowledged += self.journal.records[len(self.acknowledged) :]

    def append(self, type: str, body: dict[str, Any]) -> None:
        assert self.journal
        self.acknowledged.append(self.journal.append(type, body))

    def keep(self) -> None:
        assert self.journal
        kept = self.journal.evidence("reply", {"x": len(self.evidence)})
        self.evidence.append(kept.sha256)
        self.acknowledged.append(self.journal.records[-1])

    def tell(self) -> None:
        self.create()
        self.append("note", {"text": "one"})
        self.append("intent", {"step": "deny"})
        self.keep()
        assert self.journal
        self.journal.release()
        self.resume("run-1")
        self.append("note", {"text": "two"})
        self.keep()
        self.append("close", {"reason": "done"})


def told(folder: Path, disk: FaultyDisk, what: str) -> Story:
    """Tells the story until a fault ends it; checks that its handle is then dead."""
    story = Story(folder, disk)
    try:
        story.tell()
    except Crash:
        return story
    except JournalError:
        if story.journal and not disk.gone:
            with pytest.raises(JournalError):
                story.journal.append("note", {"text": "after the failure"})
            with pytest.raises(JournalError):
                story.journal.evidence("reply", b"after the failure")
        assert disk.gone or not disk.opened, f"{what}: descriptors left open"
    return story


def mended(story: Story, what: str) -> None:
    """Resumes and closes on a sound disk; checks that nothing acknowledged is lost."""
    before = tuple(story.acknowledged)
    if not before and not _has_open(story.folder):
        return
    assert read_records(story.folder)[: len(before)] == before, what
    if read_records(story.folder)[-1].type != "close":
        after = Story(story.folder, Unsynced())
        after.resume("run-9")
        after.append("close", {"reason": "mended"})
    found = verify(story.folder)
    assert found.verdict == "complete", f"{what}: {found.words}"
    assert read_records(story.folder)[: len(before)] == before, what
    for sha256 in story.evidence:
        read_evidence(story.folder, sha256)


def _has_open(folder: Path) -> bool:
    try:
        return bool(read_records(folder))
    except JournalError:
        return False


def points(folder: Path) -> int:
    disk = FaultyDisk()
    Story(folder, disk).tell()
    assert verify(folder).verdict == "complete"
    return disk.count


@pytest.mark.parametrize("kind", KINDS)
def test_each_operation_fails_once(tmp_path: Path, kind: str) -> None:
    """Whichever operation fails, from create over evidence and resume to close: nothing acknowledged is lost."""
    last = points(tmp_path / "clean")
    assert last > 40
    for number in range(1, last + 1):
        what = f"{kind} at operation {number} of {last}"
        disk = FaultyDisk(number, kind)
        story = told(tmp_path / str(number), disk, what)
        assert disk.count >= number, what
        mended(story, what)


@pytest.mark.parametrize("second", KINDS)
def test_mending_fails_too(tmp_path: Path, second: str) -> None:
    """A second fault, while the first is being mended, loses nothing either (sampled; all pairs in a deep run)."""
    last = points(tmp_path / "clean")
    firsts = [(at, kind) for at in range(8, last + 1) for kind in (KINDS if DEEP else ("torn",))]
    firsts = firsts if DEEP else firsts[::7]
    for at, first in firsts:
        number = 1
        while number:
            what = f"{first} at {at}, then {second} at {number}"
            story = told(tmp_path / "pair", FaultyDisk(at, first), what)
            disk = FaultyDisk(number, second)
            again = Story(story.folder, disk, acknowledged=list(story.acknowledged), evidence=list(story.evidence))
            try:
                again.resume("run-5")
                again.append("note", {"text": "mending"})
                again.append("close", {"reason": "mended"})
            except (Crash, JournalError):
                pass
            if again.journal and not disk.gone:
                again.journal.release()
            mended(again, what)
            shutil.rmtree(story.folder, ignore_errors=True)
            number = number + (1 if DEEP else 5) if disk.count >= number else 0


class FullDisk(RealDisk):
    """A disk with so many bytes left; the ballast gives its own back."""

    def __init__(self, left: int) -> None:
        self.left = left

    def write(self, fd: int, data: bytes) -> int:
        if not self.left:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = super().write(fd, data[: self.left])
        self.left -= taken
        return taken

    def unlink(self, path: Path) -> None:
        if path.name == "ballast" and path.exists():
            self.left += path.stat().st_size
        super().unlink(path)

    def free(self, folder: Path) -> int:
        return self.left + (ENOUGH if self.left > SIZE else 0)


def test_a_full_disk_can_still_be_closed(tmp_path: Path) -> None:
    """When the disk is full the ballast is given back, and the incident is resumed and closed in that space."""
    story = Story(tmp_path / "i", FullDisk(SIZE + 5000))
    story.create()
    with pytest.raises(JournalError, match="No space left"):
        for _ in range(100):
            story.append("note", {"text": "x" * 100})
    story.resume("run-1")
    story.append("close", {"reason": "the disk is full"})
    assert read_records(story.folder) == tuple(story.acknowledged)
    assert verify(story.folder).verdict == "complete"


def test_no_room_for_ballast_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """On a disk with little room an incident begins without ballast."""
    story = Story(tmp_path / "i", FullDisk(5000))
    story.create()
    assert not (story.folder / "ballast").exists()
    story.append("close", {"reason": "done"})
    assert verify(story.folder).verdict == "complete"


def test_a_real_disk_of_64_kib_fills_up_and_the_incident_is_closed(small_disk: Path) -> None:
    """On a tmpfs of 64 KiB that is really full: no acknowledged record is lost, and it closes when space is freed."""
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 8192)
    story = Story(small_disk / "i", RealDisk())
    story.create()
    with pytest.raises(JournalError, match="No space left"):
        for _ in range(200):
            story.append("observe", {"step": "x" * 300})
    assert len(story.acknowledged) > 20
    with pytest.raises(JournalError, match="No space left"):
        Story(small_disk / "j", RealDisk()).create()
    filler.unlink()
    mended(story, "tmpfs")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A mounted tmpfs of 64 KiB; only root can mount one."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False) if os.geteuid() == 0 else None
    if mounted is None or mounted.returncode:
        pytest.skip(f"a tmpfs cannot be mounted: {mounted.stderr.strip() if mounted else 'not root'}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


WRITER = """
import os, sys
from pathlib import Path
from irtui.clock import SystemClock
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
folder, run = Path(sys.argv[1]), sys.argv[2]
signer = Ed25519Signer.from_seed(bytes(range(32)), "keyring")
common = dict(run=run, operator="alice", signer=signer, clock=SystemClock())
if run == "run-0":
    journal = Journal.create(folder, incident="INC-1", mode="real", opening={}, **common)
else:
    journal = Journal.resume(folder, joining={}, **common)
os.write(1, b"%d\\n" % len(journal.records))
while True:
    journal.evidence("reply", {"n": len(journal.records)})
    os.write(1, b"%d\\n" % journal.append("note", {"text": "x" * 300}).seq)
"""


def test_killed_processes_lose_nothing_acknowledged(tmp_path: Path) -> None:
    """SIGKILL at any moment, twenty times over (300 times in a deep run): what was acknowledged is there."""
    chance = random.Random(7)
    for number in range(300 if DEEP else 20):
        folder, run = tmp_path / f"i{number // 10}", f"run-{number % 10}"
        with subprocess.Popen([sys.executable, "-c", WRITER, folder, run], stdout=subprocess.PIPE) as process:
            assert process.stdout
            for _ in range(chance.randint(1, 40)):
                last = process.stdout.readline()
            process.kill()
            rest = process.stdout.read().splitlines(keepends=True)
        acknowledged = max(int(text) for text in (last, *rest) if text.endswith(b"\n"))
        found = verify(folder)
        assert found.verdict == "not closed", found.words
        assert found.records >= acknowledged
    for folder in tmp_path.iterdir():
        story = Story(folder, RealDisk())
        story.resume("run-end")
        story.append("close", {"reason": "done"})
        assert verify(folder).verdict == "complete"
