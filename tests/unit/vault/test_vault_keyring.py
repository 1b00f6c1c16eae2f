"""Seeds in the OS keyring: real Secret Service, allow-list, canary, and what fails in time."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irtui.errors import KeyUnavailable
from irtui.vault import backends, os_keyring
from irtui.vault.backends import ALLOWED, Allowed, Backend
from irtui.vault.os_keyring import OsKeyring, open_keyring, probe
from irtui.vault.seeds import OPERATOR, incident_name, operator_seed, seed
from tests.support.secret_service import started


class Memory:
    """A backend in memory, for the faults a real daemon cannot be talked into."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get(f"{service}/{name}")

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[f"{service}/{name}"] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[f"{service}/{name}"]


def on(backend: Any, seconds: float = 5.0) -> OsKeyring:
    return OsKeyring(Backend("Memory", backend), seconds)


def test_a_real_keyring_keeps_and_destroys_seeds(gnome_keyring: object) -> None:
    """Against gnome-keyring: the canary passes, seeds come back, the incident's is gone after its destruction."""
    vault = open_keyring(os.urandom, seconds=10)
    assert vault.title == "Secret Service" and vault.kind == "keyring"
    operator = operator_seed(vault, os.urandom)
    incident = seed(vault, incident_name("INC-1"), os.urandom)
    assert len(incident) == 32 and incident != operator
    other = open_keyring(os.urandom, seconds=10)
    assert other.get(OPERATOR) == operator and other.get(incident_name("INC-1")) == incident
    vault.destroy(incident_name("INC-1"))
    vault.destroy(incident_name("INC-1"))
    assert other.get(incident_name("INC-1")) is None
    assert other.get("canary") is None
    assert operator_seed(vault, os.urandom) == operator


def test_the_environment_cannot_choose_the_backend(gnome_keyring: object, tmp_path: Path) -> None:
    """PYTHON_KEYRING_BACKEND, keyringrc.cfg with a keyring-path, and KEYRING_PROPERTY_* receive and change nothing."""
    (tmp_path / "evil.py").write_text(
        "import pathlib, keyring.backend\n"
        f"pathlib.Path({str(tmp_path / 'loaded')!r}).touch()\n"
        "class Keyring(keyring.backend.KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, s, u): return None\n"
        "    def set_password(self, s, u, p): pass\n"
    )
    config = tmp_path / ".config" / "python_keyring"
    config.mkdir(parents=True)
    (config / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring=evil.Keyring\nkeyring-path={tmp_path}\n")
    program = (
        "import os\nfrom irtui.vault.os_keyring import open_keyring\nvault = open_keyring(os.urandom, seconds=10)\n"
        "vault.keep('x', b'1' * 32)\nprint(vault.title, vault.get('x') == b'1' * 32)"
    )
    root = str(Path(backends.__file__).parents[2])
    environ = os.environ | {
        "PYTHON_KEYRING_BACKEND": "evil.Keyring",
        "KEYRING_PROPERTY_APPID": "evil",
        "KEYRING_PROPERTY_PREFERRED_COLLECTION": "/evil",
        "PYTHONPATH": f"{root}:{tmp_path}",
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
    }
    out = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False)
    assert out.stdout.strip() == "Secret Service True", out.stderr
    assert not (tmp_path / "loaded").exists()


def test_no_service_on_the_bus_is_told(bus: dict[str, str]) -> None:
    """A bus on which no unlocked keyring answers is not available, within the time, with an advice."""
    found = probe(os.urandom, seconds=5)
    assert not found.available and found.why and "ephemeral" in found.advice


def test_a_keyring_that_dies_is_unavailable(gnome_keyring: subprocess.Popen[bytes]) -> None:
    """When the daemon goes away under us, the next call is KeyUnavailable."""
    vault = open_keyring(os.urandom, seconds=10)
    gnome_keyring.terminate()
    gnome_keyring.wait()
    with pytest.raises(KeyUnavailable) as caught:
        vault.keep("x", os.urandom(32))
    assert caught.value.advice


def test_a_locked_keyring_is_unavailable_and_keeps_what_it_has(
    bus: dict[str, str], gnome_keyring: subprocess.Popen[bytes]
) -> None:
    """A daemon whose keyring nobody unlocked, as over SSH, is not available within the time; unlocked, it still has
    the operator's key."""
    operator = operator_seed(open_keyring(os.urandom, seconds=10), os.urandom)
    gnome_keyring.terminate()
    gnome_keyring.wait()
    with started(bus) as locked:
        found = probe(os.urandom, seconds=3)
        assert not found.available and "ephemeral" in found.advice
        locked.terminate()
    with started(bus, "--unlock") as again:
        assert open_keyring(os.urandom, seconds=10).get(OPERATOR) == operator
        again.terminate()


def test_no_bus_at_all_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a machine without a bus every backend's reason is given."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    found = probe(os.urandom, seconds=10)
    assert not found.available and "Secret Service:" in found.why and found.advice


def test_only_system_keyrings_are_allowed() -> None:
    """The list holds the five system keyrings, none of the null, fail, chainer or third-party backends."""
    assert {allowed.module.rpartition(".")[2] for allowed in ALLOWED} == {
        "macOS", "Windows", "SecretService", "libsecret", "kwallet",
    }  # fmt: skip
    assert all(allowed.module.startswith("keyring.backends.") for allowed in ALLOWED)


def test_a_hanging_keyring_is_left_behind() -> None:
    """A keyring that waits for a prompt nobody sees is KeyUnavailable when the time is over."""
    prompt = threading.Event()
    backend = SimpleNamespace(get_password=lambda service, name: prompt.wait())
    with pytest.raises(KeyUnavailable, match="did not answer within"):
        on(backend, seconds=0.05).get("x")
    prompt.set()


def test_a_backend_that_hangs_while_being_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for the backend is under the same time limit."""
    gate = threading.Event()
    monkeypatch.setattr(os_keyring, "find_backend", gate.wait)
    assert "did not answer" in probe(os.urandom, seconds=0.05).why
    gate.set()


@pytest.mark.parametrize("fault", ["forgets", "lies", "refuses", "keeps forever"])
def test_keyrings_that_cannot_be_trusted(fault: str) -> None:
    """A keyring that loses, changes or refuses values, or does not delete, is KeyUnavailable."""
    backend: Any = Memory()
    vault = on(backend)
    if fault == "forgets":
        backend.set_password = lambda service, name, value: None
    elif fault == "lies":
        backend.get_password = lambda service, name: "00" * 32
    elif fault == "refuses":
        backend.set_password = lambda service, name, value: (_ for _ in ()).throw(RuntimeError("Prompt dismissed"))
    else:
        vault.keep("x", b"1" * 32)
        backend.delete_password = lambda service, name: None
    with pytest.raises(KeyUnavailable) as caught:
        vault.destroy("x") if fault == "keeps forever" else vault.keep("x", b"1" * 32)
    assert caught.value.advice
    if fault != "keeps forever":
        with pytest.raises(KeyUnavailable):
            vault.canary("c")


def test_what_is_no_seed_is_refused() -> None:
    """A value of another form under our name is not taken for a key."""
    backend = Memory()
    for value in ("", "xyz", "00" * 31):
        backend.kept["irtui/x"] = value
        with pytest.raises(KeyUnavailable, match="not a seed"):
            on(backend).get("x")


def test_each_backend_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no backend fits, the error lists each with its reason."""
    monkeypatch.setattr(
        backends, "ALLOWED", (Allowed("keyring.backends.fail", "Keyring", "Fail"), Allowed("no.such", "X", "Absent"))
    )
    with pytest.raises(KeyUnavailable) as caught:
        backends.find_backend()
    assert "Fail: not for this machine" in caught.value.message and "Absent: No module" in caught.value.message
