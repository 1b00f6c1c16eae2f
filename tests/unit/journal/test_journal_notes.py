"""A signed checkpoint against malicious provers: of the journal, with and without its keys, and of the note itself."""

import base64
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from irtui.clock import ManualClock
from irtui.journal.anchor import Anchor, anchor_in
from irtui.journal.note import MOST_BYTES, note, note_text, parse_note
from irtui.journal.seal import DOMAINS, Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import Verification, verify
from irtui.journal.verify_chain import verify_chain
from tests.support.faulty_disk import Unsynced
from tests.support.key_holders import WITH_THE_KEY
from tests.support.provers import NEED_A_PIN, OUTSIDER, Case, Lines

EACH = 60 if os.environ.get("IRTUI_DEEP") else 3
ONE, TWO = (Ed25519Signer.from_seed(bytes([n]) * 32, "keyring") for n in (5, 6))
THIEF = Ed25519Signer.from_seed(OUTSIDER, "keyring")
BAD = ("altered", "truncated", "wrong key")


def tell(folder: Path, incident: str, mode: str = "real") -> tuple[Lines, dict[int, str]]:
    """An incident of two keys; its lines, and the note that was made of each record when it was the last one."""
    clock, notes = ManualClock(datetime(2026, 11, 23, tzinfo=UTC)), {}
    one, two = ONE, TWO
    if mode == "rehearsal":
        one, two = (Ed25519Signer.from_seed(bytes([n]) * 32, "throw-away") for n in (5, 6))
    journal = Journal.create(
        folder, incident=incident, mode=mode, run="r1", operator="alice", signer=one, clock=clock, opening={},
        disk=Unsynced(),
    )  # fmt: skip
    for signer, last in ((one, False), (two, True)):
        if last:
            journal.release()
            journal = Journal.resume(
                folder, run="r2", operator="bob", signer=signer, clock=clock, joining={}, disk=Unsynced()
            )
        notes[len(journal.records)] = journal.checkpoint()
        for number in range(4):
            journal.append("note", {"text": f"saw {number}"})
            notes[len(journal.records)] = journal.checkpoint()
    journal.close({"reason": "done"})
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True), notes


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case, dict[int, Anchor]]:
    root = tmp_path_factory.mktemp("noted")
    lines, notes = tell(root / "a", "INC-A")
    other, _ = tell(root / "b", "INC-B")
    rehearsal, _ = tell(root / "r", "INC-A", "rehearsal")
    (root / "a" / "HEAD").unlink()
    for text in (*(root / "b" / "texts").iterdir(), *(root / "r" / "texts").iterdir()):
        shutil.copy(text, root / "a" / "texts")  # whoever brings in a record brings what was typed in it
    seeds = {signer.public.hex(): bytes([n]) * 32 for n, signer in ((5, ONE), (6, TWO))}
    anchors = {seq: anchor_in(parse_note(text.encode())) for seq, text in notes.items()}
    return root / "a", Case(lines, other, rehearsal, seeds), anchors


@pytest.fixture
def shown(told: tuple[Path, Case, dict[int, Anchor]]) -> Iterator[Path]:
    yield told[0]
    (told[0] / "journal.jsonl").write_bytes(b"".join(told[1].lines))


def signed(signer: Ed25519Signer, seq: int, sha256: str, incident: str = "INC-A", mode: str = "real") -> Anchor:
    text = note_text(incident, mode, seq, sha256)
    return anchor_in(parse_note(note(text, signer.public, signer.sign(text.encode())).encode()))


def against(folder: Path, *anchors: Anchor) -> Verification:
    return verify(folder, anchors=anchors)


def test_each_record_has_a_note_that_fits(told: tuple[Path, Case, dict[int, Anchor]]) -> None:
    """What was put while it happened holds for the whole journal, also where only the chain is checked."""
    folder, _, anchors = told
    for seq, each in anchors.items():
        found = against(folder, each)
        assert (found.verdict, found.anchored) == ("complete", seq)
        assert verify_chain(folder, anchors=[each]).anchored == seq
    assert against(folder, *anchors.values()).anchored == max(anchors)


@pytest.mark.parametrize("name", WITH_THE_KEY)
def test_who_holds_the_keys_is_stopped_by_what_he_put(told: tuple[Path, Case, dict[int, Anchor]], name: str) -> None:
    """Another history under the same keys, or under a new one, is never complete beside a checkpoint of what it
    changed; one from before the change holds, and what came after it rests on the key alone."""
    folder, case, anchors = told
    try:
        for seed in range(EACH):
            changed, lines = WITH_THE_KEY[name](Random(f"{name}{seed}"), case)
            (folder / "journal.jsonl").write_bytes(b"".join(lines))
            later = [each for seq, each in anchors.items() if seq >= changed]
            assert against(folder).verdict in ("complete", "not closed")
            for each in later:
                assert against(folder, each).verdict in BAD, f"{name}, seed {seed}, #{each.seq}"
            for each in (each for seq, each in anchors.items() if seq < changed):
                found = against(folder, each)
                assert found.verdict in ("complete", "not closed") and found.anchored == each.seq, (
                    f"{name}, seed {seed}"
                )
    finally:
        (folder / "journal.jsonl").write_bytes(b"".join(case.lines))


@pytest.mark.parametrize("name", NEED_A_PIN)
def test_a_key_of_ones_own_fits_no_checkpoint(
    told: tuple[Path, Case, dict[int, Anchor]], shown: Path, name: str
) -> None:
    """Who writes it anew, or ends it anew, with a key of his own is found without anybody saying whose key it was."""
    for seed in range(EACH):
        (shown / "journal.jsonl").write_bytes(b"".join(NEED_A_PIN[name](Random(f"{name}{seed}"), told[1])))
        assert against(shown, told[2][max(told[2])]).verdict in BAD


def test_a_forged_note_is_nobodys_word(told: tuple[Path, Case, dict[int, Anchor]], shown: Path) -> None:
    """Of another key, of the key of another sitting, of a rehearsal, edited, of a record that never was: none of them
    passes, and none of them makes the journal look altered."""
    right = {seq: each.note.sha256 for seq, each in told[2].items() if each.note}
    real = told[2][3].note
    assert real
    forged = {
        "another key": signed(THIEF, 3, right[3]),
        "another key, another head": signed(THIEF, 3, "ab" * 32),
        "the first key, of the second sitting": signed(ONE, max(right), "ab" * 32),
        "a rehearsal": signed(ONE, 3, right[3], mode="rehearsal"),
        "another head": anchor_in(replace(real, sha256="ab" * 32, text=note_text("INC-A", "real", 3, "ab" * 32))),
        "another number": anchor_in(replace(real, seq=4, text=note_text("INC-A", "real", 4, real.sha256))),
        "a longer journal": signed(THIEF, 99, "ab" * 32),
    }
    for name, each in forged.items():
        found = against(shown, each)
        assert (found.verdict, found.anchored) == ("wrong key", 0), f"{name}: {found.words}"
    assert against(shown, signed(ONE, 3, right[3], "INC-B")).words.startswith(
        "altered at #1: it is the journal of INC-A"
    )


def test_a_longer_journal_than_what_is_there_was_cut(told: tuple[Path, Case, dict[int, Anchor]], shown: Path) -> None:
    """A checkpoint of a record that the file does not have any more is a cut end, whoever cut it, and closed or not."""
    last = max(told[2])
    for kept in (4, last - 1):
        (shown / "journal.jsonl").write_bytes(b"".join(told[1].lines[:kept]))
        found = against(shown, told[2][last])
        if kept < 6:  # the second sitting's key is cut off too
            assert found.verdict == "wrong key" and f"names #{last}, the file ends here" in found.why
        else:
            assert found.words == f"truncated at #{kept}: an anchor names #{last}, the file ends here"


def test_two_notes_that_disagree_tell_on_the_key(told: tuple[Path, Case, dict[int, Anchor]], shown: Path) -> None:
    """One key signed two heads of one record: it told two histories, whichever of them is shown; a forged second one
    says nothing of the kind."""
    other = signed(ONE, 3, "ab" * 32)
    for pair in ((told[2][3], other), (other, told[2][3])):
        found = against(shown, *pair)
        assert (found.verdict, found.at) == ("altered", 3) and "two histories" in found.why
    beyond = signed(TWO, 99, "ab" * 32), signed(TWO, 99, "cd" * 32)
    assert "two histories" in against(shown, *beyond).why
    assert against(shown, told[2][3], signed(THIEF, 3, "ab" * 32)).verdict == "wrong key"


def test_what_is_no_note_is_refused(told: tuple[Path, Case, dict[int, Anchor]]) -> None:
    """Any flipped bit is no note, or one that nobody signed; more lines, more bytes and other forms are refused."""
    _, _, anchors = told
    real = anchors[3].note
    assert real
    text = note(real.text, ONE.public, ONE.sign(real.text.encode()))
    data, chance = text.encode(), Random(1)
    for _ in range(EACH * 100):
        bit = chance.randrange(len(data) * 8)
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            found = parse_note(bytes(changed))
        except ValueError:
            continue
        assert not found.signed_by(ONE.public) or found.text == real.text
    more = "\u2014 witness.example qUanCHjBLIHddxe3\n"
    assert parse_note(f"{text}{more}".encode()).signed_by(ONE.public), "signatures of others are passed over"
    spoiled = text + text.rpartition("\n\n")[2].replace(text[-6:-3], "AAA")
    assert not parse_note(spoiled.encode()).signed_by(ONE.public), "one that should fit and does not spoils it"
    origin, seq, root = real.text.splitlines()
    for wrong in (
        "", "\n\n", real.text, f"{real.text}\n", f"{origin}\n0{seq}\n{root}\n\n{text.splitlines()[-1]}\n",
        text.replace(root, f"{root}\nmore"), text.replace("\u2014", "-"), text.replace("\n\n", "\n\n\n"),
        text[:-1], f"{text}\n", text.replace(seq, "0"), text + more * 500, text.replace("INC-A", "INC-A\x1b"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"^its? "):
            parse_note(wrong.encode())
    with pytest.raises(ValueError, match="more than"):
        parse_note(b"a" * (MOST_BYTES + 1))
    with pytest.raises(ValueError, match="UTF-8"):
        parse_note(b"\xff")


def test_the_keys_number_is_that_of_signed_notes() -> None:
    """PeterNeumann's key, the example of Go's sumdb/note, has the number that it has there."""
    key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    line = note("PeterNeumann\n", key, bytes(64)).splitlines()[-1]
    assert base64.b64decode(line.rpartition(" ")[2])[:4].hex() == "c74f20a3"


def test_a_note_never_is_a_record() -> None:
    """What is signed of it begins like nothing else that the key signs; a rehearsal's has an origin of its own."""
    starts = {note_text("INC-A", mode, 1, "ab" * 32).partition("INC")[0].encode() for mode in DOMAINS}
    assert starts == {b"irtui/", b"irtui-rehearsal/"}
    assert not any(
        start.startswith(domain) or domain.startswith(start) for start in starts for domain in DOMAINS.values()
    )
