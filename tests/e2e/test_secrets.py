"""Planted secrets are found nowhere: every byte that irtui writes, prints or exports is searched for them."""

import base64
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from irtui.desk.exports import exported, packed
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from tests.support.program import (
    ACCOUNT,
    ROOT,
    Done,
    environ_of,
    incident_folder,
    irtui,
    number,
    records,
    walking,
    world_of,
)

LIVE = str(ROOT / "tests" / "support" / "live_program.py")
CRASHING = str(ROOT / "tests" / "support" / "crashing_program.py")

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIACANARYENVIRONMEN",
    "AWS_SECRET_ACCESS_KEY": "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",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE" + "EnvCanary/0123456789+abcdefghijklmnopqrs" * 5,
    "AWS_DEFAULT_REGION": "us-east-1",
}
PROFILE_SECRET = "pRoFileXUtnFEMI/K7MDENG+bPxRfiCYCANARY02"
PROFILE_TOKEN = "FwoGZXIvYXdzE" + "ProfileCanary/0123456789+abcdefghijklmno" * 5
NOTE = "nOteJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARY3"
REASON = "rEasonlrXUtnFEMI/K7MDENG+bPxRfiCYCANARY4"
STATEMENT = "IQoJb3JpZ2luX2VjE" + "StatementCanary/0123456789+abcdefghijklm" * 5
INPUT = "iNputalrXUtnFEMI/K7MDENG+bPxRfiCYCANARY5"
BUG = "bUggyalrXUtnFEMI/K7MDENG+bPxRfiCYCANARY6"
MACHINE = (ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], ENVIRONMENT["AWS_SESSION_TOKEN"], PROFILE_SECRET, PROFILE_TOKEN)
# Whatever the world hands out looks like this.
ANY_SESSION_TOKEN = re.compile(rb"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+=%]{40,}")


def shapes(secret: str) -> tuple[bytes, ...]:
    """The secret as it is, in a URL, in base64, and its longer half: a secret that was cut is a leak all the same."""
    raw = secret.encode()
    return raw, quote(secret, safe="").encode(), base64.b64encode(raw).rstrip(b"="), raw[: len(raw) * 2 // 3]


def written(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the home, but the operator's own ~/.aws; of a world only its address may hold its token."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and ".aws" not in path.parts:
            yield str(path.relative_to(home)), path.read_bytes()


def assert_clean(home: Path, said: Iterable[tuple[str, bytes]], secrets: Iterable[str]) -> None:
    places = [*written(home), *said]
    assert any(name.endswith("journal.jsonl") for name, _ in places) or said
    for secret in secrets:
        for shape in shapes(secret):
            found = [name for name, data in places if shape in data]
            assert not found, f"{secret[:8]}… is in {found}"
    tokens = [name for name, data in places if ANY_SESSION_TOKEN.search(data)]
    assert not tokens, f"a session token is in {tokens}"


def spoken(*done: Done) -> list[tuple[str, bytes]]:
    return [(f"{stream} of {each.args[2:]}", text.encode("utf-8", "surrogateescape"))
            for each in done for stream, text in (("stdout", each.stdout), ("stderr", each.stderr))]  # fmt: skip


def told_afterwards(home: Path) -> list[tuple[str, bytes]]:
    """All that irtui says of the incident once it is over."""
    name = incident_folder(home).name
    questions = [
        ("audit", "show", name), ("audit", "show", name, "-o", "json"), ("audit", "verify", name, "-o", "json"),
        ("audit", "export", name, "--format", "jsonl"), ("audit", "export", name, "--format", "markdown"),
        ("incidents", "show", name, "-o", "json"),
    ]  # fmt: skip
    folder = incident_folder(home)
    bundle = packed(folder, home.parent / f"{name}.zip").path.read_bytes()  # its members are stored as they are
    exports = [(f"export as {form}", exported(folder, form).encode()) for form in ("html", "csv", "ocsf")]
    return [*spoken(*(irtui(home, *question) for question in questions)), *exports, ("bundle", bundle)]


@pytest.fixture
def poisoned(home: Path) -> dict[str, str]:
    """Credentials in the environment and in the profiles of a machine that rehearses."""
    folder = home / ".aws"
    folder.mkdir(parents=True)
    (folder / "credentials").write_text(
        f"[default]\naws_access_key_id = AKIACANARYPROFILE000\naws_secret_access_key = {PROFILE_SECRET}\n"
        f"aws_session_token = {PROFILE_TOKEN}\n"
    )
    return ENVIRONMENT


@pytest.mark.parametrize("developing", [False, True])
def test_a_rehearsal_keeps_no_secret_of_the_machine_nor_of_the_world(
    home: Path, poisoned: dict[str, str], developing: bool
) -> None:
    """The scripted walk: neither the machine's credentials nor any session of the world are in a single byte; the
    same under `python -X dev` with every debugging variable set.
    """
    program = ("-X", "dev", "-m", "irtui") if developing else ("-m", "irtui")
    extra = {**poisoned, "PYTHONDEVMODE": "1", "DEBUG": "1", "BOTO_DEBUG": "1"} if developing else poisoned
    done = irtui(home, "rehearse", "leaked-key", "--auto", extra=extra, program=program)
    assert done.returncode == 0, done.stdout + done.stderr
    assert_clean(home, [*spoken(done), *told_afterwards(home)], MACHINE)


def test_what_the_operator_types_is_masked(home: Path) -> None:
    """A secret in a note, a reason, a statement and an input is on no page, in no record, no evidence, no export."""
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.answer("to allow changes", ACCOUNT[-4:])
        walk.answer("Type ci-deploy to run 1 change", "")
        token = (incident_folder(home).name, world_of(home)._token)
        address = home / "state" / "worlds" / token[0] / "world.json"
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
        walk.answer("> ", f"n AWS_SECRET_ACCESS_KEY={NOTE}")
        walk.answer("> ", f"s {number('deny_users')}")
        walk.answer(f"Why skip {number('deny_users')}", f"the key was {REASON}")
        walk.answer("> ", f"r {number('exposure')}")
        walk.answer("What was done", f"I removed {STATEMENT} from the repository")
        walk.answer("> ", "j")
        walk.answer("> ", "10")
        walk.answer("> ", "q")
        assert walk.ended() == 0, walk.out[-2000:]
        said = [("the page", walk.bytes)]
    kept = {record["type"]: record["body"] for record in records(home)}
    assert "[masked]" in kept["note"]["text"]
    assert "[masked]" in kept["skip"]["reason"]
    assert "[masked]" in kept["attest"]["statement"]
    assert_clean(home, [*said, *told_afterwards(home)], (NOTE, REASON, STATEMENT))
    holders = [name for name, data in written(home) if token[1].encode() in data]
    assert holders == [f"state/worlds/{token[0]}/world.json"]


def test_a_secret_given_as_an_input_is_not_repeated(home: Path) -> None:
    """The secret typed, or given, where the key id belongs: refused, without being shown."""
    done = irtui(home, "rehearse", "leaked-key", "--plain", lines=(INPUT,))
    assert done.returncode == 5 and "this is not one" in done.stdout, done.stdout + done.stderr
    assert_clean(home, spoken(done), (INPUT,))
    given = irtui(home, "rehearse", "leaked-key", "--plain", "-i", f"access_key_id={INPUT}")
    assert given.returncode == 2, given.stdout + given.stderr
    assert_clean(home, spoken(given), (INPUT,))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(load_scenario("leaked-key"), seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


@pytest.mark.parametrize("terminal", [False, True])
def test_a_real_incident_keeps_no_secret_of_its_operator(home: Path, world: World, terminal: bool) -> None:
    """With credentials in the environment and a secret as an optional input, through the real door: nothing anywhere,
    also on a terminal and with Python's own debugging on.
    """
    credentials = world.operator_credentials()
    extra = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id, "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDEVMODE": "1",
    }  # fmt: skip
    given = ("-i", f"access_key_id={world.inputs['access_key_id']}", "-i", f"case_id=SEC-1 {INPUT}")
    arguments = ("run", "key-revocation", "--plain", "--key", "ephemeral", *given)
    with walking(home, *arguments, program=(LIVE, world.url), extra=extra, terminal=terminal) as walk:
        walk.answer("(empty: read only): ", "")
        walk.answer("> ", "o")
        walk.answer("(empty: no): ", ACCOUNT[-4:])
        walk.until("Type ci-deploy to run 1 change")
        walk.say("")
        walk.answer("> ", "q")
        assert walk.ended() == 0, walk.out[-2000:] + walk.err
        said = [("the page", walk.bytes)]
    secrets = (credentials.secret_access_key, credentials.session_token, INPUT)
    assert_clean(home, [*said, *told_afterwards(home)], secrets)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_bug_shows_no_secret(home: Path, form: str) -> None:
    """A crash outside a step whose message, cause and locals hold a secret: exit 70, the log (0600) names the bug,
    and the secret is nowhere.
    """
    arguments = ("rehearse", "leaked-key", "--auto", "-o", form)
    done = irtui(home, *arguments, program=(CRASHING, BUG, "GetCallerIdentity"), extra=ENVIRONMENT)
    assert done.returncode == 70, done.stdout[-2000:] + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "A bug in irtui" in (done.stdout if form == "json" else done.stderr)
    log = home / "state" / "log" / "irtui.log"
    assert "TypeError" in log.read_text("utf-8") and "KeyError" in log.read_text("utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert_clean(home, spoken(done), (BUG, *MACHINE))


@pytest.mark.parametrize("operation", [pytest.param("ListGroupsForUser", marks=pytest.mark.deep), "PutUserPolicy"])
def test_a_bug_inside_a_step_shows_no_secret(home: Path, operation: str) -> None:
    """A crash in a read and in a change of a step: it is said, exit 1, the journal is whole, the secret is nowhere."""
    done = irtui(home, "rehearse", "leaked-key", "--auto", program=(CRASHING, BUG, operation), extra=ENVIRONMENT)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "TypeError" in done.stdout
    assert_clean(home, [*spoken(done), *told_afterwards(home)], (BUG, *MACHINE))
    verified = irtui(home, "audit", "verify", incident_folder(home).name, "--allow-open")
    assert verified.returncode == 0, verified.stdout


def test_what_is_kept_is_for_the_operator_alone(home: Path) -> None:
    """Whatever the umask was, no file or folder that irtui makes can be read by others."""
    old = os.umask(0)
    try:
        done = irtui(home, "rehearse", "leaked-key", "--auto")
    finally:
        os.umask(old)
    assert done.returncode == 0
    below = [path for path in home.rglob("*") if "incidents" in path.parts or "state" in path.parts]
    assert below
    assert [str(path) for path in below if stat.S_IMODE(path.lstat().st_mode) & 0o077] == []


def test_the_processes_command_lines_hold_no_secret(home: Path) -> None:
    """Neither irtui nor its world is started with a secret in its arguments or an AWS variable in its environment."""
    if not sys.platform.startswith("linux"):
        return
    with walking(home, "rehearse", "leaked-key", "--plain", extra=ENVIRONMENT) as walk:
        walk.until("Number or value: ")
        world = world_of(home)
        process = Path("/proc") / str(world.pid)
        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        assert b"AWS_" not in seen and world._token.encode() not in seen
        assert all(secret.encode() not in seen for secret in MACHINE)
    assert "AWS_SECRET_ACCESS_KEY" not in environ_of(home)
