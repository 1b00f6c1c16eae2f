"""A rehearsal needs nothing of the machine's network nor of its AWS configuration, and takes nothing of either.

The whole process tree is watched: by the kernel (packets, opened files), and by a guard inside every interpreter.
"""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.guarded import Guarded
from tests.support.program import ROOT, Done, end_worlds, environ_of, irtui, world_of
from tests.support.quarantine import TRAP, quarantined

POISON = {
    "AWS_ACCESS_KEY_ID": "AKIAPOISONPOISONPOIS",
    "AWS_SECRET_ACCESS_KEY": "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",
    "AWS_SESSION_TOKEN": "poison",
    "AWS_SECURITY_TOKEN": "poison",
    "AWS_PROFILE": "poison",
    "AWS_DEFAULT_PROFILE": "poison",
    "AWS_REGION": "mars-north-1",
    "AWS_DEFAULT_REGION": "mars-north-1",
    "AWS_ENDPOINT_URL": f"http://127.0.0.1:{TRAP}/",
    "AWS_ENDPOINT_URL_IAM": f"http://127.0.0.1:{TRAP}/",
    "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{TRAP}/",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{TRAP}/credentials",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "poison",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{TRAP}/",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/poison",
    "AWS_CSM_ENABLED": "true",
    "AWS_MAX_ATTEMPTS": "0",
    "AWS_RETRY_MODE": "poison",
    "AWS_CA_BUNDLE": "/nonexistent/ca.pem",
    "HTTP_PROXY": f"http://127.0.0.1:{TRAP}",
    "HTTPS_PROXY": f"http://127.0.0.1:{TRAP}",
    "ALL_PROXY": f"socks5://127.0.0.1:{TRAP}",
    "http_proxy": f"http://127.0.0.1:{TRAP}",
    "no_proxy": "",
}
PRETENDER = (
    "import os, socket, subprocess, sys\n"
    "grandchild = '''{}'''\n"
    "subprocess.run([sys.executable, '-P', '-c', grandchild], env={{'PATH': os.defpath}}, start_new_session=True)"
)
"""A process that starts another as irtui starts a world: no environment, own session."""


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """The home of somebody whose whole AWS configuration is a trap: each of it would fail or leave a mark."""
    folder = tmp_path / "person" / ".aws"
    (folder / "models" / "iam" / "2010-05-08").mkdir(parents=True)
    mark = tmp_path / "credential-process-ran"
    (folder / "config").write_text(
        f"[default]\nregion = mars-north-1\ncredential_process = touch {mark}\nendpoint_url = http://127.0.0.1:9\n"
        f"[profile poison]\ncredential_process = touch {mark}\nservices = evil\n"
        "[services evil]\niam =\n  endpoint_url = http://127.0.0.1:9\n"
    )
    (folder / "credentials").write_text("[poison]\naws_access_key_id = AKIAPOISON\naws_secret_access_key = poison\n")
    (folder / "token").write_text("poison")
    (folder / "models" / "iam" / "2010-05-08" / "service-2.json").write_text("{}")
    (folder.parent / ".boto").write_text("[Credentials]\naws_access_key_id = AKIAPOISON\n")
    (folder.parent / ".netrc").write_text("machine 127.0.0.1 login poison password poison\n")
    return folder.parent


@pytest.fixture
def poison(person: Path) -> dict[str, str]:
    """The environment of that person."""
    folder = person / ".aws"
    return {**POISON, "HOME": str(person), "AWS_DATA_PATH": str(folder / "models"),
            "AWS_CONFIG_FILE": str(folder / "config"), "AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials")}  # fmt: skip


@dataclass(frozen=True)
class Watch:
    """What was seen of a process tree: by the kernel in `kernel`, by each interpreter in `guard`."""

    done: Done
    guard: Guarded
    kernel: dict[str, Any] = field(default_factory=dict)

    def trespasses(self) -> list[str]:
        """Everything that a rehearsal has no business with."""
        connects = [note.what for note in self.guard.noted("connect")]
        binds = [note.what for note in self.guard.noted("bind")]
        outside = [str(what) for what in (*connects, *binds) if what[0] not in ("127.0.0.1", "::1")]
        looks = [str(note.what) for note in (*self.guard.noted("look-up"), *self.guard.noted("private"))]
        starts = [note.what[0] for note in self.guard.noted("start") if note.what[0] != self.guard.python]
        return [*outside, *looks, *starts, *self.kernel["caught"], *self.kernel["packets"], *self.kernel["opened"]]


def watched(tmp_path: Path, home: Path, person: Path, environ: dict[str, str], *arguments: str) -> Watch:
    """Runs the guarded interpreter in quarantine."""
    guard = Guarded.made(tmp_path / "guarded", person / ".aws")
    files = [person / ".aws", person / ".aws" / "models", person / ".boto", person / ".netrc"]
    command = quarantined([guard.python, *arguments], files, tmp_path / "kernel.json")
    done = subprocess.run(
        command, env=environ_of(home, environ), capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    end_worlds(home)
    return Watch(done, guard, json.loads((tmp_path / "kernel.json").read_text()))


def test_nothing_of_the_machine_is_touched(tmp_path: Path, home: Path, person: Path, poison: dict[str, str]) -> None:
    """On a machine full of traps the rehearsal is won; no process of the tree sends a packet to anywhere but loopback,
    looks a name up, asks a metadata service or proxy, opens a profile, or starts anything but the world, which
    inherits no variable of AWS.
    """
    watch = watched(tmp_path, home, person, poison, "-m", "irtui", "rehearse", "leaked-key", "--auto", "-o", "json")
    assert watch.done.returncode == 0, watch.done.stdout[-2000:] + watch.done.stderr
    assert all(objective["met"] for objective in json.loads(watch.done.stdout)["data"]["objectives"])
    assert watch.trespasses() == []
    assert not (tmp_path / "credential-process-ran").exists()
    worlds = {note.pid for note in watch.guard.noted("process") if any("gameday.process" in word for word in note.what)}
    handed = {note.pid: note.what for note in watch.guard.noted("environment")}
    assert len(worlds) == 1 and len(handed) == 2
    assert not [name for pid in worlds for name in handed[pid] if name.startswith("AWS_") or "proxy" in name.lower()]
    assert {note.pid for note in watch.guard.noted("connect")} == set(handed), "the guard must be in every process"


@pytest.mark.parametrize(
    ("deed", "seen"),
    [
        ("socket.create_connection(('192.0.2.1', 80), 1)", "192.0.2.1"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.2', 53))", "192.0.2.2"),
        ("socket.getaddrinfo('sts.amazonaws.com', 443)", "sts.amazonaws.com"),
        ("socket.create_server(('0.0.0.0', 0))", "0.0.0.0"),
        ("open('{home}/.aws/credentials').read()", ".aws/credentials"),
        ("os.system('touch {home}/x')", "touch"),
        ("subprocess.run(['cat', '{home}/.aws/config'])", "cat"),
    ],
    ids=["connect", "datagram", "look-up", "listen", "profile", "shell", "program"],
)
def test_the_guard_sees_what_a_world_might_do(tmp_path: Path, home: Path, person: Path, deed: str, seen: str) -> None:
    """Each trespass by a process that was started without an environment is noticed."""
    program = PRETENDER.format("import os, socket, subprocess\n" + deed.format(home=person))
    watch = watched(tmp_path, home, person, {}, "-c", program)
    assert any(seen in trespass for trespass in watch.trespasses()), watch.done.stderr


@pytest.mark.parametrize(
    ("command", "finding"),
    [
        ("exec 3<>/dev/udp/192.0.2.3/53; echo x >&3", ("packets", "192.0.2.3 protocol 17")),
        ("exec 3<>/dev/tcp/169.254.169.254/80; echo 'GET /latest/meta-data/' >&3; cat <&3", ("caught", "meta-data")),
        ("cat '{home}/.aws/credentials' '{home}/.netrc'", ("opened", ".aws/credentials")),
    ],
    ids=["packet", "metadata", "profile"],
)
def test_the_kernel_sees_what_no_interpreter_tells(
    tmp_path: Path, home: Path, person: Path, command: str, finding: tuple[str, str]
) -> None:
    """What a program that is not Python does is noticed all the same, where the system gives a network of its own."""
    watch = watched(tmp_path, home, person, {}, "-c", PRETENDER.format(
        f"import os; os.execve('/bin/bash', ['bash', '-c', {command.format(home=person)!r}], {{}})"
    ))  # fmt: skip
    kind, words = finding
    if kind != "opened" and not watch.kernel["own_network"]:
        pytest.skip("this system gives no network of one's own")
    assert any(words in each for each in watch.kernel[kind]), watch.kernel


def test_only_the_worlds_keys_reach_the_world(home: Path, poison: dict[str, str]) -> None:
    """What the simulator saw of irtui was signed with the session that the world gave, from the first call on."""
    extra = {name: value.replace(TRAP, "9") for name, value in poison.items()}
    done = irtui(home, "rehearse", "leaked-key", "--plain", lines=("1", "6666", "", "q"), extra=extra)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "POISON" not in done.stdout + done.stderr and "mars-north-1" not in done.stdout
    requests = world_of(home).requests()
    assert requests and not any("POISON" in request["key"] for request in requests)
    assert "key" in requests[0]
