"""Months later a name is found in what somebody typed: it goes for good, and the journal is as whole as before."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from irtui.clock import ManualClock
from irtui.desk.home import Home
from irtui.desk.keys import Keys
from irtui.journal.store import Journal
from tests.support.program import Done, environ_of, irtui

NAME = "INC-ABCDEF"
SECRET = "Erika Mustermann, customer 4711"
WORDS = "a sentence of nadia's"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A closed incident of four records, signed with a key that nadia's long-term key vouches for."""
    home = tmp_path / "home"
    environ = environ_of(home)
    at = Home.from_environ(environ)
    at.config.mkdir(parents=True)
    key = Keys(at, os.urandom).new("passphrase-file", "real", NAME, WORDS)
    journal = Journal.create(
        at.incidents / NAME, incident=NAME, run="r", mode="real", operator="nadia", signer=key.signer,
        endorsement=key.endorsement, clock=ManualClock(datetime(2026, 11, 23, tzinfo=UTC)), opening={},
    )  # fmt: skip
    journal.append("note", {"text": f"the key belongs to {SECRET}"})
    journal.append("skip", {"step": "deny", "reason": "it is done already"})
    journal.close({"reason": "done", "open": [], "contained": "contained"})
    key.forget(NAME)
    return home


def redact(home: Path, *typed: str, record: int = 2, because: str = "a customer's name") -> Done:
    return irtui(home, "audit", "redact", NAME, "--record", str(record), "--because", because, lines=typed)


def everywhere(home: Path) -> str:
    """All bytes below the home, as text."""
    return "".join(path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file())


def test_a_typed_name_goes_for_good_and_the_journal_still_holds(home: Path, tmp_path: Path) -> None:
    """Shown, confirmed, signed, gone from every file and every export; both verifiers still say complete, and say who
    removed it, when and why. Another text cannot go like that unseen."""
    anchor = irtui(home, "audit", "anchor", NAME).stdout.strip()
    assert SECRET in irtui(home, "audit", "show", NAME).stdout and SECRET in everywhere(home)
    declined = redact(home, "")
    assert declined.returncode == 5 and SECRET in declined.stdout and SECRET in everywhere(home), declined.stderr

    done = redact(home, "2", WORDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Mustermann" not in everywhere(home)
    folder = home / "data" / "incidents" / NAME
    found = irtui(home, "audit", "verify", NAME, "--anchor", anchor)
    assert found.returncode == 0 and found.stdout.startswith("complete\n"), found.stdout
    assert "1 text removed after the close at #2 (text) by nadia on " in found.stdout
    assert ": a customer's name" in found.stdout and "no copy of a removed text is left" in found.stdout
    assert irtui(home, "audit", "verify", NAME, "--chain").returncode == 0
    for form in ("markdown", "html", "csv", "ocsf", "jsonl"):
        report = irtui(home, "audit", "export", NAME, "--format", form)
        assert report.returncode == 0 and "Mustermann" not in report.stdout, form
        if form in ("markdown", "html", "csv"):
            assert "text removed on " in report.stdout and "it is done already" in report.stdout, form
    shown = irtui(home, "audit", "show", NAME)
    assert "[text removed on " in shown.stdout and "by nadia: a customer's name]" in shown.stdout
    assert "#5    nadia" in shown.stdout

    bundle = tmp_path / "bundle.zip"
    assert irtui(home, "audit", "export", NAME, "--bundle", str(bundle)).returncode == 0
    checked = irtui(home, "audit", "verify", str(bundle)).stdout
    assert checked.splitlines()[0] == "complete" and "do not go by it" not in checked, checked
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(tmp_path / "reviewer")
    alone = [sys.executable, "-I", "-S", "verify.py"]
    ran = subprocess.run(alone, cwd=tmp_path / "reviewer", capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and ran.stdout.startswith("complete\n"), ran.stdout
    assert "1 text removed after the close at #2 (text) by nadia on " in ran.stdout

    shutil.rmtree(folder / "texts")
    assert "altered at #3: its text" in irtui(home, "audit", "verify", NAME).stdout


def test_where_a_line_lies_is_told_after_the_close_too(home: Path) -> None:
    """`anchor --told` of a closed incident is signed with the long-term key; it counts in `show`, and proves as
    little as ever, and the chain after the close goes on with it."""
    line = irtui(home, "audit", "anchor", NAME).stdout.strip()
    told = irtui(home, "audit", "anchor", NAME, "--told", "ticket 4711", lines=(WORDS,))
    assert told.returncode == 0 and line in told.stdout, told.stderr
    assert redact(home, "2", WORDS).returncode == 0
    assert "unanchored since #5, by the word of #5 alone" in irtui(home, "audit", "show", NAME).stdout
    found = irtui(home, "audit", "verify", NAME)
    assert found.returncode == 0 and "unanchored since #1" in found.stdout
    assert "#5: nadia says that the fingerprint of #4 lies at ticket 4711: that alone proves nothing" in found.stdout
    assert f"({line})" in found.stdout


def test_the_data_says_what_was_done(home: Path) -> None:
    """`-o json` after a removal: which record, which member, the record that says so; verify lists it as data."""
    done = irtui(
        home, "audit", "redact", NAME, "--record", "3", "--because", "not for others", "-o", "json", lines=("3", WORDS)
    )
    said = json.loads(done.stdout)["data"]
    assert (said["record"], said["field"], said["seq"], said["strays"]) == (3, "reason", 5, 0), done.stderr
    listed = json.loads(irtui(home, "audit", "verify", NAME, "-o", "json").stdout)["data"]["removed"]
    assert [(one["record"], one["op"], one["because"]) for one in listed] == [(3, "nadia", "not for others")]
    whole = json.loads(irtui(home, "audit", "show", NAME, "--record", "3", "-o", "json").stdout)["data"]["records"]
    assert "text removed on " in whole[0]["body"]["reason"]
