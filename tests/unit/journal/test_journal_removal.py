"""Typed texts and their removal: what is kept where, what a verifier says of it, and that no prover gets past it."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from irtui.clock import ManualClock
from irtui.errors import JournalError
from irtui.journal import typed
from irtui.journal.after import AFTER
from irtui.journal.anchor import anchor_of
from irtui.journal.read import read_journal, read_records
from irtui.journal.record import parse
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from irtui.journal.verify_chain import LEFT_OUT, verify_chain
from tests.support.journals import resigned
from tests.support.removals import (
    OPERATOR,
    PROVERS,
    START,
    STRANGER,
    WITHOUT_A_KEY,
    closed,
    lines,
    put,
    removed,
    story,
    text,
)

EACH = 60 if os.environ.get("IRTUI_DEEP") else 1


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story(tmp_path_factory.mktemp("told"))


def begun(folder: Path, randomness: Callable[[int], bytes] = os.urandom) -> Journal:
    return Journal.create(
        folder, incident="INC-1", run="r", operator="alice", mode="real", signer=OPERATOR, opening={},
        clock=ManualClock(START), randomness=randomness,
    )  # fmt: skip


@pytest.mark.parametrize("name", PROVERS)
def test_no_prover_gets_past_the_verifier(told: Path, tmp_path: Path, name: str) -> None:
    """Whoever deletes, exchanges or edits a text, or forges, replays, cuts or moves a removal, is found; a removal that
    was stopped half-way is not taken for that."""
    verdict, prover = PROVERS[name]
    for number in range(EACH):
        root = tmp_path / str(number)
        shutil.copytree(told.parent, root, symlinks=True)
        prover(root / "a", Random(f"{name}{number}"))
        found = verify(root / "a")
        assert found.verdict == verdict, f"{name}, {number}: {found.words}"
        if name in WITHOUT_A_KEY:
            assert verify_chain(root / "a").verdict in (verdict, "complete")


def test_a_removal_is_told_and_nothing_else_changes(told: Path, tmp_path: Path) -> None:
    """Complete, with the same head and anchors as before; who removed what, when and why is noted, and what that does
    not prove; the text is shown as removed, and its salt is gone with it."""
    before = verify(closed(tmp_path / "before"))
    found = verify(told, anchors=[anchor_of(read_records(told)[-1])])
    assert (found.verdict, found.head, found.records) == ("complete", before.head, before.records)
    assert found.notes == (
        "1 text removed after the close at #2 (text) by alice on 2027-02-03: a customer's name",
        "1 text removed after the close at #6 (text) by alice on 2027-02-03: a customer's name",
        "#5: the intent: it has no outcome",
    )
    assert [(one.record, one.seq) for one in found.removed] == [(2, 8), (6, 9)]
    assert any("a cut end of after.jsonl does not show" in said for said in found.unproven)
    assert any("no copy of a removed text is left" in said for said in found.unproven)
    assert not any("after.jsonl" in said for said in before.unproven)
    assert not text(told, 2).exists() and len([*(told / typed.TEXTS).iterdir()]) == 3
    reading = read_journal(told)
    assert reading.records[1].body["text"] == "[text removed on 2027-02-03 by alice: a customer's name]"
    assert reading.records[2].body["reason"] == "done already"
    assert [record.type for record in reading.after] == ["redact", "redact"]
    assert (told / typed.TEXTS).stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in [*(told / typed.TEXTS).iterdir(), told / AFTER]} == {0o600}


def test_equal_texts_cannot_be_told_from_their_commitments(told: Path) -> None:
    """The same words twice have two salts and two commitments: what is left says nothing of what is gone."""
    records = read_records(told)
    assert typed.commitment(records[2]) != typed.commitment(records[5])
    salts = [json.loads(path.read_bytes())["salt"] for path in (told / typed.TEXTS).iterdir()]
    assert len({*salts}) == len(salts) == 3 and all(len(salt) == 64 for salt in salts)


def test_a_salt_used_twice_is_noted(tmp_path: Path) -> None:
    """A writer whose salts repeat gives his removed texts to whoever guesses: the verifier says where."""
    journal = begun(tmp_path / "i", bytes)
    journal.append("note", {"text": "one"})
    journal.append("note", {"text": "two"})
    journal.release()
    assert "#3: its text has the salt of #2: if one goes, it can be guessed" in verify(tmp_path / "i").notes


@pytest.mark.parametrize(
    "data",
    [
        b'{"text":"no salt"}\n',
        b'{"form":"irtui-text-v1","salt":"00","text":"short salt"}\n',
        b'{"form":"irtui-text-v1","salt":"' + b"0" * 64 + b'","text":7}\n',
        b'{"form":"irtui-text-v1","salt":"' + b"0" * 64 + b'","text":"no end"}',
        b"\xff",
        b"[]\n",
    ],
)
def test_only_salted_texts_can_be_committed_to(told: Path, tmp_path: Path, data: bytes) -> None:
    """The incident's own key can sign a commitment to other bytes; they are no text, and the record does not hold."""
    folder = rewritten(told, tmp_path, {"commit": hashlib.sha256(data).hexdigest()})
    (folder / typed.TEXTS / hashlib.sha256(data).hexdigest()).write_bytes(data)
    assert "is no salted text" in verify(folder).words and verify(folder).at == 3


@pytest.mark.parametrize("value", [{"commit": "AB" * 32}, {"commit": 7}, {}, {"commit": "ab" * 32, "text": "x"}])
def test_a_senseless_commitment_is_an_alteration(told: Path, tmp_path: Path, value: object) -> None:
    """What stands in a text's place is a text or a commitment; anything else that a key holder writes is named."""
    folder = rewritten(told, tmp_path, value)
    assert verify(folder).words == "altered at #3: it names no text"
    read_records(folder)


def rewritten(told: Path, place: Path, reason: object) -> Path:
    """The incident with another `reason` in #3, signed anew with its own key; nothing was removed from it."""
    folder = place / "rewritten"
    shutil.copytree(told, folder)
    (folder / AFTER).unlink()
    (folder / "HEAD").unlink()
    path = folder / "journal.jsonl"
    data = path.read_bytes().splitlines(keepends=True)
    value = json.dumps(reason, sort_keys=True, separators=(",", ":")).encode()
    old = json.dumps(parse(data[2]).body["reason"]).replace(" ", "").encode()
    path.write_bytes(b"".join(resigned([*data[:2], data[2].replace(old, value), *data[3:]], "real", b"i" * 32)))
    closed(place / "texts")
    shutil.copytree(place / "texts" / typed.TEXTS, folder / typed.TEXTS, dirs_exist_ok=True)
    return folder


def test_a_journal_from_before_holds_its_texts_itself(told: Path, tmp_path: Path) -> None:
    """Inline texts verify and are shown as ever, among commitments too."""
    folder = rewritten(told, tmp_path, "typed long ago")
    assert verify(folder).verdict == "complete"
    assert read_records(folder)[2].body["reason"] == "typed long ago"
    assert typed.commitment(read_records(folder)[2]) == ""


def test_who_may_remove_where_nobody_vouches(tmp_path: Path) -> None:
    """In an incident of an ephemeral key no long-term key is known: its removal counts only for who gives that key."""
    folder = closed(tmp_path / "i", vouched=False)
    removed(folder, 2, STRANGER)
    found = verify(folder)
    assert found.verdict == "wrong key" and found.at == 8 and STRANGER.public.hex() in found.why
    own = Ed25519Signer.from_seed(b"i" * 32, "").public.hex()
    found = verify(folder, signers=[own, STRANGER.public.hex().upper()])
    assert found.verdict == "complete" and found.pinned
    removed(folder, 3, STRANGER)
    assert verify(folder, signers=[own, STRANGER.public.hex()]).verdict == "complete"


def test_the_chain_alone_says_what_was_removed(told: Path) -> None:
    """`--chain` reads no text, and says so; what was recorded after the close it holds against the close."""
    found = verify_chain(told)
    assert (found.verdict, len(found.removed), found.unproven[0]) == ("complete", 2, LEFT_OUT)
    assert "what people typed" in " ".join(LEFT_OUT.split())


def test_a_removal_with_its_text_put_back_and_its_word_cut_off_cannot_be_seen(told: Path, tmp_path: Path) -> None:
    """Who kept a copy can undo the last removal unseen: this is what SECURITY.md says is not detected."""
    folder, original = tmp_path / "a", closed(tmp_path / "original")
    shutil.copytree(told, folder)
    put(folder, lines(folder)[0])
    shutil.copy(text(original, 6), folder / typed.TEXTS)
    found = verify(folder)
    assert found.verdict == "complete" and len(found.removed) == 1
    assert any("a cut end of after.jsonl does not show" in said for said in found.unproven)


def test_a_second_writer_after_the_close_waits(told: Path, tmp_path: Path) -> None:
    """One removal at a time: the second is refused while the first holds the file, and nothing is written twice."""
    from irtui.journal.after_file import opened
    from irtui.journal.disk import RealDisk

    folder = tmp_path / "a"
    shutil.copytree(told, folder)
    with opened(folder, verify(folder), RealDisk()), pytest.raises(JournalError, match="another irtui"):
        removed(folder, 3)
    removed(folder, 3)
    assert [one.record for one in verify(folder).removed] == [2, 6, 3]


def test_a_lone_journal_is_not_held_against_a_neighbours_removals(told: Path, tmp_path: Path) -> None:
    """A journal file beside another incident's after.jsonl: noted, and no alteration; its texts were not there."""
    lone = tmp_path / "lone.jsonl"
    shutil.copy(told.parent / "b" / "journal.jsonl", lone)
    shutil.copy(told / AFTER, tmp_path / AFTER)
    found = verify(lone)
    assert found.verdict == "complete"
    assert "after.jsonl is of another incident" in found.notes
    assert "5 texts are not beside the journal and were not checked" in found.notes


def test_what_is_typed_stands_in_one_file_alone(tmp_path: Path) -> None:
    """A typed text is in no other file of the incident, in no record and not in HEAD; irtui's own words stay inline."""
    folder = tmp_path / "i"
    journal = Journal.create(
        folder,
        incident="INC-1",
        run="r",
        operator="alice",
        mode="real",
        signer=OPERATOR,
        opening={},
        clock=ManualClock(START),
    )
    for number, (kind, member) in enumerate(typed.TYPED.items()):
        body = {"kind": {"decide": "confirm", "approve": "break-glass"}[kind]} if kind in ("decide", "approve") else {}
        if kind not in ("handover", "takeover", "close"):
            record = journal.append(kind, {member: f"Mustermann {number}", **body})
            assert record.body[member] == f"Mustermann {number}"
    journal.append("note", {"text": "an inject", "kind": "inject", "of": "1"})
    journal.append("decide", {"kind": "decline", "reason": "declined"})
    journal.append("skip", {"step": "deny", "reason": ""})
    journal.release()
    outside = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != typed.TEXTS]
    assert not any(b"Mustermann" in path.read_bytes() for path in outside)
    assert b"an inject" in (folder / "journal.jsonl").read_bytes()
    assert len([*(folder / typed.TEXTS).iterdir()]) == 6


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Nothing is written of it, and the journal goes on."""
    folder = tmp_path / "i"
    journal = Journal.create(
        folder,
        incident="INC-1",
        run="r",
        operator="alice",
        mode="real",
        signer=OPERATOR,
        opening={},
        clock=ManualClock(START),
    )
    with pytest.raises(JournalError, match="more than 65536"):
        journal.append("note", {"text": "x" * 70_000})
    assert [*(folder / typed.TEXTS).iterdir()] == []
    journal.append("note", {"text": "x" * 60_000})
    journal.release()
    assert verify(folder).records == 2
