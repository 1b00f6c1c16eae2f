"""Seeds in a passphrase file: opens with the passphrase and otherwise says nothing."""

import json
import os
import stat
from pathlib import Path

import pytest

from irtui.errors import KeyUnavailable
from irtui.vault.passphrase_file import PassphraseFile
from irtui.vault.seeds import operator_seed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault" / "seeds.json"


def test_seeds_come_back_and_go(path: Path) -> None:
    """What was kept is there for the next process with the passphrase, and gone after its destruction."""
    vault = PassphraseFile(path, "correct horse", os.urandom)
    assert vault.get("x") is None
    operator = operator_seed(vault, os.urandom)
    vault.keep("incident/INC-1", b"1" * 32)
    again = PassphraseFile(path, "correct horse", os.urandom)
    assert again.get("operator") == operator and again.get("incident/INC-1") == b"1" * 32
    again.destroy("incident/INC-1")
    again.destroy("incident/INC-1")
    assert vault.get("incident/INC-1") is None and vault.get("operator") == operator


def test_the_file_shows_nothing(path: Path) -> None:
    """Only its owner can read it; neither seeds nor names stand in it; two seals of the same differ."""
    vault = PassphraseFile(path, "correct horse", os.urandom)
    vault.keep("incident/INC-1", b"1" * 32)
    first = path.read_bytes()
    vault.keep("incident/INC-1", b"1" * 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"INC-1" not in first and (b"1" * 32).hex().encode() not in first
    assert first != path.read_bytes()
    assert {key: value for key, value in json.loads(first).items() if key not in ("salt", "nonce", "box")} == {
        "form": "irtui-seeds-v1", "kdf": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4,
    }  # fmt: skip


def test_the_wrong_passphrase_opens_and_changes_nothing(path: Path) -> None:
    """With another passphrase nothing is read and nothing is overwritten; an empty one is refused."""
    PassphraseFile(path, "correct horse", os.urandom).keep("x", b"1" * 32)
    before = path.read_bytes()
    wrong = PassphraseFile(path, "battery staple", os.urandom)
    with pytest.raises(KeyUnavailable, match="does not open"):
        wrong.get("x")
    with pytest.raises(KeyUnavailable, match="does not open"):
        wrong.keep("y", b"2" * 32)
    with pytest.raises(KeyUnavailable, match="does not open"):
        wrong.destroy("x")
    assert path.read_bytes() == before
    with pytest.raises(KeyUnavailable):
        PassphraseFile(path, "", os.urandom)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b'{"salt":1}', b"[" * 100000])
def test_other_files_are_refused(path: Path, data: bytes) -> None:
    """Whatever else stands in the file is KeyUnavailable, never another exception."""
    path.parent.mkdir()
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(KeyUnavailable):
        PassphraseFile(path, "p", os.urandom).get("x")


@pytest.mark.parametrize("member", ["memory_kib", "passes", "salt", "nonce", "box", "form", "extra"])
def test_each_member_is_bound(path: Path, member: str) -> None:
    """A file whose parameters, salt, nonce or box were changed does not open."""
    PassphraseFile(path, "p", os.urandom).keep("x", b"1" * 32)
    outer = json.loads(path.read_bytes())
    value = outer.get(member, "")
    outer[member] = value - 1 if isinstance(value, int) else f"00{value[2:]}" if value[:2] != "00" else f"01{value[2:]}"
    path.write_text(json.dumps(outer))
    with pytest.raises(KeyUnavailable):
        PassphraseFile(path, "p", os.urandom).get("x")


def test_a_file_that_others_may_read_is_refused(path: Path) -> None:
    """A file readable by others, a link, or a folder is refused with the command that mends it."""
    PassphraseFile(path, "p", os.urandom).keep("x", b"1" * 32)
    path.chmod(0o644)
    with pytest.raises(KeyUnavailable) as caught:
        PassphraseFile(path, "p", os.urandom).get("x")
    assert caught.value.advice == f"chmod 600 {path}"
    path.chmod(0o600)
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(KeyUnavailable):
        PassphraseFile(link, "p", os.urandom).get("x")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """When the file cannot be made, that is KeyUnavailable."""
    (tmp_path / "file").touch()
    with pytest.raises(KeyUnavailable, match="cannot be"):
        PassphraseFile(tmp_path / "file" / "seeds.json", "p", os.urandom).keep("x", b"1" * 32)
