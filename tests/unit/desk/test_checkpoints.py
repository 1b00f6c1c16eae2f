"""What the place of a checkpoint proves, and what it leaves open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.against_checkpoints import verified_against
from irtui.desk.checkpoints import Checkpoint, Kept, limits, read_checkpoints, words
from irtui.desk.doors import ReadingDoor
from irtui.desk.exports import packed
from irtui.errors import UsageError
from irtui.journal.note import Note
from irtui.journal.record import Record
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import verify

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOTE = Note("INC-A", "real", 7, "ab" * 32, "irtui/INC-A\n", ())
LIVE = Checkpoint(NOTE, "s3://b/k?versionId=v", {"Bucket": "b", "Key": "k", "VersionId": "v"}, False, NOW)
LOCKED = Kept("COMPLIANCE", NOW + timedelta(days=30), False)
RECORD = Record({}, "INC-A", 0, "alice", "0" * 64, "r", 7, "0" * 128, "2026-11-23T11:59:50.000000Z", "note", 1)


def test_a_locked_one_elsewhere_leaves_nothing_open() -> None:
    """In compliance mode, in another account, by its version, put when its record was written."""
    assert limits(LIVE, LOCKED, RECORD, NOW) == ()
    assert words(LIVE, LOCKED) == (
        "#7 in s3://b/k?versionId=v since 2026-11-23T12:00:00.000000Z by S3's clock, locked in compliance mode until"
        " 2026-12-23"
    )


@pytest.mark.parametrize(
    ("checkpoint", "found", "said"),
    [
        (LIVE, None, "a file says neither"),
        (LIVE, replace(LOCKED, mode="GOVERNANCE"), "is locked in governance mode, which some may bypass"),
        (LIVE, replace(LOCKED, mode="none", until=None), "is not locked"),
        (LIVE, replace(LOCKED, mode="", why="AccessDenied"), "could not be seen to be locked: AccessDenied"),
        (LIVE, replace(LOCKED, until=NOW), "was locked until 2026-11-23, and is no more"),
        (LIVE, replace(LOCKED, own=True), "lies in the incident's own account"),
        (LIVE, replace(LOCKED, own=None), "lies in nobody knows whose account"),
        (replace(LIVE, newest=True), LOCKED, "none was named, the newest was read"),
        (replace(LIVE, since=NOW + timedelta(hours=3)), LOCKED, "S3 has its checkpoint since 2026-11-23T15"),
    ],
)
def test_each_weakness_is_one_sentence(checkpoint: Checkpoint, found: Kept | None, said: str) -> None:
    """Nothing else is said with it, and nothing of a place is claimed that S3 did not say."""
    [line] = limits(checkpoint, found, RECORD, NOW)
    assert said in line and "#7" in line


@pytest.mark.parametrize("given", ["s3://", "s3://bucket", "s3://bucket/", "s3://bucket/key?x=1", "nowhere"])
def test_what_names_no_checkpoint_is_refused_before_aws_is_asked(given: str) -> None:
    """Half a URL, another query than a version, a file that is not there."""

    def door() -> ReadingDoor:
        raise AssertionError("AWS was asked")

    with pytest.raises(UsageError):
        read_checkpoints(given, door)


def test_a_bundle_is_held_against_a_downloaded_note(tmp_path: Path) -> None:
    """As the folder is: anchored where it fits, truncated where the bundle lacks the record; no AWS is asked."""
    clock = ManualClock(NOW)
    journal = Journal.create(
        tmp_path / "INC-A", incident="INC-A", run="r", operator="alice", mode="real", clock=clock,
        signer=Ed25519Signer.from_seed(b"1" * 32, "keyring"), opening={"account": "111122223333"},
    )  # fmt: skip
    (tmp_path / "early").write_text(journal.checkpoint())
    packed(journal.folder, tmp_path / "a.zip")
    journal.append("note", {"text": "went on"})
    (tmp_path / "late").write_text(journal.checkpoint())
    journal.release()

    def asked() -> ReadingDoor:
        raise AssertionError("AWS was asked")

    for name, verdict, anchored in (("early", "not closed", 1), ("late", "truncated", 0)):
        given = [str(tmp_path / name)]
        found, (said, _) = verified_against(tmp_path / "a.zip", given, asked, clock, verify, anchors=())
        assert (found.verdict, found.anchored) == (verdict, anchored)
        assert found.unproven[0].startswith("where the checkpoint of #") and said[0].endswith(name)
