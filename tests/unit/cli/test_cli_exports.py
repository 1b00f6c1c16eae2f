"""What leaves the journal, as a person asks for it: reports, a bundle, a search; light, private, honest."""

import csv
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from irtui.cli.main import run
from tests.support.journals import written


@dataclass(frozen=True, slots=True)
class Said:
    stdout: str
    stderr: str


Ask = Callable[..., Said]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """`irtui audit …` in a home with the incident INC-1."""
    monkeypatch.setenv("IRTUI_HOME", str(tmp_path / "home"))
    written(tmp_path / "home" / "data" / "incidents" / "INC-1", "closed")
    capsys.readouterr()

    def _ask(*arguments: str, code: int = 0) -> Said:
        ended = run(["audit", *arguments])
        said = Said(*capsys.readouterr())
        assert ended == code, said
        return said

    return _ask


def test_every_format_comes_out_as_a_file(ask: Ask, tmp_path: Path) -> None:
    """Markdown, HTML, CSV and OCSF are written to a new private file; a second time it is refused and stays."""
    for form in ("markdown", "html", "csv", "ocsf", "jsonl"):
        path = tmp_path / f"report.{form}"
        ask("export", "INC-1", "--format", form, "--output-file", str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = ask("export", "INC-1", "--format", "html", "--output-file", str(tmp_path / "report.csv"), code=2)
    assert "exists already" in told.stderr
    with (tmp_path / "report.csv").open(newline="", encoding="utf-8") as file:
        assert [row["type"] for row in csv.DictReader(file)] == [
            "open",
            "note",
            "evidence",
            "intent",
            "outcome",
            "close",
        ]
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "report.ocsf").read_text("utf-8").splitlines()[0])["class_uid"] == 2005


def test_a_bundle_is_made_checked_and_never_overwritten(ask: Ask, tmp_path: Path) -> None:
    """Made, verified by irtui and, unpacked, by its own verify.py; a second one of that name is refused; a zip that is
    no bundle is said to be none."""
    path = tmp_path / "INC-1.zip"
    made = json.loads(ask("export", "INC-1", "--bundle", str(path), "-o", "json").stdout)["data"]
    assert (made["verdict"], made["size"]) == ("complete", path.stat().st_size)
    assert ask("verify", str(path)).stdout.splitlines()[0] == "complete"
    with zipfile.ZipFile(path) as zip_file:
        zip_file.extractall(tmp_path / "reviewer")
    alone = [sys.executable, "-I", "-S", str(tmp_path / "reviewer" / "verify.py")]
    assert subprocess.run(alone, capture_output=True, text=True, check=True).stdout.startswith("complete\n")
    assert "exists already" in ask("export", "INC-1", "--bundle", str(path), code=2).stderr
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("../journal.jsonl", "")
    assert ask("verify", str(tmp_path / "other.zip"), code=6).stdout.startswith("not a journal: other.zip: '../journal")
    (tmp_path / "reviewer" / "README.md").write_text("Run this.")
    with zipfile.ZipFile(tmp_path / "bent.zip", "w") as bent:
        for file in sorted((tmp_path / "reviewer").rglob("*")):
            if file.is_file():
                bent.writestr(zipfile.ZipInfo(str(file.relative_to(tmp_path / "reviewer"))), file.read_bytes())
    said = ask("verify", str(tmp_path / "bent.zip"), code=6).stdout
    assert said.startswith("complete\n") and "  bundle   README.md in it is not what" in said


def test_a_key_is_pinned_by_hand_or_by_the_settings(ask: Ask, tmp_path: Path) -> None:
    """An empty or odd --signer is refused, also by verify.py; a key that the settings name pins, another is no finding
    there; settings that cannot be read stop nobody."""
    for odd in ("", "zz", "1" * 63):
        assert "is no public key" in ask("verify", "INC-1", "--signer", odd, code=2).stderr
    signer = json.loads(ask("verify", "INC-1", "-o", "json").stdout)["data"]["signer"]
    assert "(pinned)" in ask("verify", "INC-1", "--signer", signer.upper()).stdout
    settings = tmp_path / "home" / "config" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    for text, words in (
        (f'[signers]\nnadia = "{signer}"\n', "(pinned: nadia, by the settings)"),
        (f'[signers]\nmo = "{"ab" * 32}"\n', "(not pinned: compare it with the operator's)"),
        ("[signers\n", "note     whom the settings name as signers is not known"),
    ):
        settings.write_text(text)
        assert words in ask("verify", "INC-1").stdout
    alone = [sys.executable, "-I", "-S", "irtui/report/bundled/verify.py", "--signer", ""]
    ended = subprocess.run([*alone, str(tmp_path)], capture_output=True, text=True, check=False)
    assert ended.returncode == 2 and "64 hex digits" in ended.stderr


def test_what_stands_beside_a_file_is_not_taken_for_it(ask: Ask, tmp_path: Path) -> None:
    """A copy of a journal under another name is verified as the lone file it is; nothing else is done with it."""
    folder = tmp_path / "home" / "data" / "incidents" / "INC-1"
    copy = folder / "copy.jsonl"
    copy.write_bytes((folder / "journal.jsonl").read_bytes().splitlines(keepends=True)[0])
    assert ask("verify", str(copy), code=6).stdout.startswith("truncated at #1")
    events = tmp_path / "events.jsonl"
    events.write_text("")
    for asked in (
        ("show", str(copy)), ("export", str(copy)), ("verify", str(copy), "--against-cloudtrail", str(events)),
        ("verify", str(copy), "--checkpoint", str(events)), ("verify", " "), ("show", ""),
    ):  # fmt: skip
        told = ask(*asked, code=2).stderr
        assert "is no incident's folder" in told or "No incident is named" in told
    assert ask("show", str(folder / "journal.jsonl")).stdout == ask("show", "INC-1").stdout


def test_show_finds_and_jumps(ask: Ask) -> None:
    """By type, step, text and time, the last so many, one record whole; what is asked wrongly is refused."""

    def shown(*arguments: str) -> list[int]:
        told = json.loads(ask("show", "INC-1", *arguments, "-o", "json").stdout)
        return [record["seq"] for record in told["data"]["records"]]

    assert shown("--type", "outcome", "--type", "close") == [5, 6]
    assert shown("--step", "deny") == [4, 5]
    assert shown("--grep", "PUTUSER", "-n", "1") == [4]
    assert shown("--since", "2026-11-23T16:40", "-n", "2") == [5, 6]
    assert shown("--since", "2026-11-24") == []
    assert shown("--record", "4") == [4]
    assert "1 of 6 records" in ask("show", "INC-1", "--type", "note").stdout
    for wrong in (("--type", "nota"), ("--since", "yesterday"), ("--record", "7")):
        assert "irtui: " in ask("show", "INC-1", *wrong, code=2).stderr
