"""The bundle: the same bytes each time, private, checked by program and by hand, and no trap can be unpacked."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.exports import Packed, packed, verified
from irtui.errors import JournalError, UsageError
from irtui.journal.seal import Ed25519Signer
from irtui.journal.store import Journal
from irtui.journal.verify import Verification, verify
from tests.support.journals import KINDS, written
from tests.support.zip_traps import traps

Incident = Callable[..., Path]
TRAPS = traps()
SECRET = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def made(incident: Incident, tmp_path: Path) -> Packed:
    return packed(incident(), tmp_path / "made.zip")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as zip_file:
        return {name: zip_file.read(name) for name in zip_file.namelist()}


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    """Packed as a bundle is."""
    with zipfile.ZipFile(path, "w") as new:
        for name, data in files.items():
            new.writestr(zipfile.ZipInfo(name), data)
    return path


def test_a_reviewer_with_nothing_installed_checks_it(made: Packed, tmp_path: Path) -> None:
    """Unpacked elsewhere, its own verify.py says complete; one byte changed in the journal, it names the record."""
    folder = tmp_path / "reviewer"
    with zipfile.ZipFile(made.path) as zip_file:
        zip_file.extractall(folder)
    command = [sys.executable, "-I", "-S", "verify.py"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "complete"), ran.stderr
    assert verify(folder).verdict == "complete"
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"AccessDenied", b"AccessAllowd"))
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (6, "altered at #4: the signature does not fit")


@pytest.mark.parametrize("kind", ["resumed", "endorsed", "rehearsal"])
def test_the_commands_of_its_readme_work_as_they_stand(tmp_path: Path, kind: str) -> None:
    """Each shell block is run: openssl verifies a signature, sha256sum gives the link; a changed byte fails."""
    bundle = packed(written(tmp_path / "incident", kind), tmp_path / "made.zip")
    folder = tmp_path / "reviewer"
    with zipfile.ZipFile(bundle.path) as zip_file:
        zip_file.extractall(folder)

    def shell(block: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-euc", block], cwd=folder, capture_output=True, text=True, check=False)

    by_program, by_hand, chain = re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    assert "python3 verify.py" in by_program
    ran = shell(by_hand)
    assert (ran.returncode, ran.stdout.strip()) == (0, "Signature Verified Successfully"), ran.stderr
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    assert shell(chain).stdout.split()[0] == hashlib.sha256(lines[-2]).hexdigest()
    assert hashlib.sha256(lines[-2]).hexdigest().encode() in lines[-1]
    (folder / "journal.jsonl").write_bytes(b"".join([*lines[:-1], lines[-1].replace(b'"contained"', b'"containeb"')]))
    assert shell(by_hand).returncode != 0


def test_keys_are_those_that_the_journal_names(tmp_path: Path) -> None:
    """One file for the key of each sitting, and one for the operator's key that vouches for it."""
    found = members(packed(written(tmp_path / "a", "resumed"), tmp_path / "a.zip").path)
    assert {name for name in found if name.startswith("keys/")} == {"keys/incident-1.pem", "keys/incident-6.pem"}
    found = members(packed(written(tmp_path / "b", "endorsed"), tmp_path / "b.zip").path)
    assert {name for name in found if name.startswith("keys/")} == {"keys/incident-1.pem", "keys/operator-1.pem"}
    ran = subprocess.run(
        ["openssl", "pkey", "-pubin", "-noout", "-text"],
        input=found["keys/operator-1.pem"],
        capture_output=True,
        check=True,
    )
    signer = verify(tmp_path / "b").signer
    assert re.sub(r"[^0-9a-f]", "", ran.stdout.decode().split("pub:")[1]) == signer


def test_the_same_incident_gives_the_same_bytes(incident: Incident, tmp_path: Path) -> None:
    """Packed twice, from two places, at another hour: one hash. Its times are the journal's."""
    folder = incident()
    first = packed(folder, tmp_path / "1.zip")
    shutil.copytree(folder, tmp_path / "elsewhere" / folder.name)
    os.utime(tmp_path / "elsewhere" / folder.name / "journal.jsonl", (0, 0))
    second = packed(tmp_path / "elsewhere" / folder.name, tmp_path / "2.zip")
    assert first.sha256 == second.sha256 == hashlib.sha256((tmp_path / "1.zip").read_bytes()).hexdigest()
    with zipfile.ZipFile(first.path) as zip_file:
        assert {member.date_time for member in zip_file.infolist()} == {(2026, 11, 24, 0, 1, 0)}
        assert all(member.compress_type == zipfile.ZIP_STORED for member in zip_file.infolist())


def test_it_is_private_and_overwrites_nothing(incident: Incident, tmp_path: Path) -> None:
    """Mode 0600 whatever the umask; an existing file, a link and a missing folder are refused and stay as they are."""
    before = os.umask(0)
    try:
        made = packed(incident(), tmp_path / "made.zip")
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    (tmp_path / "link.zip").symlink_to(tmp_path / "absent")
    for path in (made.path, tmp_path / "link.zip", tmp_path / "no" / "folder.zip"):
        with pytest.raises(UsageError):
            packed(incident(), path)
    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256
    assert not (tmp_path / "absent").exists()


def test_a_fault_leaves_no_half_bundle(incident: Incident, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while it is written: the file is gone again, and the words say so."""

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    folder = incident()
    monkeypatch.setattr("irtui.journal.zipped.shutil.copyfileobj", full)
    with pytest.raises(UsageError, match="No space left"):
        packed(folder, tmp_path / "made.zip")
    assert not (tmp_path / "made.zip").exists()


def test_an_altered_journal_is_packed_as_it_is(incident: Incident, tmp_path: Path) -> None:
    """The reviewer gets what is there, and every verifier finds the same record."""
    folder = incident()
    journal = folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"AccessDenied", b"AccessAllowd"))
    made = packed(folder, tmp_path / "made.zip")
    assert members(made.path)["journal.jsonl"] == journal.read_bytes()
    assert b"`altered at #4: the signature does not fit`" in members(made.path)["README.md"]
    assert verified(made.path).words == "altered at #4: the signature does not fit"


def test_a_planted_secret_never_appears(made: Packed) -> None:
    """What was masked on the way in is in no member."""
    assert not any(SECRET in data for data in members(made.path).values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_verifies_as_its_folder_does(tmp_path: Path, kind: str) -> None:
    """`irtui audit verify FILE.zip`: the verdict of the folder, and nothing to note when everything in it is ours."""
    folder = written(tmp_path / "INC-1", kind)
    assert verified(packed(folder, tmp_path / "made.zip").path) == verify(folder)


def test_a_bundle_of_a_running_incident_is_of_one_moment(tmp_path: Path) -> None:
    """Packed while a writer goes on: not closed, never truncated, and its reports are those of its journal."""
    clock = ManualClock(datetime(2026, 11, 23, 16, 40, 12, tzinfo=UTC))
    journal = Journal.create(
        tmp_path / "INC-1", incident="INC-1", run="run-1", operator="alice", mode="real", clock=clock,
        signer=Ed25519Signer.from_seed(bytes(32), "keyring"), opening={"account": "000000000012"},
    )  # fmt: skip
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            journal.append("note", {"text": "going on"})

    founds: list[Verification] = []
    writer = threading.Thread(target=write)
    writer.start()
    try:
        deadline = time.monotonic() + 60
        while len(founds) < 3 or founds[0].records == founds[-1].records:
            assert time.monotonic() < deadline, "the writer wrote nothing"
            founds.append(verified(packed(tmp_path / "INC-1", tmp_path / f"{len(founds)}.zip").path))
    finally:
        stop.set()
        writer.join()
        journal.release()
    assert {(found.verdict, found.around) for found in founds} == {("not closed", ())}


def test_stray_files_and_links_stay_where_they_are(tmp_path: Path) -> None:
    """A link in the evidence, a file of another name and the ballast are not packed; what is missing is said."""
    folder = written(tmp_path / "INC-1", "closed")
    (evidence,) = (folder / "evidence").iterdir()
    evidence.rename(tmp_path / "moved")
    evidence.symlink_to(tmp_path / "moved")
    (folder / "evidence" / ("g" * 64)).write_bytes(b"x")
    (folder / "ballast").write_bytes(b"x")
    made = packed(folder, tmp_path / "made.zip")
    assert not any(name.startswith(("evidence", "ballast")) for name in members(made.path))
    assert verified(made.path).words == f"altered at #3: evidence {evidence.name[:12]} is missing"


@pytest.mark.parametrize("name", ["report.html", "report.md", "verify.py", "README.md", "keys/incident-1.pem"])
def test_what_was_doctored_around_a_genuine_journal_is_named(made: Packed, tmp_path: Path, name: str) -> None:
    """A report, the verifier, the page of commands or a key that says something else, or is missing, is named."""
    whole = members(made.path)
    bent = verified(zipped(tmp_path / "bent.zip", {**whole, name: whole[name] + b" "}))
    assert bent.verdict == "complete"
    assert bent.around == (f"{name} in it is not what this version of irtui makes of the journal: do not go by it",)
    gone = verified(zipped(tmp_path / "gone.zip", {each: data for each, data in whole.items() if each != name}))
    assert gone.around == (f"there is no {name} in it",)


def test_what_no_record_names_is_named(made: Packed, tmp_path: Path) -> None:
    """Evidence and a key that somebody put beside the journal's own."""
    planted = {"evidence/" + "0" * 64: b"planted", "keys/operator-9.pem": b"planted"}
    found = verified(zipped(tmp_path / "more.zip", members(made.path) | planted)).around
    assert found == (
        "keys/operator-9.pem in it is of no key that the journal names, or of no text",
        f"evidence/{'0' * 64} in it is named by no record",
    )
    assert verified(made.path).around == ()


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(tmp_path: Path, name: str) -> None:
    """Paths, links, bombs, doubles, overlaps, damage: refused with a reason, and nothing was written anywhere."""
    path = tmp_path / "in" / "trap.zip"
    path.parent.mkdir()
    path.write_bytes(TRAPS[name])
    if name == "something before it":  # not even taken for a zip
        assert verified(path).verdict == "not a journal"
        return
    with pytest.raises(JournalError) as caught:
        verified(path)
    assert caught.value.title == "Not a bundle of irtui" and caught.value.advice
    assert {found.name for found in tmp_path.rglob("*")} == {"in", "trap.zip"} and not Path("/tmp/escaped").exists()
