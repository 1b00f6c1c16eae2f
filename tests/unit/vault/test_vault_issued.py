"""Issued secrets in a real keyring and in a passphrase file: kept, handed out, forgotten, in no error."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from irtui.errors import KeyUnavailable
from irtui.vault.issued import SECRETS, Issued, ThrowAway
from irtui.vault.os_keyring import open_keyring
from irtui.vault.passphrase_file import PassphraseFile
from irtui.vault.seeds import Vault
from tests.support.secret_service import started

KEY, SECRET = "AKIABOTBOTBOTBOTBOT1", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


@pytest.fixture(params=["keyring", "passphrase-file", "throw-away"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Vault]:
    if request.param == "keyring":
        request.getfixturevalue("gnome_keyring")
        return lambda: open_keyring(os.urandom, seconds=10, content=SECRETS)
    if request.param == "passphrase-file":
        return lambda: PassphraseFile(tmp_path / "issued", "correct horse", os.urandom, SECRETS)
    return ThrowAway


def test_a_secret_is_kept_until_it_is_forgotten(opened: Callable[[], Vault]) -> None:
    """The canary leaves nothing; what was kept comes back, is replaced, and goes once."""
    issued = Issued(opened, os.urandom)
    issued.ready()
    assert issued.get("canary") is None and issued.get(KEY) is None
    issued.keep(KEY, "an earlier one")
    issued.keep(KEY, SECRET)
    assert issued.get(KEY) == SECRET
    with pytest.raises(KeyUnavailable):
        issued.keep("AKIATOOLONG", "x" * 257)
    again = Issued(opened, os.urandom)
    assert again.get(KEY) == (None if opened is ThrowAway else SECRET)
    assert (issued.forget(KEY), issued.forget(KEY), issued.get(KEY)) == (True, False, None)


def test_a_keyring_that_locks_meanwhile_says_so(gnome_keyring: "subprocess.Popen[bytes]", bus: dict[str, str]) -> None:
    """Ready, then locked: what is to be kept is not, and neither secret nor its hex digits are in what is raised."""
    issued = Issued(lambda: open_keyring(os.urandom, seconds=3, content=SECRETS), os.urandom)
    issued.ready()
    gnome_keyring.terminate()
    gnome_keyring.wait()
    with started(bus) as locked:
        with pytest.raises(KeyUnavailable) as error:
            issued.keep(KEY, SECRET)
        locked.terminate()
    assert error.value.__cause__ is None and error.value.__context__ is None
    assert KEY in error.value.message and SECRET not in str(error.value)


class Talking(ThrowAway):
    """Repeats what it was given."""

    def keep(self, name: str, value: bytes) -> None:
        raise KeyUnavailable(f"cannot keep {value.decode()} nor {value.hex()}")


def test_no_error_repeats_the_secret() -> None:
    """What a backend's library says of the value is not told, nor carried along as a cause."""
    with pytest.raises(KeyUnavailable) as error:
        Issued(Talking, os.urandom).keep(KEY, SECRET)
    assert SECRET not in str(error.value) and SECRET.encode().hex() not in str(error.value)
    assert error.value.__cause__ is None and error.value.__context__ is None


def test_a_file_of_seeds_is_none_of_secrets(tmp_path: Path) -> None:
    """Neither kind of file is taken for the other, with the right passphrase."""
    seeds, secrets = tmp_path / "seeds", tmp_path / "secrets"
    PassphraseFile(seeds, "p", os.urandom).keep("x", b"1" * 32)
    PassphraseFile(secrets, "p", os.urandom, SECRETS).keep("x", b"1" * 32)
    with pytest.raises(KeyUnavailable):
        PassphraseFile(seeds, "p", os.urandom, SECRETS).get("x")
    with pytest.raises(KeyUnavailable):
        PassphraseFile(secrets, "p", os.urandom).get("x")
