"""The verifier against tampering: it names the record and what is wrong, and never calls a changed file complete."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtui.journal.head import Head
from irtui.journal.record import line, parse, signed, unsigned
from irtui.journal.seal import Ed25519Signer, endorse, sealed
from irtui.journal.store import Journal
from irtui.journal.verify import verify

Make = Callable[..., Journal]
Lines = list[bytes]
DEEP = bool(os.environ.get("IRTUI_DEEP"))
EXAMPLES = 5000 if DEEP else 120
SEED = bytes(range(32))
SIGNER = Ed25519Signer.from_seed(SEED, "keyring")


def resigned(lines: Lines, mode: str, seed: bytes) -> Lines:
    """The same records chained and signed anew: what a key holder, or an outsider with a key of his own, can do."""
    signer = Ed25519Signer.from_seed(seed, "")
    prev, out = "0" * 64, []
    for seq, data in enumerate(lines, 1):
        new = line(replace(parse(data), prev=prev, seq=seq))
        out.append(signed(new, signer.sign(sealed(mode, unsigned(new)))))
        prev = hashlib.sha256(out[-1]).hexdigest()
    return out


def edit(number: int, old: bytes, new: bytes) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        assert old in lines[number - 1]
        return [*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]]

    return change


def upper_sig(lines: Lines) -> Lines:
    sig = parse(lines[3]).sig
    return edit(4, sig.encode(), sig.upper().encode())(lines)


TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], str]] = {
    "one bit of a body": (edit(4, b'"deny"', b'"dena"'), "altered at #4: the signature does not fit"),
    "the time": (edit(4, b"16:40:12", b"16:40:13"), "altered at #4: the signature does not fit"),
    "the operator": (
        edit(4, b'"op":"alice"', b'"op":"mallo"'),
        "altered at #4: another sitting, and no join before it",
    ),
    "the incident": (edit(4, b"INC-1", b"INC-2"), "altered at #4: it belongs to another incident"),
    "delete": (lambda ls: ls[:3] + ls[4:], "altered at #4: a gap: it calls itself #5"),
    "delete the first": (lambda ls: ls[1:], "altered at #1: a gap: it calls itself #2"),
    "reorder": (lambda ls: [*ls[:3], ls[4], ls[3], *ls[5:]], "altered at #4: a gap: it calls itself #5"),
    "duplicate": (lambda ls: [*ls[:4], ls[3], *ls[4:]], "altered at #5: a gap: it calls itself #4"),
    "insert": (
        lambda ls: [*ls[:3], line(replace(parse(ls[3]), type="note")), *ls[3:]],
        "altered at #4: the signature does not fit",
    ),
    "renumber after a deletion": (
        lambda ls: ls[:3] + [line(replace(parse(x), seq=n)) for n, x in enumerate(ls[4:], 4)],
        "altered at #4: prev is not the hash of #3",
    ),
    "rechain after a deletion, own key": (
        lambda ls: ls[:1] + resigned(ls, "real", b"m" * 32)[1:],
        "altered at #2: prev is not the hash of #1",
    ),
    "spaces": (edit(4, b'"seq":4', b'"seq": 4'), "altered at #4: not in canonical form"),
    "duplicate member": (edit(4, b'"seq":4', b'"seq":3,"seq":4'), "altered at #4: not in canonical form"),
    "escaped letter": (edit(4, b'"deny"', b'"\\u0064eny"'), "altered at #4: not in canonical form"),
    "upper-case hex": (upper_sig, "altered at #4: sig is not a signature in lower-case hex"),
    "a member more": (edit(4, b'"v":1}', b'"v":1,"w":0}'), "altered at #4: it has not the members of a record"),
    "version bump": (edit(4, b'"v":1', b'"v":2'), "altered at #4: unknown version"),
    "unknown type": (edit(2, b'"type":"note"', b'"type":"nota"'), "altered at #2: unknown type of record"),
    "blank line": (lambda ls: [*ls[:3], b"\n", *ls[3:]], "altered at #4: not a line of canonical JSON"),
    "carriage return": (edit(4, b"}\n", b"}\r\n"), "altered at #4: not in canonical form"),
    "byte order mark": (lambda ls: [b"\xef\xbb\xbf" + ls[0], *ls[1:]], "altered at #1: not a line of canonical JSON"),
    "key of the first record": (
        edit(1, SIGNER.public.hex().encode(), b"ab" * 32),
        "altered at #1: the signature does not fit",
    ),
    "mode of the first record": (
        edit(1, b'"mode":"real"', b'"mode":"fake"'),
        "altered at #1: its mode is neither real nor rehearsal",
    ),
    "real said to be a rehearsal": (
        edit(1, b'"mode":"real"', b'"mode":"rehearsal"'),
        "altered at #1: the signature does not fit",
    ),
}


def write(folder: Path, lines: Lines) -> None:
    (folder / "journal.jsonl").write_bytes(b"".join(lines))


def read(folder: Path) -> Lines:
    return (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("name", TAMPERINGS)
@pytest.mark.parametrize("state", ["closed", "left"])
def test_tampering_is_named(request: pytest.FixtureRequest, name: str, state: str) -> None:
    """Each tampering by somebody without the key is found at its record, with the reason."""
    folder: Path = request.getfixturevalue(state)
    tamper, words = TAMPERINGS[name]
    write(folder, tamper(read(folder)))
    assert verify(folder).words == words


def test_a_clean_journal_is_complete(closed: Path, left: Path) -> None:
    """Closed and untouched is complete; left is not closed; both name mode, signer and head."""
    found = verify(closed)
    assert (found.verdict, found.mode, found.records, found.at, found.why) == ("complete", "real", 7, None, "")
    assert found.signer == SIGNER.public.hex() and not found.pinned and found.closed
    assert found.notes == ("#1: nobody endorsed this keyring key",)
    found = verify(left)
    assert (found.verdict, found.records, found.at, found.closed) == ("not closed", 6, 6, False)


def test_a_cut_tail_of_a_closed_journal_is_seen(closed: Path) -> None:
    """Without its last records a closed journal is truncated against HEAD, and without HEAD not closed."""
    write(closed, read(closed)[:-2])
    assert verify(closed).words == "truncated at #5: HEAD names #7, the file ends here"
    (closed / "HEAD").unlink()
    found = verify(closed)
    assert found.verdict == "not closed"
    assert "there is no HEAD file: a cut tail would not show here" in found.notes


def test_a_cut_tail_of_an_open_journal_is_seen_against_head(left: Path) -> None:
    """HEAD names a later record than a cut journal has; a tail torn within a line counts as cut too."""
    lines = read(left)
    write(left, lines[:-1])
    assert verify(left).words == "truncated at #5: HEAD names #6, the file ends here"
    write(left, [*lines[:-1], lines[-1][:-1]])
    found = verify(left)
    assert found.verdict == "truncated" and f"after #5 a torn line of {len(lines[-1]) - 1} bytes" in found.notes[-1]


def test_nothing_stands_after_the_close(closed: Path) -> None:
    """A record, or half a line, after the close is an alteration."""
    lines = read(closed)
    extra = replace(parse(lines[-1]), seq=8, type="note")
    write(closed, [*lines, line(extra)])
    assert verify(closed).words == "altered at #8: it stands after the close"
    write(closed, [*lines, b"{"])
    assert verify(closed).words == "altered at #8: the line has no end"


def test_a_record_of_another_incident_does_not_fit(tmp_path: Path, closed: Path, begin: Make, story: Make) -> None:
    """A record spliced in from another incident of the same key is found, also at the same place."""
    story(begin(tmp_path / "other", incident="INC-2")).release()
    lines = read(closed)
    write(closed, [*lines[:3], read(tmp_path / "other")[3], *lines[4:]])
    assert verify(closed).words == "altered at #4: prev is not the hash of #3"


@pytest.mark.parametrize("signed_as", ["rehearsal", "real"])
def test_a_rehearsal_is_never_the_real_thing(tmp_path: Path, begin: Make, story: Make, signed_as: str) -> None:
    """A rehearsal says so; relabelled it is altered, even when its own throw-away key signs it anew as real."""
    folder = tmp_path / "i"
    story(begin(folder, mode="rehearsal", kind="throw-away")).close({"reason": "won"})
    assert (verify(folder).verdict, verify(folder).mode) == ("complete", "rehearsal")
    lines = edit(1, b'"mode":"rehearsal"', b'"mode":"real"')(read(folder))
    write(folder, resigned(lines, signed_as, SEED))
    assert verify(folder).words == "altered at #1: a throw-away key belongs to rehearsals"
    lines = edit(1, b'"kind":"throw-away"', b'"kind":"keyring"')(lines)
    write(folder, resigned(lines, "rehearsal", SEED))
    assert verify(folder).words == "altered at #1: it was signed as rehearsal, not as real"


def test_a_journal_signed_anew_with_another_key_needs_a_pinned_signer(tmp_path: Path, begin: Make, story: Make) -> None:
    """Whoever rewrites everything with a key of his own passes unpinned; once the signer is given it is a wrong key."""
    operator = Ed25519Signer.from_seed(b"o" * 32, "keyring")
    word = endorse(operator, incident="INC-1", mode="real", public=SIGNER.public)
    folder = tmp_path / "i"
    story(begin(folder, endorsement=word)).close({"reason": "done"})
    pins = {operator.public.hex().upper()}
    assert verify(folder, signers=pins).pinned and verify(folder, signers=pins).verdict == "complete"
    assert verify(folder, signers={SIGNER.public.hex()}).pinned

    mallory = Ed25519Signer.from_seed(b"m" * 32, "keyring")
    lines = edit(1, SIGNER.public.hex().encode(), mallory.public.hex().encode())(read(folder))
    write(folder, resigned(lines, "real", b"m" * 32))
    assert verify(folder, signers=pins).words == "altered at #1: the endorsement does not fit the key"
    body = {**parse(lines[0]).body, "key": {"kind": "keyring", "public": mallory.public.hex()}}
    lines[0] = line(replace(parse(lines[0]), body=body))
    (folder / "HEAD").unlink()
    write(folder, resigned(lines, "real", b"m" * 32))
    assert verify(folder).verdict == "complete"
    found = verify(folder, signers=pins)
    assert found.words == "wrong key at #1: none of the given keys signed or endorsed it" and not found.pinned


def test_a_rewritten_record_does_not_fit_head(closed: Path) -> None:
    """A key holder who rewrites the same number of records is seen against HEAD's hash, not only its number."""
    write(closed, resigned(edit(4, b'"deny"', b'"dena"')(read(closed)), "real", SEED))
    assert verify(closed).words == "altered at #7: HEAD has another hash for this record"


@pytest.mark.parametrize("text", [b"", b"\x00" * 200, b"ref: refs/heads/main\n", b"\xff" * 2000, None])
def test_head_is_never_trusted(closed: Path, text: bytes | None) -> None:
    """A HEAD that says nothing, or is of another incident, changes no verdict of a closed journal."""
    (closed / "HEAD").write_bytes(Head("INC-9", 99, "0" * 64).text() if text is None else text)
    assert verify(closed).verdict == "complete"


@pytest.mark.parametrize("what", ["missing", "altered", "link", "folder", "all missing"])
def test_evidence_counts(closed: Path, tmp_path: Path, what: str) -> None:
    """Evidence that is missing, altered, or not a file is an alteration at the record that names it."""
    (path,) = (closed / "evidence").iterdir()
    data = path.read_bytes()
    path.unlink()
    if what == "altered":
        path.write_bytes(data + b" ")
    elif what == "link":
        (tmp_path / "x").write_bytes(data)
        path.symlink_to(tmp_path / "x")
    elif what == "folder":
        path.mkdir()
    elif what == "all missing":
        path.parent.rmdir()
    found = verify(closed)
    assert (found.verdict, found.at, found.records) == ("altered", 3, 7)
    assert found.why.startswith(f"evidence {path.name[:12]} ")


def test_a_lone_file_says_what_was_not_checked(closed: Path, tmp_path: Path) -> None:
    """An exported journal without its folder verifies, with a note about the evidence."""
    lone = tmp_path / "lone.jsonl"
    lone.write_bytes((closed / "journal.jsonl").read_bytes())
    found = verify(lone)
    assert found.verdict == "complete"
    assert "1 evidence files are not beside the journal and were not checked" in found.notes


def test_intents_without_an_outcome_are_noted(tmp_path: Path, begin: Make) -> None:
    """In-doubt calls are named; a reconciled one is not; an outcome of nothing is."""
    journal = begin(tmp_path / "i")
    for _ in range(4):
        journal.append("intent", {"step": "deny"})
    journal.append("outcome", {"intent": 2, "status": "succeeded"})
    journal.append("unknown", {"intent": 3, "why": "timeout"})
    journal.append("unknown", {"intent": 4, "why": "timeout"})
    journal.append("reconcile", {"intent": 4, "found": "applied"})
    journal.append("outcome", {"intent": 2, "status": "succeeded"})
    journal.append("outcome", {"intent": [{}]})
    journal.close({"reason": "done"})
    notes = verify(tmp_path / "i").notes
    assert "#3: the intent: nobody knows what became of it" in notes
    assert "#5: the intent: it has no outcome" in notes
    assert "#10: outcome of no open intent" in notes and "#11: outcome of no open intent" in notes
    assert not any(note.startswith(("#2", "#4")) for note in notes)


@pytest.mark.parametrize("data", [b"", b"\n", b"hello\n", b"{}\n", b"\x00" * 100, b"[" * 70000, b'{"v":1}\n'])
def test_other_files_are_not_a_journal(tmp_path: Path, data: bytes) -> None:
    """A file without a single record is not a journal; so are an absent one, a folder, a pipe and a device."""
    path = tmp_path / "x"
    path.write_bytes(data)
    assert verify(path).verdict == "not a journal"


def test_things_that_are_no_files_are_not_a_journal(tmp_path: Path) -> None:
    """Absent paths, empty folders, pipes and devices are told apart without waiting for them."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert verify(path).verdict == "not a journal", path


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_mutation_of_a_complete_journal_is_seen(closed: Path, data: st.DataObject) -> None:
    """Bytes cut, put in, overwritten or swapped anywhere: a verdict comes, and it is never complete."""
    whole = (closed / "journal.jsonl").read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start, min(len(whole), start + 400)))
    instead = data.draw(st.binary(max_size=60) | st.sampled_from([whole[end : end + 50], b"0", b"\n", b'"', whole]))
    mutated = whole[:start] + instead + whole[end:]
    path = closed.parent / "mutated.jsonl"
    path.write_bytes(mutated)
    assert (verify(path).verdict == "complete") == (mutated == whole)


def test_every_bit_counts(closed: Path) -> None:
    """Flipping any bit of a complete journal is seen (sampled; all bits in a deep run)."""
    whole = (closed / "journal.jsonl").read_bytes()
    path = closed.parent / "flipped.jsonl"
    for position in range(0, len(whole) * 8, 1 if DEEP else 97):
        flipped = bytearray(whole)
        flipped[position // 8] ^= 1 << position % 8
        path.write_bytes(flipped)
        assert verify(path).verdict in ("altered", "not closed", "not a journal"), position


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journal=st.binary(max_size=400), head=st.binary(max_size=200))
def test_any_bytes_give_a_verdict(tmp_path: Path, journal: bytes, head: bytes) -> None:
    """No file content raises an exception or is complete."""
    (tmp_path / "journal.jsonl").write_bytes(journal)
    (tmp_path / "HEAD").write_bytes(head)
    assert verify(tmp_path).verdict == "not a journal"
