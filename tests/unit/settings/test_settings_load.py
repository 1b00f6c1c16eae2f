"""The settings file."""

from dataclasses import asdict
from pathlib import Path

import pytest

from irtui.errors import SettingsError
from irtui.guards import situation
from irtui.model.checkpoint import CheckpointBucket
from irtui.settings.load import Limits, Settings, load_settings

VAULT = '[checkpoint]\nbucket = "s3://evidence-444"\naccount = "444455556666"\n'
KEY = "ed25519:" + "A" * 43 + "="


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    """A missing file is no error."""
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_every_setting_is_read(tmp_path: Path) -> None:
    """All keys arrive typed; a relative folder starts at the file's own."""
    settings = load_settings(
        write(
            tmp_path,
            f"""
operator = "Jo Doe"
protected = ["user/break-glass", "role/Audit*"]
runbook_folders = ["team", "/srv/runbooks"]
[limits]
users = 1
[signers]
jo = "{KEY}"
[checkpoint]
bucket = "s3://evidence-444/irtui"
account = "444455556666"
automatic = true
[keymap]
undo = "u"
""",
        )
    )
    assert settings.operator == "Jo Doe"
    assert settings.protected == ("user/break-glass", "role/Audit*")
    assert settings.runbook_folders == (tmp_path / "team", Path("/srv/runbooks"))
    assert settings.limits == Limits(users=1)
    assert settings.signers == {"jo": bytes(32)}
    assert settings.checkpoint == CheckpointBucket("s3://evidence-444/irtui", "444455556666", automatic=True)
    assert settings.keymap == {"undo": "u"}


def test_limits_are_the_guards_limits() -> None:
    """The settings' limits have the fields and defaults of those that the guards judge by."""
    assert asdict(Limits()) == asdict(situation.Limits())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("protecte = []", r":1: protecte is not a setting"),
        ("\n\n[limit]\nusers = 1", r":3: limit is not a setting"),
        ("[limits]\nuser = 1", r":1: limits has no 'user'. Did you mean users\?"),
        ("[limits]\nusers = true", "whole number"),
        ("[limits]\nusers = -1", "whole number"),
        ('operator = "a"\noperator = "b"', ":2: not TOML"),
        ('protected = "user/x"', r":1: protected takes a list"),
        ("protected = [1]", "takes text"),
        ('operator = "a\\u202eb"', "invisible"),
        ('operator = ""', "takes text"),
        ("keymap = 1", "takes a table"),
        ('[signers]\njo = "ed25519:AAAA"', "public keys"),
        ('[signers]\njo = "rsa:AAAA"', "public keys"),
        ("[checkpoint]\nbuckets = 1", r":1: checkpoint has no 'buckets'. Did you mean bucket\?"),
        ('[checkpoint]\nbucket = "s3://evidence-444"', r":1: checkpoint lacks account"),
        (f'{VAULT}days = "7"', "days has the wrong type"),
        (f"{VAULT}days = true", "days has the wrong type"),
        (f"{VAULT}days = 0", "days must be a whole number from 1 to 36500"),
        (f'{VAULT}region = "Ireland"', "region must be a Region"),
        (VAULT.replace("s3://", ""), "bucket must be s3://NAME"),
        (VAULT.replace("6666", "666"), "account must be the 12 digits"),
        ("a = ", ":1: not TOML"),
        ("\udcff", "UTF-8"),
        ("#" * 70_000, "larger"),
        ("a = " + "[" * 5000, "not TOML"),
        ('"\\u001b" = 1', "is not a setting"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    """An unknown key, a wrong type and broken TOML refuse, and say where."""
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings(write(tmp_path, text))
    assert "\x1b" not in str(caught.value)


def test_an_unknown_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """A slip comes with the setting that was meant."""
    with pytest.raises(SettingsError) as caught:
        load_settings(write(tmp_path, "protecte = []"))
    assert caught.value.advice == "Did you mean protected?"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder in its place is an error, not the defaults."""
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path)
