"""Bad input, through the real program: the documented exit code, a message with advice, nothing lost, no traceback."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from irtui.journal.verify import verify
from tests.support.program import (
    ACCOUNT,
    ROOT,
    Done,
    changes,
    incident_folder,
    irtui,
    number,
    records,
    walking,
    world_of,
)

LIVE = str(ROOT / "tests" / "support" / "live_program.py")
BEDROCK = "ABSKQmVkcm9ja0FQSUtleS" + "CanaryBedrock0123456789/+abcdefghi" * 3 + "A=="
HEAD = """\
runbook: bad
title: A bad one
version: "1"
severity: low
use_when: never
inputs:
  user: {type: user, title: User}
steps:
"""


def error_of(done: Done, code: int, *words: str) -> dict[str, Any]:
    """The error of `-o json`: that exit code, a title, a message with those words, advice; stderr without a trace."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    answer = json.loads(done.stdout)
    error: dict[str, Any] = answer["error"]
    assert answer["ok"] is False and answer["schema"] == "irtui-output-v1"
    assert error["title"] and error["message"] and error["advice"], error
    said = json.dumps(error, ensure_ascii=False)
    assert all(word in said for word in words), said
    return error


def refused(home: Path, *arguments: str, code: int, words: tuple[str, ...], **how: Any) -> dict[str, Any]:
    """The same refusal for people and for programs: title, message and advice stand on stderr too."""
    error = error_of(irtui(home, *arguments, "-o", "json", **how), code, *words)
    told = irtui(home, *arguments, **how)
    assert told.returncode == code and "Traceback" not in told.stderr
    assert told.stderr.splitlines()[-1 - error["advice"].count("\n")].strip() == error["advice"].splitlines()[0]
    assert f"irtui: {error['title']}" in told.stderr
    assert not (home / "data" / "incidents").exists()
    return error


def runbook(folder: Path, steps: str, head: str = HEAD) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / "bad.yaml"
    path.write_text(head + steps, "utf-8")
    return str(path)


# -- runbooks -----------------------------------------------------------------------------------------------------


def test_broken_yaml(home: Path, tmp_path: Path) -> None:
    """YAML that is none: exit 3, and the place."""
    path = runbook(tmp_path / "r", "  title: [a\n", "runbook: x\n")
    error = refused(home, "run", path, "--plain", code=3, words=(f"{path}:2:8", "not YAML"))
    assert [(p["line"], p["column"]) for p in error["problems"]] == [(2, 8)]


@pytest.mark.parametrize(
    ("step", "place", "words"),
    [
        ("call: iam.GetUsr\n    with: {UserName: bob}", (12, 11), "GetUsr"),
        ("call: iam.GetUser\n    with: {UserNam: bob}", (13, 12), "UserNam"),
        ("call: nosuch.Thing", (12, 11), "nosuch"),
    ],
)
def test_an_unknown_operation_or_a_wrong_parameter(
    home: Path, tmp_path: Path, step: str, place: tuple[int, int], words: str
) -> None:
    """What botocore's models do not know is refused before AWS is asked anything: exit 3 with its place."""
    path = runbook(tmp_path / "r", f"  - id: a\n    phase: analyze\n    title: A\n    {step}\n")
    error = refused(home, "run", path, "--plain", code=3, words=(words,), program=(LIVE, ""))
    places = {(p["path"], p["line"], p["column"]) for p in error["problems"] if words in p["message"]}
    assert (path, *place) in places
    linted = irtui(home, "runbooks", "lint", path)
    assert linted.returncode in (1, 3) and f"{path}:{place[0]}:{place[1]}: error: " in linted.stdout


def test_several_errors_come_all_at_once(home: Path, tmp_path: Path) -> None:
    """A wrong phase, a key that does not exist and a missing title are told together, each with its place."""
    steps = "  - {id: a, phase: nowhere, title: A, manual: x}\n  - {id: b, phase: analyze, manual: x, bogus: 1}\n"
    path = runbook(tmp_path / "r", steps)
    error = refused(home, "run", path, "--plain", code=3, words=("nowhere", "bogus", "'title' is missing"))
    places = sorted((problem["line"], problem["column"]) for problem in error["problems"])
    assert len(places) == 3 and {line for line, _ in places} == {9, 10}
    linted = irtui(home, "runbooks", "lint", path)
    assert linted.returncode == 3
    assert sum(line.startswith(f"{path}:") for line in linted.stdout.splitlines()) == 3


def test_a_secret_in_a_runbook_is_refused_and_not_repeated(home: Path, tmp_path: Path) -> None:
    """A runbook that holds what looks like a secret key is refused without showing it."""
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1"
    path = runbook(tmp_path / "r", f"  - {{id: a, phase: analyze, title: A, manual: 'use {secret}'}}\n")
    done = irtui(home, "run", path, "--plain", "-o", "json", program=(LIVE, ""))
    error_of(done, 3, "looks like a secret")
    assert secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "no-such", "--plain"), ("no-such", "key-revocation")),
        (("rehearse", "no-such", "--plain"), ("no-such", "leaked-key")),
        (("resume", "INC-NOBODY", "--plain"), ("INC-NOBODY", "incidents list")),
        (("resume", "--plain"), ("no open incident",)),
        (("audit", "show", "INC-NOBODY"), ("INC-NOBODY",)),
        (("run", "key-revocation", "--plain", "-i", "novalue"), ("name=value",)),
        (("rehearse", "--seed", "many"), ("many",)),
        (("frobnicate",), ("frobnicate",)),
    ],
)
def test_what_does_not_exist(home: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """A runbook, a scenario, an incident, an option or a command that does not exist: exit 2, and what there is."""
    refused(home, *arguments, code=2, words=words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("operator = \n", ("config.toml:1", "not TOML")),
        ('operator = "jo"\nprotectd = []\n', ("config.toml:2", "protectd", "protected")),
        ("[limits]\nusers = 'five'\n", ("config.toml", "users")),
        ("\udcff", ("not UTF-8",)),
        (None, ("cannot be read",)),
    ],
)
def test_settings_that_cannot_be_used(home: Path, text: str | None, words: tuple[str, ...]) -> None:
    """Settings that cannot be read or understood stop everything that would use them: exit 3 with the line."""
    path = home / "config" / "config.toml"
    path.parent.mkdir(parents=True)
    if text is None:
        path.mkdir()
    else:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    refused(home, "rehearse", "leaked-key", "--plain", code=3, words=words)


# -- credentials --------------------------------------------------------------------------------------------------

PROFILES = """\
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Responder
region = us-east-1
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
[profile legacy]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Responder
region = us-east-1
[profile process]
region = us-east-1
credential_process = cat {folder}/expired.json
[profile broken-process]
region = us-east-1
credential_process = false
[profile loop]
region = us-east-1
role_arn = arn:aws:iam::111122223333:role/x
source_profile = nobody
"""
EXPIRED = {
    "Version": 1,
    "AccessKeyId": "ASIAEXPIREDEXPIRED00",
    "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY1",
    "SessionToken": "IQoJb3JpZ2luCANARY" + "Tm8gc2VjcmV0cyBoZXJlLg" * 8,
    "Expiration": "2020-01-01T00:00:00Z",
}


@pytest.fixture
def profiles(home: Path) -> Path:
    """The operator's ~/.aws with an SSO sign-in and a process whose sessions have ended."""
    folder = home / ".aws"
    cache = folder / "sso" / "cache"
    cache.mkdir(parents=True)
    (folder / "config").write_text(PROFILES.format(folder=folder))
    (folder / "expired.json").write_text(json.dumps(EXPIRED))
    token = {
        "startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "CANARYTOKEN",
        "expiresAt": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    for name in ("corp", "https://corp.awsapps.com/start"):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))
    return folder


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("nobody", ("nobody", "sso, legacy, process")),
        ("sso", ("session has ended", "aws sso login --profile sso")),
        ("legacy", ("session has ended", "aws sso login --profile legacy")),
        ("process", ("session has ended", "credential_process of profile process")),
        ("broken-process", ("credential_process of profile broken-process",)),
        ("loop", ("nobody",)),
    ],
)
def test_credentials_that_cannot_be_had(home: Path, profiles: Path, profile: str, words: tuple[str, ...]) -> None:
    """A profile that is missing, has ended or leads nowhere: exit 4, what to type, and no request at all."""
    arguments = ("run", "key-revocation", "--plain", "--profile", profile)
    error = refused(home, *arguments, code=4, words=words, program=(LIVE, ""))
    assert "CANARY" not in json.dumps(error)


def test_no_region_and_no_credentials(home: Path) -> None:
    """A machine without any AWS configuration: first the Region is missed (3), then the credentials (4)."""
    how = {"program": (LIVE, "")}
    refused(home, "run", "key-revocation", "--plain", code=3, words=("--region",), **how)
    refused(home, "run", "key-revocation", "--plain", "--region", "us-east-1", code=4, words=("--profile",), **how)


# -- a real incident, its network in a world ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    started = World.start(load_scenario("leaked-key"), seed=1, folder=tmp_path_factory.mktemp("world"))
    yield started
    started.stop()


@pytest.fixture
def responder(world: World) -> dict[str, str]:
    """The world's responder, as variables of the environment."""
    credentials = world.operator_credentials()
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def test_no_keyring_and_no_choice(home: Path, world: World, responder: dict[str, str]) -> None:
    """Without a keyring and without --key no weaker key is taken: exit 7, and the choices are named."""
    key = f"access_key_id={world.inputs['access_key_id']}"
    how: dict[str, Any] = {"program": (LIVE, world.url), "extra": responder}
    words = ("--key ephemeral", "--key passphrase-file")
    refused(home, "run", "key-revocation", "--plain", "-i", key, code=7, words=words, **how)
    refused(home, "run", "key-revocation", "--plain", "-i", key, "--key", "keyring", "--read-only", code=7,
            words=("--key ephemeral",), **how)  # fmt: skip


def test_another_account_than_the_named_one(home: Path, world: World, responder: dict[str, str]) -> None:
    """`--account` of another account: exit 5, both are named, nothing is opened."""
    how: dict[str, Any] = {"program": (LIVE, world.url), "extra": responder}
    arguments = ("run", "key-revocation", "--plain", "--account", "111122223333")
    refused(home, *arguments, code=5, words=(ACCOUNT, "111122223333"), **how)


def test_wrong_digits_and_malformed_inputs_open_nothing(home: Path, world: World, responder: dict[str, str]) -> None:
    """Digits of another account, an input that is not there and a secret for a key id: exit 2, all flaws at once."""
    how: dict[str, Any] = {"program": (LIVE, world.url), "extra": responder}
    arguments = ("run", "key-revocation", "--plain", "--key", "ephemeral")
    key = f"access_key_id={world.inputs['access_key_id']}"
    refused(home, *arguments, "-i", key, code=2, words=("0000", ACCOUNT), lines=("0000",), **how)
    flaws = ("-i", f"access_key_id={BEDROCK}", "-i", "colour=red")
    words = ("access_key_id: this", "colour", "which is a secret", "suspicious-user-removal")
    error = refused(home, *arguments, *flaws, code=2, words=words, lines=("",), **how)
    assert BEDROCK[16:] not in json.dumps(error)


# -- in the middle of a rehearsal ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("AKIA5RLJLQVRP5ZNZ5OH", ("930618246498", "Tell the account whose key it is")),
        ("AKIAWO645SY5AAAAAAAA", ("may not ask whose it is", "Find out whom the key stood for")),
    ],
    ids=["of another account", "unknown"],
)
def test_an_unknown_key_and_the_key_of_another_account(home: Path, key: str, words: tuple[str, ...]) -> None:
    """A key that is not this account's, or that nobody has, leads to no change, and to a step that says what to do."""
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", key)
        walk.answer("to allow changes", ACCOUNT[-4:])
        walk.answer("What was done (empty: not yet): ", "")
        walk.answer("> ", "q")
        assert walk.ended() in (0, 1), walk.out[-2000:] + walk.err
        assert "Traceback" not in walk.out + walk.err
        assert all(word in walk.out for word in words), walk.out
        assert changes(world_of(home)) == []
    assert verify(incident_folder(home)).verdict == "not closed"


@pytest.mark.parametrize(
    ("effect", "code", "words"),
    [("deny", "AccessDenied", "These credentials may not do that"), ("throttle", "Throttling", "try again")],
)
def test_a_change_that_aws_refuses_can_be_run_again(home: Path, effect: str, code: str, words: str) -> None:
    """Denied or throttled in the middle: said with advice, recorded as failed, and run again it goes through; it is
    sent once each time it is confirmed, never repeated by itself.
    """
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.answer("to allow changes", ACCOUNT[-4:])
        walk.until("Type ci-deploy to run 1 change")
        world = world_of(home)
        world.weather({"effect": effect, "operation": "PutUserPolicy", "times": 1})
        walk.say("ci-deploy")
        walk.until("AWS refused")
        walk.until(words)
        walk.answer("> ", f"r {number('deny')}")
        walk.answer("Type ci-deploy to run 1 change", "ci-deploy")
        walk.until(f"settling{number('deny'):>7}")
        assert walk.play(last="q") == 0, walk.out[-2000:] + walk.err
        assert "Traceback" not in walk.out + walk.err
    assert [operation for operation, _ in changes(world)].count("PutUserPolicy") == 2
    outcomes = [record["body"] for record in records(home) if record["type"] == "outcome"]
    assert outcomes[0]["status"] == "failed" and code in outcomes[0]["code"]
    assert outcomes[1]["status"] == "succeeded"


@pytest.mark.parametrize("effect", ["deny", "throttle"])
def test_a_read_that_aws_refuses_stops_nothing_for_good(home: Path, effect: str) -> None:
    """A read that is refused fails its step with advice; in fair weather the same step is run again."""
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.until("to allow changes")
        world = world_of(home)
        world.weather({"effect": effect, "operation": "GetAccessKeyInfo", "times": 5 if effect == "throttle" else 1})
        walk.say(ACCOUNT[-4:])
        walk.until("failed        2")
        walk.until("> ")
        world.weather()
        walk.say("")
        walk.until("Type ci-deploy to run 1 change")
        assert "Traceback" not in walk.out + walk.err


def test_a_throttled_read_is_repeated_by_itself(home: Path) -> None:
    """A read that is throttled twice is nobody's business: no question, no failed step."""
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.until("to allow changes")
        world_of(home).weather({"effect": "throttle", "operation": "ListAccessKeys", "times": 2})
        walk.say(ACCOUNT[-4:])
        walk.until("Type ci-deploy to run 1 change")
        assert "failed" not in walk.out


def test_an_incident_that_is_closed_or_held_or_altered(home: Path) -> None:
    """An incident that another process has open is refused with its name, one that was altered and one that is
    closed are refused with advice; none of it changes a byte.
    """
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.answer("to allow changes", ACCOUNT[-4:])
        walk.until("Type ci-deploy to run 1 change")
        name = incident_folder(home).name
        journal = incident_folder(home) / "journal.jsonl"
        before = journal.read_bytes()
        error = error_of(irtui(home, "resume", "--plain", "-o", "json"), 1, str(walk.process.pid), "nadia")
        assert "open" in error["title"]
        assert journal.read_bytes() == before
        walk.say("")
        walk.answer("> ", "q")
        assert walk.ended() == 0
    whole = journal.read_bytes()
    journal.write_bytes(whole.replace(b'"ci-deploy"', b'"ci-deplox"', 1))
    error_of(irtui(home, "resume", name, "--plain", "-o", "json"), 1)
    assert journal.read_bytes() != whole
    journal.write_bytes(whole)
    closed = irtui(home, "incidents", "close", name, "--reason", "the test is over", lines=(name,))
    assert closed.returncode == 0, closed.stdout + closed.stderr
    before = journal.read_bytes()
    error_of(irtui(home, "resume", name, "--plain", "-o", "json"), 2, "closed", "audit show")
    assert journal.read_bytes() == before


def test_the_world_has_ended_meanwhile(home: Path) -> None:
    """A rehearsal whose world is gone cannot be resumed: exit 2, and its trail still reads."""
    with walking(home, "rehearse", "leaked-key", "--plain") as walk:
        walk.answer("Number or value: ", "1")
        walk.answer("to allow changes", ACCOUNT[-4:])
        walk.answer("Type ci-deploy to run 1 change", "")
        walk.answer("> ", "q")
        assert walk.ended() == 0
    world_of(home).stop()
    error_of(irtui(home, "resume", "--plain", "-o", "json"), 2, "has ended", "Rehearse again")
    assert irtui(home, "audit", "verify", incident_folder(home).name, "--allow-open").returncode == 0
