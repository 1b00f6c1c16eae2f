"""What the desk lets an operator remove, and what it refuses in words; the real keys, the real files."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.exports import packed, verified
from irtui.desk.home import Home
from irtui.desk.keys import Keys
from irtui.desk.redacting import Removable, Removed, redact, removable
from irtui.errors import Denied, IrtuiError, JournalError, KeyUnavailable, UsageError
from irtui.journal import typed
from irtui.journal.read import read_records
from irtui.journal.seal import endorse
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from tests.support import removals
from tests.support.journals import counted, written

WORDS = "a sentence of alice's"


class Alice:
    """Her keys, and a closed incident for which they vouch."""

    def __init__(self, place: Path, randomness: Callable[[int], bytes] = os.urandom) -> None:
        home = Home(place / "data", place / "config", place / "state")
        home.config.mkdir(parents=True)
        self.keys = Keys(home, randomness)
        self.folder = place / "INC-1"
        own = self.keys.long_term("passphrase-file", WORDS)
        word = endorse(own, incident="INC-1", mode="real", public=removals.STRANGER.public)
        journal = Journal.create(
            self.folder, incident="INC-1", run="r", operator="alice", mode="real", signer=removals.STRANGER,
            endorsement=word, clock=ManualClock(removals.START), opening={}, randomness=counted(),
        )  # fmt: skip
        journal.append("note", {"text": "Erika Mustermann called"})
        journal.append("note", {"text": "an inject", "kind": "inject", "of": "1"})
        journal.close({"reason": "", "open": []})

    def removes(self, what: Removable, because: str = "a customer", key: str = "passphrase-file") -> Removed:
        clock = ManualClock(removals.START)
        return redact(what, because, self.keys, clock, run="l", operator="alice", key=key, ask_secret=lambda _: WORDS)


@pytest.fixture
def alice(tmp_path: Path) -> Alice:
    return Alice(tmp_path)


@pytest.mark.parametrize(
    ("number", "why"),
    [(1, "typed freely"), (3, "typed freely"), (4, "typed freely"), (5, "no record #5")],
    ids=["opening", "inject", "empty", "none"],
)
def test_only_what_a_person_typed_can_go(alice: Alice, number: int, why: str) -> None:
    """Not what irtui or AWS said, not where nobody typed a word, not what is not there."""
    with pytest.raises(UsageError, match=why) as caught:
        removable(alice.folder, number)
    assert caught.value.advice


def test_an_open_incident_a_rehearsal_and_an_old_journal_are_refused(tmp_path: Path) -> None:
    """Each says what can be done: close it, delete it whole, or leave it as it is signed."""
    for kind, number, why, advice in (
        ("left", 2, "not closed", "irtui incidents close"),
        ("rehearsal", 2, "a rehearsal", "Delete the whole of it"),
        ("inline", 2, "in the signed line itself", "breaking the chain"),
    ):
        with pytest.raises(UsageError, match=why) as caught:
            removable(written(tmp_path / kind, kind), number)
        assert advice in caught.value.advice, kind


def test_a_text_that_does_not_hold_is_refused(alice: Alice, tmp_path: Path) -> None:
    """Who removes what was altered would make an alteration a removal."""
    path = removals.text(alice.folder, 2)
    path.write_bytes(b"x")
    with pytest.raises(JournalError, match="is not what was recorded"):
        removable(alice.folder, 2)
    path.unlink()
    with pytest.raises(JournalError, match="is missing, and nothing says that it was removed"):
        removable(alice.folder, 2)


def test_the_reason_says_enough_and_does_not_repeat_the_text(alice: Alice) -> None:
    """It is signed and stays."""
    what = removable(alice.folder, 2)
    for because, why in (("  x ", "at least four"), ("it says: erika mustermann called", "repeats")):
        with pytest.raises(UsageError, match=why):
            alice.removes(what, because)
    assert not (alice.folder / "after.jsonl").exists()


def test_only_a_key_that_vouches_removes(alice: Alice, tmp_path: Path) -> None:
    """No key, another operator's key: refused, and nothing is written; the incident's own operator can."""
    what = removable(alice.folder, 2)
    bob = Alice(tmp_path / "bob")
    nobody = Keys(Home(tmp_path, tmp_path, tmp_path), counted())
    found: list[IrtuiError] = []
    for keys in (bob.keys, nobody):
        alice_s, alice.keys = alice.keys, keys
        with pytest.raises((Denied, KeyUnavailable)) as caught:
            alice.removes(what)
        found.append(caught.value)
        alice.keys = alice_s
    assert "vouches for no sitting" in found[0].message and "irtui keys init" in found[1].advice
    assert not (alice.folder / "after.jsonl").exists()
    assert alice.removes(what).vouched
    with pytest.raises(UsageError, match="was removed on 2026-11-23 by alice"):
        removable(alice.folder, 2)


def test_an_altered_journal_gets_no_removal(alice: Alice) -> None:
    """A removal in it would vouch for the rest."""
    what = removable(alice.folder, 2)
    (alice.folder / "HEAD").write_bytes((alice.folder / "HEAD").read_bytes().replace(b"4\nsha256   ", b"9\nsha256   "))
    with pytest.raises(JournalError, match="does not hold: truncated"):
        alice.removes(what)


def test_nobody_vouches_for_an_ephemeral_key(alice: Alice, tmp_path: Path) -> None:
    """There any long-term key signs the removal, again and again, and it is said that verify must be given that key."""
    folder = removals.closed(tmp_path / "e", vouched=False)
    for number in (2, 3):
        done = alice.removes(removable(folder, number))
        assert not done.vouched
        own = str(read_records(folder)[0].body["key"]["public"])
        assert verify(folder, signers=[own, done.key]).verdict == "complete"
        assert verify(folder).verdict == "wrong key"


def test_what_was_stopped_is_finished(alice: Alice, tmp_path: Path) -> None:
    """After the word and before the text: it is shown as removed, no bundle carries it, and once more finishes it, with
    the texts that no record names."""
    path = removals.text(alice.folder, 2)
    kept = path.read_bytes()
    alice.removes(removable(alice.folder, 2))
    path.write_bytes(kept)
    (alice.folder / typed.TEXTS / ("ab" * 32)).write_bytes(kept)
    assert "[text removed" in str(read_records(alice.folder)[1].body["text"])
    bundle = packed(alice.folder, tmp_path / "b.zip").path
    assert b"Mustermann" not in bundle.read_bytes()
    found = verified(bundle)
    assert found.verdict == "complete" and not any("still there" in note or "go by it" in note for note in found.notes)
    what = removable(alice.folder, 2)
    assert what.said is not None and what.text
    done = alice.removes(what, "another word, which is not written")
    assert done.strays == 1 and done.removal.because == "a customer"
    assert [*(alice.folder / typed.TEXTS).iterdir()] == []
    shutil.rmtree(alice.folder / typed.TEXTS)
    assert verify(alice.folder).verdict == "complete"
