"""The journal as its writer holds it: durable, one writer, dead after any doubt."""

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from irtui.errors import JournalError
from irtui.journal.read import read_evidence, read_journal, read_records
from irtui.journal.record import MAX_LINE, line
from irtui.journal.seal import Ed25519Signer, endorse
from irtui.journal.store import Journal
from irtui.journal.verify import verify

Make = Callable[..., Journal]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def test_what_was_written_is_read_back(closed: Path) -> None:
    """Every record stands on one line, in order, and the journal is complete."""
    records = read_records(closed)
    assert [record.type for record in records] == ["open", "note", "evidence", "intent", "outcome", "note", "close"]
    assert (closed / "journal.jsonl").read_bytes() == b"".join(line(record) for record in records)
    assert verify(closed).verdict == "complete"


def test_open_binds_mode_and_key(tmp_path: Path, begin: Make) -> None:
    """The first record names mode, key and its endorsement beside what the engine gave."""
    operator = Ed25519Signer.from_seed(b"o" * 32, "keyring")
    public = Ed25519Signer.from_seed(bytes(range(32)), "keyring").public
    word = endorse(operator, incident="INC-1", mode="real", public=public)
    body = begin(tmp_path / "i", endorsement=word).records[0].body
    assert body["mode"] == "real" and body["account"] == "000000000012"
    assert body["key"] == {"kind": "keyring", "public": public.hex(), "endorsement": word}
    assert verify(tmp_path / "i").signer == operator.public.hex()


def test_only_the_owner_can_read_it(closed: Path) -> None:
    """Folders are 0700, files 0600."""
    for path in (closed, *closed.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_secrets_are_masked_before_they_are_written(tmp_path: Path, begin: Make) -> None:
    """A planted secret is in no file, wherever it stood; dates and bytes find a form."""
    journal = begin(tmp_path / "i", opening={"caller": SECRET})
    journal.append(
        "note", {"SecretAccessKey": "short", "text": f"found {SECRET}!", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    )
    journal.evidence("reply", {"Password": "hunter22", "deep": [{"x": SECRET}]})
    journal.evidence("text", f"key: {SECRET}\n".encode())
    journal.close({"reason": SECRET})
    for path in tmp_path.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert SECRET.encode() not in data and b"hunter22" not in data and b'"short"' not in data
    assert read_records(tmp_path / "i")[1].body["at"] == "2026-01-01T00:00:00.000000Z"


def test_what_is_no_record_is_refused_and_the_journal_lives(tmp_path: Path, begin: Make) -> None:
    """Unknown types, too long, too deep or formless bodies are refused; nothing was written and it goes on."""
    journal = begin(tmp_path / "i")
    deep: object = 1
    for _ in range(20):
        deep = [deep]
    for kind, body in (
        ("nope", {}),
        ("open", {}),
        ("note", {"x": "y" * MAX_LINE}),
        ("note", {"x": deep}),
        ("note", {"x": {1}}),
    ):
        with pytest.raises(JournalError):
            journal.append(kind, body)
    with pytest.raises(JournalError):
        journal.evidence("x", {"x": {1}})
    assert journal.append("note", {"text": "still here"}).seq == 2
    assert verify(tmp_path / "i").records == 2


def test_a_second_writer_is_told_who_writes(tmp_path: Path, begin: Make, again: Make) -> None:
    """While one holds the journal another gets an error with its process, operator, host and time."""
    journal = begin(tmp_path / "i")
    with pytest.raises(JournalError) as caught:
        again(tmp_path / "i", operator="mallory")
    assert f"process {os.getpid()} of alice on " in caught.value.message
    assert "since 2026-11-23T16:40:12" in caught.value.message
    journal.release()
    assert [record.type for record in again(tmp_path / "i").records] == ["open", "join"]


def test_the_lock_ends_with_its_process(tmp_path: Path, again: Make) -> None:
    """A child that holds the journal and is killed leaves it free, even while its own forked child lives on."""
    program = """
import os, sys, time
from pathlib import Path
from irtui.clock import SystemClock
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
journal = Journal.create(Path(sys.argv[1]), incident="INC-1", run="r", operator="alice", mode="real",
    signer=Ed25519Signer.from_seed(bytes(range(32)), "keyring"), clock=SystemClock(), opening={})
child = os.fork()
if child == 0:
    try:
        journal.append("note", {"text": "from the fork"})
    except Exception as error:
        os.write(1, type(error).__name__.encode() + b"\\n")
    sys.stdin.read()
    os._exit(0)
os.write(1, b"ready\\n")
time.sleep(600)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "i")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    assert {process.stdout.readline(), process.stdout.readline()} == {b"ready\n", b"JournalError\n"}
    with pytest.raises(JournalError, match="being written by process"):
        again(tmp_path / "i")
    process.kill()
    process.wait()
    assert len(again(tmp_path / "i").records) == 2
    process.stdin.close()
    process.stdout.close()


def test_an_executed_program_does_not_inherit_it(tmp_path: Path, begin: Make, again: Make) -> None:
    """A program started meanwhile holds no descriptor of the journal, so it cannot keep the lock."""
    journal = begin(tmp_path / "i")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        journal.release()
        again(tmp_path / "i").release()
        assert child.stdin
        child.stdin.close()


@pytest.mark.parametrize("change", ["replace", "unlink", "grow", "cut", "link"])
def test_a_file_that_changed_under_the_writer_stops_it(tmp_path: Path, begin: Make, change: str) -> None:
    """When the path names another file, or the file has another size, nothing more is written."""
    journal = begin(tmp_path / "i")
    path = tmp_path / "i" / "journal.jsonl"
    data = path.read_bytes()
    if change in ("replace", "unlink", "link"):
        path.unlink()
    if change == "replace":
        path.write_bytes(data)
    if change == "link":
        (tmp_path / "elsewhere").write_bytes(data)
        path.symlink_to(tmp_path / "elsewhere")
    if change == "grow":
        path.write_bytes(data + b"{}\n")
    if change == "cut":
        path.write_bytes(data[:-10])
    with pytest.raises(JournalError, match="changed or replaced"):
        journal.append("note", {"text": "x"})
    with pytest.raises(JournalError, match="Nothing more can be written"):
        journal.append("note", {"text": "x"})


def test_a_torn_tail_is_cut_and_recorded(left: Path, again: Make) -> None:
    """The half line that a crash left is gone; its length and hash are in a `recovered` record."""
    path = left / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"body":{"text":"ha')
    journal = again(left)
    assert [record.type for record in journal.records][-2:] == ["join", "recovered"]
    assert journal.records[-1].body["bytes"] == 19
    assert path.read_bytes().startswith(whole)
    journal.close({"reason": "done"})
    found = verify(left)
    assert found.verdict == "complete"
    assert "#8: a torn line of 19 bytes was cut off after a crash" in found.notes


def test_a_new_key_joins_and_says_so(left: Path, again: Make) -> None:
    """A resume whose key was lost goes on with a new one; the verifier names it."""
    again(left, seed=b"n" * 32, kind="ephemeral").close({"reason": "done"})
    found = verify(left)
    assert found.verdict == "complete"
    assert "#7: resumed by alice" in found.notes
    assert "#7: a new ephemeral key joined" in found.notes
    assert "#7: nobody endorsed this ephemeral key" in found.notes


@pytest.mark.parametrize("how", ["closed", "altered", "cut", "empty", "absent"])
def test_what_cannot_go_on_is_not_resumed(closed: Path, left: Path, again: Make, how: str) -> None:
    """A closed, altered, cut, empty or absent journal is refused, and its bytes stay as they are."""
    folder = closed if how == "closed" else left
    path = folder / "journal.jsonl"
    if how == "altered":
        path.write_bytes(path.read_bytes().replace(b'"r-1"', b'"r-2"'))
    elif how == "cut":
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "absent":
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(JournalError) as caught:
        again(folder)
    assert caught.value.advice
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_refused_join_gives_the_lock_back(left: Path, again: Make) -> None:
    """When the `join` record itself is refused, nobody holds the journal and it can be resumed."""
    with pytest.raises(JournalError, match="join record cannot be written"):
        again(left, joining={"why": "x" * MAX_LINE})
    assert again(left).records[-1].type == "join"


def test_refused_beginnings(tmp_path: Path, begin: Make) -> None:
    """A folder in use, an unknown mode, a throw-away key for the real thing, or a bad endorsement begin nothing."""
    begin(tmp_path / "i")
    other = endorse(Ed25519Signer.from_seed(b"o" * 32, "keyring"), incident="INC-2", mode="real", public=bytes(32))
    cases: list[tuple[str, dict[str, object]]] = [
        ("i", {}),
        ("a", {"mode": "dry"}),
        ("b", {"kind": "throw-away"}),
        ("c", {"incident": "../x"}),
        ("d", {"endorsement": other}),
    ]
    for name, changed in cases:
        with pytest.raises(JournalError):
            begin(tmp_path / name, **changed)


def test_appending_is_thread_safe(tmp_path: Path, begin: Make) -> None:
    """Records from many threads stand one after the other in one chain."""
    journal = begin(tmp_path / "i")
    threads = [
        threading.Thread(target=lambda: [journal.append("note", {"text": "x"}) for _ in range(10)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close({"reason": "done"})
    found = verify(tmp_path / "i")
    assert (found.verdict, found.records) == ("complete", 82)


def test_evidence_is_kept_by_its_hash(closed: Path) -> None:
    """Evidence comes back when its bytes are what was recorded, and never otherwise."""
    record = next(record for record in read_records(closed) if record.type == "evidence")
    sha256 = record.body["sha256"]
    assert json.loads(read_evidence(closed, sha256)) == {"UserName": "ci-deploy", "Tags": []}
    (closed / "evidence" / sha256).write_bytes(b"other")
    for name in (sha256, "0" * 64, "../journal.jsonl", ""):
        with pytest.raises(JournalError):
            read_evidence(closed, name)


def test_reading_stops_at_the_first_line_that_is_none(left: Path) -> None:
    """Reading needs no key, gives the records before the damage, and names the line."""
    path = left / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seq":4', b'"seq": 4'))
    reading = read_journal(left)
    assert len(reading.records) == 3
    assert reading.stopped == "#4: not in canonical form"
    with pytest.raises(JournalError):
        read_journal(left / "nowhere")


def test_a_released_journal_writes_nothing(tmp_path: Path, begin: Make) -> None:
    """After release or close every append is refused; releasing again is harmless."""
    journal = begin(tmp_path / "i")
    journal.append("close", {"reason": "done"})
    journal.release()
    with pytest.raises(JournalError):
        journal.append("note", {"text": "late"})
    assert verify(tmp_path / "i").verdict == "complete"
    assert not (tmp_path / "i" / "owner").exists() and not (tmp_path / "i" / "ballast").exists()


def test_verifying_needs_nothing_heavy() -> None:
    """Importing the verifier and the readers loads neither Textual, boto3, keyring nor moto."""
    program = (
        "import sys, irtui.journal.verify, irtui.journal.read, irtui.report.markdown, irtui.report.jsonl\n"
        "print([m for m in ('textual', 'boto3', 'botocore', 'keyring', 'moto', 'pydantic') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"
