"""A real gnome-keyring daemon on a private bus, or a skip that names the package."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

NEEDED = {"dbus-daemon": "dbus", "gnome-keyring-daemon": "gnome-keyring"}


def _needed() -> None:
    missing = [package for program, package in NEEDED.items() if not shutil.which(program)]
    if missing:
        words = f"install the packages: {' '.join(missing)}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(words)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A session bus of its own; nothing on it yet."""
    _needed()
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime)}
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as daemon:
        assert daemon.stdout
        environ["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().decode().strip()
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        yield environ
        daemon.terminate()


@pytest.fixture
def gnome_keyring(bus: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """An unlocked keyring on the private bus."""
    with started(bus, "--unlock") as daemon:
        yield daemon
        daemon.terminate()


def started(bus: dict[str, str], *how: str) -> "subprocess.Popen[bytes]":
    """A daemon that answers on the bus. Without `--unlock` what it kept before stays locked."""
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--components=secrets", *how],
        env=bus, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert daemon.stdin and daemon.stdout
    daemon.stdin.write(b"a password")
    daemon.stdin.close()
    daemon.stdout.readline()  # it names its control socket when it is there
    return daemon
