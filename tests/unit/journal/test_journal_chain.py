"""The quick look at a long journal's chain: the same verdict as the whole verifier, and it says what it left out."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from irtui.journal import verify_chain as module
from irtui.journal.anchor import anchor
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from irtui.journal.verify_chain import LEFT_OUT, verify_chain
from tests.support.faulty_disk import Unsynced

Make = Callable[..., Journal]
PUBLIC = Ed25519Signer.from_seed(bytes(range(32)), "").public.hex()


@pytest.fixture
def long(tmp_path: Path, begin: Make, again: Make, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A closed incident of three sittings and some 250 records, looked at in two pieces."""
    monkeypatch.setattr(module, "SMALL", 1000)
    chance, folder = Random(1), tmp_path / "INC-1"
    for sitting in range(3):
        journal = again(folder, run=f"run-{sitting}", disk=Unsynced()) if sitting else begin(folder, disk=Unsynced())
        for _ in range(chance.randint(60, 100)):
            journal.append("note", {"text": "x" * chance.randint(1, 300)})
        if sitting < 2:
            journal.release()
    journal.close({"reason": "done"})
    return folder


def test_it_says_what_the_whole_verifier_says_and_what_it_left_out(long: Path) -> None:
    """Complete, of as many records, under the same key and head; pinned and anchored likewise."""
    whole, quick = verify(long), verify_chain(long)
    assert (quick.verdict, quick.records, quick.head, quick.signer) == ("complete", whole.records, whole.head, PUBLIC)
    assert quick.unproven == (LEFT_OUT, *whole.unproven)
    end = anchor("INC-1", whole.records, whole.head)
    pinned = verify_chain(long, signers={PUBLIC}, anchors=[end], incident="INC-1")
    assert pinned.pinned and pinned.anchored == whole.records and pinned.verdict == "complete"
    assert verify_chain(long, signers={"00" * 32}).verdict == "wrong key"
    early = anchor("INC-1", 1, "00" * 32)
    assert verify_chain(long, anchors=[early]).words == verify(long, anchors=[early]).words


def test_any_flaw_is_named_by_the_whole_verifier(long: Path) -> None:
    """A flipped bit, a missing, doubled or swapped line, a torn or cut end, at any place: the same words."""
    path, chance = long / "journal.jsonl", Random(2)
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    for number in range(24):
        at = chance.randrange(1, len(lines) - 1)
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        changed = (
            bytes(flipped),
            b"".join(lines[:at] + lines[at + 1 :]),
            b"".join([*lines[:at], lines[at], *lines[at:]]),
            b"".join([*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]]),
            data[: chance.randrange(1, len(data))],
            data + lines[at],
        )[number % 6]
        path.write_bytes(changed)
        quick = verify_chain(long)
        assert quick.words == verify(long).words and quick.verdict != "complete", number


def test_a_sittings_last_signature_is_looked_at(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal chained anew by somebody without its key is found though its chain holds."""
    from tests.support.provers import chained

    path = long / "journal.jsonl"
    path.write_bytes(b"".join(chained(path.read_bytes().splitlines(keepends=True), {})))
    (long / "HEAD").unlink()
    assert verify_chain(long).words == "altered at #1: the signature does not fit"


def test_small_open_and_alien_files(closed: Path, left: Path, tmp_path: Path) -> None:
    """Small journals are looked at in one process, open ones are not closed, other files are not journals."""
    assert verify_chain(closed).verdict == "complete" and verify_chain(closed).unproven[0] == LEFT_OUT
    assert verify_chain(left).verdict == "not closed"
    (tmp_path / "x").write_bytes(b"hello\n")
    for path in (tmp_path / "x", tmp_path / "absent", tmp_path):
        assert verify_chain(path).verdict == "not a journal"
