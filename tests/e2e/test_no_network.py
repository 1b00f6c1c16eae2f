"""A rehearsal needs nothing of the machine's network nor of its AWS configuration, and takes nothing of either."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import environ_of, irtui, world_of

LOOPBACK_ONLY = 'ip link set lo up 2>/dev/null || ifconfig lo up; exec "$@"'
POISON = {
    "AWS_ACCESS_KEY_ID": "AKIAPOISONPOISONPOIS",
    "AWS_SECRET_ACCESS_KEY": "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",
    "AWS_SESSION_TOKEN": "poison",
    "AWS_PROFILE": "poison",
    "AWS_DEFAULT_PROFILE": "poison",
    "AWS_REGION": "mars-north-1",
    "AWS_DEFAULT_REGION": "mars-north-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9/",
    "AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:9/",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9/",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "poison",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9/",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/poison",
    "AWS_MAX_ATTEMPTS": "0",
    "AWS_RETRY_MODE": "poison",
    "AWS_CA_BUNDLE": "/nonexistent/ca.pem",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "no_proxy": "",
}
CONNECTED = """
import socket, sys, runpy
real = socket.socket.connect
def connect(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
        sys.stderr.write(f"LEFT LOOPBACK: {address}\\n")
        raise OSError("not in this test")
    return real(self, address)
def lookup(host, *more, real=socket.getaddrinfo, **named):
    if host not in ("127.0.0.1", "localhost", "::1", None, ""):
        sys.stderr.write(f"LOOKED UP: {host}\\n")
        raise OSError("not in this test")
    return real(host, *more, **named)
socket.socket.connect = connect
socket.getaddrinfo = lookup
sys.argv[0] = "irtui"
runpy.run_module("irtui", run_name="__main__")
"""


@pytest.fixture
def poison(home: Path) -> dict[str, str]:
    """A machine whose whole AWS configuration is a trap: each of it would fail or leave a mark."""
    folder = home / ".aws"
    (folder / "models" / "iam" / "2010-05-08").mkdir(parents=True)
    mark = home / "credential-process-ran"
    (folder / "config").write_text(
        f"[default]\nregion = mars-north-1\ncredential_process = touch {mark}\nendpoint_url = http://127.0.0.1:9\n"
        f"[profile poison]\ncredential_process = touch {mark}\nservices = evil\n"
        "[services evil]\niam =\n  endpoint_url = http://127.0.0.1:9\n"
    )
    (folder / "credentials").write_text("[poison]\naws_access_key_id = AKIAPOISON\naws_secret_access_key = poison\n")
    (folder / "models" / "iam" / "2010-05-08" / "service-2.json").write_text("{}")
    return {**POISON, "AWS_DATA_PATH": str(folder / "models"), "AWS_CONFIG_FILE": str(folder / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}  # fmt: skip


def isolated(command: list[str]) -> list[str] | None:
    """`command` in a network of its own that has only loopback; None where the machine gives none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    for options in (["-n"], ["-rn"]):
        alone = [unshare, *options, "sh", "-c", LOOPBACK_ONLY, "sh"]
        try:
            probe = [*alone, sys.executable, "-c", "import socket; socket.create_server(('127.0.0.1', 0))"]
            if subprocess.run(probe, capture_output=True, timeout=20, check=False).returncode == 0:
                return [*alone, *command]
        except (OSError, subprocess.TimeoutExpired):
            continue
    return None


def test_no_packet_leaves_loopback(home: Path) -> None:
    """The whole rehearsal is won in a network that has nothing but loopback; where the system gives no such network,
    under a guard on every connection and look-up.
    """
    arguments = ["rehearse", "leaked-key", "--auto", "-o", "json"]
    command = isolated([sys.executable, "-m", "irtui", *arguments]) or [sys.executable, "-c", CONNECTED, *arguments]
    done = subprocess.run(
        command,
        env=environ_of(home),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "LOOPBACK" not in done.stderr and "LOOKED UP" not in done.stderr
    assert all(objective["met"] for objective in json.loads(done.stdout)["data"]["objectives"])


def test_nothing_but_loopback_is_even_tried(home: Path, poison: dict[str, str]) -> None:
    """With a guard on every connection and look-up, and a machine full of traps, nobody runs into the guard."""
    arguments = ["rehearse", "leaked-key", "--auto"]
    done = irtui(home, *arguments, program=("-c", CONNECTED), extra=poison)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "LEFT LOOPBACK" not in done.stderr and "LOOKED UP" not in done.stderr


def test_the_machines_credentials_are_not_used(home: Path, poison: dict[str, str]) -> None:
    """Poisoned variables, profiles, endpoints, models, proxies and metadata: the rehearsal is won all the same, no
    credential process ran, and every request bears a key of the world.
    """
    done = irtui(home, "rehearse", "leaked-key", "--auto", extra=poison)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert not (home / "credential-process-ran").exists()
    assert "POISON" not in done.stdout + done.stderr and "mars-north-1" not in done.stdout


def test_only_the_worlds_keys_reach_the_world(home: Path, poison: dict[str, str]) -> None:
    """What the simulator saw of irtui was signed with the session that the world gave, from the first call on."""
    done = irtui(home, "rehearse", "leaked-key", "--plain", lines=("1", "6666", "", "q"), extra=poison)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    requests = world_of(home).requests()
    assert requests and not any("POISON" in request["key"] for request in requests)
    assert "key" in requests[0]
