"""One machine, two processes: the one that takes over fences the other, and nothing that was acknowledged is lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.errors import JournalError
from irtui.journal.disk import RealDisk
from irtui.journal.handle import Replaced, writer
from irtui.journal.seal import Ed25519Signer, endorse
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from irtui.journal.verify_chain import verify_chain
from irtui.report import bundled
from tests.support.journals import resigned
from tests.support.memory_door import START

SIGNER = Ed25519Signer.from_seed(b"1" * 32, "ephemeral")


class Meddled(RealDisk):
    """A disk on which something happens right before the journal loses its name, or right after the copy has it."""

    def __init__(self, before: Callable[[], object] = bool, after: Callable[[], object] = bool) -> None:
        self._before, self._after = before, after

    def rename(self, old: Path, new: Path) -> None:
        if old.name == "journal.jsonl":
            self._before()
        super().rename(old, new)
        if new.name == "journal.jsonl":
            self._after()


def begun(folder: Path) -> Journal:
    return Journal.create(
        folder / "INC-A", incident="INC-A", run="a", operator="alice", mode="real", signer=SIGNER,
        clock=ManualClock(START), opening={},
    )  # fmt: skip


def seized(folder: Path, disk: RealDisk | None = None) -> Journal:
    return Journal.resume(
        folder / "INC-A", run="b", operator="bob", signer=SIGNER, clock=ManualClock(START), joining={},
        seize="alice's terminal hangs", disk=disk or RealDisk(),
    )  # fmt: skip


def test_a_writer_that_was_taken_over_writes_no_more(tmp_path: Path) -> None:
    """The old process holds the lock and lives: its next record is refused, the new one's follow its last, and the
    journal names who was fenced and why."""
    alice = begun(tmp_path)
    alice.append("note", {"text": "mine"})
    bob = seized(tmp_path)
    with pytest.raises(JournalError, match="taken over") as error:
        alice.append("intent", {"step": "x"})
    assert "of bob on" in (error.value.advice or "")
    bob.append("note", {"text": "his"})
    assert [r.type for r in bob.records] == ["open", "note", "join", "takeover", "note"]
    assert "of alice on" in bob.records[3].body["from"]
    assert bob.records[3].body["why"] == "alice's terminal hangs"
    alice.release()
    bob.close({})
    found = verify(tmp_path / "INC-A")
    assert found.verdict == "complete"
    assert any(note.startswith("#4: taken over from process") for note in found.notes)


def test_who_writes_is_told_without_taking_the_lock(tmp_path: Path) -> None:
    """The writer has a name while it holds the journal. One that was fenced sees it by a look alone, and when it leaves
    it takes nobody's name away; a name that a crash left is nobody's."""
    folder = tmp_path / "INC-A"
    alice = begun(tmp_path)
    assert "of alice on" in writer(folder)
    bob = seized(tmp_path)
    alice.release()
    assert "of bob on" in writer(folder)
    carol = seized(tmp_path)
    with pytest.raises(Replaced, match="taken over"):
        bob.still_ours()
    with pytest.raises(JournalError):
        bob.append("note", {"text": "his"})
    carol.still_ours()
    named = (folder / "owner").read_bytes()
    carol.release()
    assert writer(folder) == ""
    (folder / "owner").write_bytes(named)
    assert writer(folder) == ""


def test_what_was_acknowledged_during_the_takeover_is_kept(tmp_path: Path) -> None:
    """A record that became durable after the look at the file and before it lost its name is in the new journal."""
    alice = begun(tmp_path)
    bob = seized(tmp_path, Meddled(before=lambda: alice.append("note", {"text": "in time"})))
    assert [r.type for r in bob.records] == ["open", "note", "join", "takeover"]
    assert bob.records[1].body["text"] == "in time"
    bob.close({})
    assert verify(tmp_path / "INC-A").verdict == "complete"


def test_what_comes_after_the_takeover_is_not_acknowledged(tmp_path: Path) -> None:
    """A record begun before the renaming and ended after it: its writer is told that it does not count."""
    alice = begun(tmp_path)
    refused: list[str] = []

    def late() -> None:
        try:
            alice.append("intent", {"step": "x"})
        except JournalError as error:
            refused.append(error.message)

    bob = seized(tmp_path, Meddled(after=late))
    assert len(refused) == 1
    assert [r.type for r in bob.records] == ["open", "join", "takeover"]


class Slow(RealDisk):
    """Its holder is interrupted between its write and its look at the file's name."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], object] = bool

    def fsync(self, fd: int) -> None:
        super().fsync(fd)
        meanwhile, self.meanwhile = self.meanwhile, bool
        meanwhile()


def test_a_takeover_between_write_and_acknowledgement_refuses_the_writer(tmp_path: Path) -> None:
    """Fenced between its fsync and its return, the old process does not act on the record; it may stand there."""
    disk = Slow()
    alice = Journal.create(
        tmp_path / "INC-A", incident="INC-A", run="a", operator="alice", mode="real", signer=SIGNER,
        clock=ManualClock(START), opening={}, disk=disk,
    )  # fmt: skip
    taken: list[Journal] = []
    disk.meanwhile = lambda: taken.append(seized(tmp_path))
    with pytest.raises(JournalError, match="taken over"):
        alice.append("intent", {"step": "x"})
    assert [r.type for r in taken[0].records] == ["open", "intent", "join", "takeover"]
    taken[0].close({})
    assert verify(tmp_path / "INC-A").verdict == "complete"


class Crashed(BaseException):
    """The process ended here."""


class Crashing(RealDisk):
    """Ends its process right before or right after the n-th touch that changes something."""

    def __init__(self, at: int, after: bool) -> None:
        self._left, self._crashes_after = at, after

    def _touch(self, act: Callable[[], object]) -> None:
        self._left -= 1
        if self._left == 0 and not self._crashes_after:
            raise Crashed
        act()
        if self._left == 0:
            raise Crashed

    def rename(self, old: Path, new: Path) -> None:
        self._touch(lambda: RealDisk.rename(self, old, new))

    def truncate(self, fd: int, size: int) -> None:
        self._touch(lambda: RealDisk.truncate(self, fd, size))

    def write(self, fd: int, data: bytes) -> int:
        self._touch(lambda: None)
        return super().write(fd, data)

    def fsync_folder(self, path: Path) -> None:
        self._touch(lambda: RealDisk.fsync_folder(self, path))

    def unlink(self, path: Path) -> None:
        self._touch(lambda: RealDisk.unlink(self, path))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_takeover_that_ends_in_a_crash_loses_nothing(tmp_path: Path, at: int, after: bool) -> None:
    """Killed at any touch of the folder, all that was acknowledged is found by whoever comes next, and the old process
    never writes a record that is not."""
    alice = begun(tmp_path)
    kept = ["mine", *acknowledged(alice, "before")]
    alice.append("note", {"text": "mine"})
    with pytest.raises(Crashed):
        seized(tmp_path, Crashing(at, after))
    kept += acknowledged(alice, "later")
    carol = seized(tmp_path)
    found = [r.body["text"] for r in carol.records if r.type == "note"]
    assert sorted(found) == sorted(kept)
    carol.close({})
    assert verify(tmp_path / "INC-A").verdict == "complete"


def acknowledged(journal: Journal, text: str) -> list[str]:
    """The note, when it was written."""
    try:
        journal.append("note", {"text": text})
    except JournalError:
        return []
    return [text]


def test_nobody_is_fenced_without_being_asked_to(tmp_path: Path) -> None:
    """A plain resume of a journal that is held is refused as before; a takeover of a free one is a plain resume."""
    alice = begun(tmp_path)
    with pytest.raises(JournalError, match="is being written by"):
        Journal.resume(tmp_path / "INC-A", run="b", operator="bob", signer=SIGNER, clock=ManualClock(START), joining={})
    alice.append("note", {"text": "still here"})
    alice.release()
    assert [r.type for r in seized(tmp_path).records] == ["open", "note", "join"]


def handed(folder: Path, to_key: str) -> None:
    alice = begun(folder)
    alice.append("handover", {"to": "mo", "to_key": to_key, "moved": True})
    with pytest.raises(JournalError, match="somebody signs on first"):
        alice.append("note", {"text": "one more word"})
    alice.release()


def test_only_the_named_key_signs_on_after_a_hand_over(tmp_path: Path) -> None:
    """A sitting that another key endorses cannot be written, and one that was written all the same is altered, for
    each verifier; the named one is complete, and both signers are named."""
    mo, kim = (Ed25519Signer.from_seed(bytes([number]) * 32, "keyring") for number in (7, 8))

    def joined(by: Ed25519Signer) -> Journal:
        return Journal.resume(
            tmp_path / "INC-A", run="b", operator="mo", signer=SIGNER, clock=ManualClock(START),
            joining={"caller": "arn:aws:iam::111122223333:user/mo"},
            endorsement=endorse(by, incident="INC-A", mode="real", public=SIGNER.public),
        )  # fmt: skip

    handed(tmp_path, mo.public.hex())
    with pytest.raises(JournalError, match="another key"):
        joined(kim)
    joined(mo).close({})
    folder = tmp_path / "INC-A"
    found = verify(folder)
    assert (found.verdict, verify_chain(folder).verdict, second_verifier(folder)) == ("complete",) * 3
    assert any(f"until here alice signed with key {SIGNER.public.hex()[:16]}" in note for note in found.notes)
    assert any(f"endorsed by {mo.public.hex()[:16]}" in note for note in found.notes)

    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(mo.public.hex().encode(), kim.public.hex().encode())
    path.write_bytes(b"".join(resigned(lines, "real", b"1" * 32)))
    (folder / "HEAD").unlink()
    for forged in (verify(folder), verify_chain(folder)):
        assert (forged.verdict, forged.at) == ("altered", 3)
    assert second_verifier(folder) == "altered"


def second_verifier(folder: Path) -> str:
    """The verdict of the one that goes with a bundle."""
    program = Path(bundled.__file__).parent / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", str(program), "--json", str(folder)], capture_output=True, text=True, check=False
    )
    return str(json.loads(done.stdout)["verdict"])
