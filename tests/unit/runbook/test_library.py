"""Finding runbooks, and trusting them."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from irtui.errors import RunbookError, SettingsError, UsageError
from irtui.runbook.library import Library, Trust

TEXT = """runbook: {name}
title: {title}
version: "1"
severity: low
use_when: x
steps:
  - {{id: a, phase: review, title: t, {body}}}
"""


Folders = tuple[Path, Path, Path]
"""First, second, shipped."""


def write(folder: Path, name: str, title: str = "x", body: str = "manual: m", stem: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{stem or name}.yaml"
    path.write_text(TEXT.format(name=name, title=title, body=body), "utf-8")
    return path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    shipped = tmp_path / "shipped"
    write(shipped, "taken", "shipped")
    return tmp_path / "first", tmp_path / "second", shipped


def test_the_first_folder_that_has_the_name_wins(folders: Folders) -> None:
    """Folders are searched in their order, the shipped one last; names are listed once."""
    first, second, shipped = folders
    write(first, "one", "from first")
    write(second, "one", "from second")
    write(second, "two")
    library = Library((first, second), shipped)
    assert library.names() == ("one", "taken", "two")
    assert library.find("one").title == "from first"
    assert not library.find("one").shipped
    assert library.find("taken").shipped


def test_a_shipped_name_cannot_be_taken_over(folders: Folders) -> None:
    """A file that has the name of a shipped runbook is refused by name, and can be had by its path."""
    first, _, shipped = folders
    path = write(first, "taken", "mine")
    library = Library((first,), shipped)
    with pytest.raises(RunbookError, match="came with irtui"):
        library.find("taken")
    assert library.find(str(path)).title == "mine"
    assert not library.find(str(path)).shipped
    assert library.find(str(shipped / "taken.yaml")).shipped


def test_what_cannot_be_found_is_said(folders: Folders) -> None:
    """An unknown name lists the known ones; a missing path is said; a name is never a path."""
    library = Library(folders[:2], folders[2])
    with pytest.raises(UsageError) as caught:
        library.find("nope")
    assert "taken" in caught.value.advice
    for name in ("/no/such.yaml", "no-such.yaml", "..", "", "a b", "x" * 9999):
        with pytest.raises(UsageError):
            library.find(name)


def test_files_that_are_not_what_they_seem_are_refused(folders: Folders, tmp_path: Path) -> None:
    """Symlinks out of the folder, folders, pipes, large files, other encodings and another name inside are refused."""
    first, _, shipped = folders
    outside = write(tmp_path / "outside", "linked")
    first.mkdir()
    (first / "linked.yaml").symlink_to(outside)
    (first / "loop.yaml").symlink_to(first / "loop.yaml")
    (first / "folder.yaml").mkdir()
    os.mkfifo(first / "pipe.yaml")
    (first / "large.yaml").write_bytes(b"# x\n" * 100_000)
    (first / "latin.yaml").write_bytes(b"title: \xe9\n")
    write(first, "other", stem="named")
    library = Library((first,), shipped)
    for name in ("linked", "large", "latin", "named"):
        with pytest.raises(RunbookError):
            library.find(name)
    for name in ("loop", "folder", "pipe"):
        with pytest.raises((UsageError, RunbookError)):
            library.find(name)
        with pytest.raises((UsageError, RunbookError)):
            library.find(str(first / f"{name}.yaml"))


def test_children_are_found_with_theirs(folders: Folders) -> None:
    """Children come by name with their own children; one that is missing is left to lint, a circle ends."""
    first, _, shipped = folders
    write(first, "one", body="runbook: two")
    write(first, "two", body="runbook: three")
    write(first, "three", body="runbook: one")
    write(first, "lost", body="runbook: nowhere")
    library = Library((first,), shipped)
    assert set(library.children(library.find("one"))) == {"two", "three"}
    assert library.children(library.find("lost")) == {}


def test_trust_is_given_once_per_digest(folders: Folders, tmp_path: Path) -> None:
    """A trusted text stays trusted; one changed byte is another text; what shipped needs no trust."""
    first, _, shipped = folders
    path = write(first, "mine")
    library = Library((first,), shipped)
    trust = Trust(tmp_path / "home" / "trust.json")
    runbook = library.find("mine")
    assert not trust.trusted(runbook)
    trust.add(runbook)
    assert trust.trusted(library.find("mine"))
    assert Trust(tmp_path / "home" / "trust.json").trusted(runbook)
    path.write_text(path.read_text("utf-8") + " ", "utf-8")
    assert not trust.trusted(library.find("mine"))
    assert trust.trusted(library.find("taken"))
    assert not trust.trusted(replace(runbook, digest=""))
    assert (tmp_path / "home" / "trust.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["trust.json"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"v": 2, "trusted": {}}', '{"v": 1, "trusted": {"a": 1}}', "\udcff"])
def test_a_trust_file_that_cannot_be_believed_refuses(folders: Folders, tmp_path: Path, text: str) -> None:
    """A broken file trusts nothing and says so; so does one that others can write."""
    runbook = replace(Library((), folders[2]).find("taken"), shipped=False)
    path = tmp_path / "trust.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SettingsError):
        Trust(path).trusted(runbook)
    with pytest.raises(SettingsError):
        Trust(path).add(runbook)
    path.write_text(json.dumps({"v": 1, "trusted": {runbook.digest: "taken"}}), "utf-8")
    path.chmod(0o666)
    with pytest.raises(SettingsError, match="others"):
        Trust(path).trusted(runbook)
