"""What both faces say when an incident changes hands, without a desk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.handed import Handed, TakenOver, came_as, handed_on, named_key, new_file, told_by_whom
from irtui.errors import JournalError, UsageError
from irtui.journal.disk import RealDisk
from irtui.journal.handle import Replaced
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from tests.support.memory_door import START

SIGNER = Ed25519Signer.from_seed(b"1" * 32, "ephemeral")


class Watched(RealDisk):
    """A disk on which somebody looks right after the copy of a journal has its name."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        if new.name == "journal.jsonl":
            self._look()


def begun(folder: Path) -> Journal:
    return Journal.create(
        folder / "INC-A", incident="INC-A", run="a", operator="alice", mode="real", signer=SIGNER,
        clock=ManualClock(START), opening={},
    )  # fmt: skip


def joined(folder: Path, operator: str, seize: str = "", disk: RealDisk | None = None) -> Journal:
    return Journal.resume(
        folder / "INC-A", run=operator, operator=operator, signer=SIGNER, clock=ManualClock(START), joining={},
        seize=seize, disk=disk or RealDisk(),
    )  # fmt: skip


def test_who_took_it_is_told_as_soon_as_they_have_written_why(tmp_path: Path) -> None:
    """Between the renaming and the record nobody can tell yet; then the name and the reason. Another fault, and a
    journal that is not the same one, stay what they are."""
    alice, seen = begun(tmp_path), []
    ours, lost = alice.records, Replaced("changed or taken over")

    def told() -> JournalError | None:
        return told_by_whom(tmp_path / "INC-A", ours, lost)

    bob = joined(tmp_path, "bob", "she is [b]asleep", Watched(lambda: seen.append(told())))
    assert seen == [None]
    assert told_by_whom(tmp_path / "INC-A", bob.records, lost) is None, "nobody took it from bob, and not bob himself"
    taken = told()
    assert isinstance(taken, TakenOver) and taken.title == "INC-A was taken over"
    assert taken.message.startswith("bob took it at ") and taken.message.endswith("Z: she is [b]asleep")
    full = JournalError("no space left")
    assert told_by_whom(tmp_path / "INC-A", ours, full) is full
    other = begun(tmp_path / "other")
    other.append("note", {"text": "another way"})
    assert told_by_whom(tmp_path / "INC-A", other.records, lost) is lost


def test_what_was_left_is_told_to_the_one_who_signed_on_next(tmp_path: Path) -> None:
    """Right after a hand-over, and to nobody who only resumes."""
    alice = begun(tmp_path)
    alice.append("handover", {"to": "mo"})
    assert handed_on(alice.records) is None
    alice.release()
    mo = joined(tmp_path, "mo")
    mo.append("note", {"text": "here"})
    found = handed_on(mo.records)
    assert found is not None and found.body["to"] == "mo"
    mo.release()
    assert handed_on(joined(tmp_path, "mo").records) is None


def test_a_key_or_a_file_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """Nothing named is nothing; half a key, a file that is there, a folder that is not, and no name at all refuse."""
    assert named_key("") == "" and named_key("ab" * 32) == "ab" * 32
    assert new_file("") is None and new_file(str(tmp_path / "a.zip")) == tmp_path / "a.zip"
    with pytest.raises(UsageError):
        named_key("ab" * 31)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    link, lost, long = tmp_path / "link", tmp_path / "no" / "a.zip", tmp_path / ("x" * 300)
    for name in (tmp_path, link, lost, long, "~nobody-here/a", "\0"):
        with pytest.raises(UsageError):
            new_file(str(name))
    for name in (tmp_path / "a.zip", tmp_path, "~nobody-here/a", "\0"):
        with pytest.raises(UsageError):
            came_as(str(name))


def test_what_was_not_carried_is_told_with_the_command_for_it() -> None:
    """Signed off for another machine, and no file: whoever signed off makes it; else the next one runs something."""
    moved = Handed("INC-A", {"to": "", "moved": True})
    assert moved.to == "whoever goes on"
    assert [*moved.next_steps()] == [("you run", "irtui incidents handover INC-A --bundle FILE")]
    assert [*Handed("INC-A", {"to": "mo", "moved": False}).next_steps()] == [("they run", "irtui resume INC-A")]
