"""`irtui keys secret`: an issued secret goes into a pipe or a new file, and nowhere else."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

import irtui.cli.asking
from irtui.cli.main import run
from irtui.desk.home import Home
from irtui.desk.keys import Keys
from irtui.errors import KeyUnavailable

KEY, SECRET = "AKIABOTBOTBOTBOTBOT1", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


class Said:
    """One command line after another, of somebody who types the right passphrase."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.aside = ""
        """All that went to stderr, and to stdout where no secret belongs."""

    def __call__(self, *arguments: str) -> tuple[int, str]:
        code = run(["keys", "secret", *arguments, "--key", "passphrase-file"])
        out, err = self._capsys.readouterr()
        self.aside += err
        return code, out


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """A home whose passphrase file holds one secret."""
    monkeypatch.setenv("IRTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(irtui.cli.asking, "ask_secret", lambda prompt: "four small words")
    held = Keys(Home.from_environ({"IRTUI_HOME": str(tmp_path / "home")}), os.urandom)
    held.issued("passphrase-file", "four small words").keep(KEY, SECRET)
    return held


def test_it_goes_to_a_pipe_or_a_new_file_until_it_is_forgotten(
    keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gets the secret alone; a file is new and for its owner alone; what was forgotten is exit 7."""
    secret, file = Said(capsys), tmp_path / "credential"
    assert secret(KEY) == (0, f"{SECRET}\n")
    code, said = secret(KEY, "--to", str(file))
    assert (code, file.read_text()) == (0, f"{SECRET}\n") and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in said and f"keys secret {KEY} --forget" in said
    assert secret(KEY, "--to", str(file))[0] == 2
    code, said = secret(KEY, "--to", str(tmp_path / "other"), "-o", "json")
    assert code == 0 and SECRET not in said and json.loads(said)["data"]["access_key_id"] == KEY
    assert [secret(KEY, "--forget") for _ in range(2)] == [
        (0, f"secret of {KEY}  {word}  in {keys.place('passphrase-file', secrets=True)}\n")
        for word in ("forgotten", "not there")
    ]
    assert secret(KEY) == (7, "")
    assert "Nobody can ask AWS for it again" in secret.aside and SECRET not in secret.aside


def test_it_goes_to_no_terminal_and_into_no_json(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused before the vault is asked; so is a secret in the place of the id, which is not repeated."""
    secret = Said(capsys)
    assert secret(SECRET)[0] == 2
    code, said = secret(KEY, "-o", "json")
    assert code == 2 and SECRET not in said
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert secret(KEY) == (2, "") and secret(KEY, "--forget", "--to", "x") == (2, "")
    assert "--to FILE" in secret.aside and SECRET not in secret.aside


def test_a_rehearsal_keeps_its_secrets_in_memory(keys: Keys) -> None:
    """Of the sitting: neither the next one nor the vault of real incidents has them. An ephemeral key has no vault."""
    with pytest.raises(KeyUnavailable, match="kept nowhere"):
        keys.new("ephemeral", "real", "INC-1", "").issued.ready()
    thrown = keys.new("ephemeral", "rehearsal", "INC-1", "").issued
    thrown.ready()
    thrown.keep(KEY, "simulated")
    assert thrown.get(KEY) == "simulated" and keys.new("", "rehearsal", "INC-1", "").issued.get(KEY) is None
    assert keys.issued("passphrase-file", "four small words").get(KEY) == SECRET
