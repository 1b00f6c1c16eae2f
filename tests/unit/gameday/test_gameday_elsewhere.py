"""The same scenario on another AWS emulator: a bare moto that enforces nothing, and one that enforces everything."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from irtui.clock import SystemClock
from irtui.desk.rehearsal import Rehearsal
from irtui.errors import UsageError
from irtui.gameday.client import Credential, LoopbackClient
from irtui.gameday.elsewhere.clock import JumpedClock
from irtui.gameday.elsewhere.emulator import emulator_at
from irtui.gameday.elsewhere.relay import Relay
from irtui.gameday.scenario import Scenario, load_scenario, parse_scenario
from irtui.gameday.world import World
from irtui.simulator.control import Control
from irtui.simulator.server import serve
from irtui.simulator.world import SimulatedWorld
from tests.support.emulator import ACCOUNT
from tests.support.lab import Lab, outcome
from tests.support.program import ROOT, end_worlds, irtui, records, until

THEFT = """
scenario: theft
title: A stolen key
runbook: key-revocation
story: Somebody has eve's key.
background: {days: 2, events: 500}
world:
  account: "111122223333"
  operator: {key: desk, role: admin, session_name: tester}
  users:
    tester: {name: tester, keys: {desk: -30d}, policies: {all: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "*", Resource: "*"}]}}}
    eve: {name: eve, keys: {eves: -30d}, policies: {s3: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: ["s3:*", "iam:CreateUser"], Resource: "*"}]}}}
    books: {name: books, keys: {books_key: -30d}, policies: {s3: {Version: "2012-10-17", Statement: [
      {Effect: Allow, Action: "s3:*", Resource: "*"}]}}}
  roles:
    admin:
      name: admin
      trust:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: "${tester.arn}"}, Action: "sts:AssumeRole"}]
      policies: {all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
actors:
  adversary:
    source_ip: 203.0.113.66
    user_agent: eve/1.0
    keys: [eves]
    every: 6h
    moves:
      - {at: -2h, by: eves, call: sts.GetSessionToken, gains: session}
      - {at: -1h, by: eves, call: iam.CreateUser, params: {UserName: backdoor}}
    uses: [{by: eves, call: s3.ListBuckets}, {by: session, call: s3.ListBuckets}]
  bookkeeping:
    source_ip: 198.51.100.7
    user_agent: books/1.0
    keys: [books_key]
    every: 6h
    uses: [{by: books_key, call: s3.ListBuckets}]
injects: [{id: missed, when: {gone: backdoor}, from: Night shift, text: "Somebody deleted backdoor."}]
weather: [{effect: throttle, service: s3, operation: ListBuckets, actor: operator, times: 1}]
objectives:
  - {id: stopped, text: Eve is out., kind: cut_off, params: {actor: adversary}}
  - {id: kept, text: Read first., kind: read_before_change, params: {user: eve, calls: [iam.ListAccessKeys]}}
  - {id: work, text: Work goes on., kind: unharmed}
  - {id: doors, text: No back door., kind: no_new_principal}
answers: {}
"""


def theft() -> Scenario:
    return parse_scenario(THEFT, "theft.yaml")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """moto's own server, as anybody starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)

    def up() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(up, "moto's server")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The theft on an emulator that enforces."""
    command = [sys.executable, "-m", "tests.support.emulator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None and process.stdout is not None
        url = process.stdout.readline().strip()
        world = World.start(theft(), seed=1, folder=tmp_path_factory.mktemp("theft"), endpoint_url=url)
        yield world
        world.stop()
        process.stdin.close()


def met(world: World) -> dict[str, bool]:
    return {objective.id: objective.met for objective in world.judge()}


def test_an_emulator_that_enforces_nothing_is_named_before_the_start_and_loses(moto: str, tmp_path: Path) -> None:
    """The briefing says what cannot be judged there; the rehearsal is played, is not won, and leaves its traces."""
    home = tmp_path / "home"
    try:
        done = irtui(home, "rehearse", "leaked-key", "--auto", "--endpoint-url", moto)
        briefing, _, walk = done.stdout.partition("ANALYZE")
        for words in (
            f"on the emulator at {moto}", "It lets in whom AWS would refuse: who has no permission, an inactive key",
            "secrets are not checked", "history cannot be read there", "Objective cut_off cannot be judged there",
            "cannot be won there", "reset the emulator",
        ):  # fmt: skip
            assert words in briefing, done.stdout + done.stderr
        assert done.returncode == 1
        assert "NOT MET  cut_off" in walk and "not judged: who is refused by this emulator" in walk
        assert "✔ met      evidence" in walk
        assert records(home)[0]["body"]["elsewhere"] == moto
        with pytest.raises(UsageError, match=r"left over there: group builders.*reset the emulator"):
            World.start(load_scenario("leaked-key"), seed=1, folder=tmp_path / "again", endpoint_url=moto)
    finally:
        end_worlds(home)


def test_an_emulator_that_enforces_judges_as_the_simulator_does(strict: World) -> None:
    """Lost while the stolen key and its session work, won when both are refused and the workload is not."""
    lab = Lab(strict)
    assert strict.account == ACCOUNT
    assert not any("AWS would" in words or "Objective stopped" in words for words in strict.caveats)
    assert any("500 events" in words for words in strict.caveats)
    assert any("Objective doors cannot be judged" in words for words in strict.caveats)
    assert met(strict) == {"stopped": False, "kept": False, "work": True, "doors": False}
    iam = lab.client("iam")
    iam.list_access_keys(UserName="eve")
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="eve", PolicyName="deny", PolicyDocument=json.dumps(deny))
    strict.advance(15)  # as the engine waits; the emulator's own time is waited for
    assert met(strict) == {"stopped": True, "kept": True, "work": True, "doors": False}
    names = [user["UserName"] for user in iam.list_users()["Users"]]
    assert sorted(names) == ["administrator", "backdoor", "books", "eve", "tester"]
    label = Rehearsal(strict, theft(), SystemClock(), hurry=True).fidelity("ec2", "RunInstances")
    assert label is not None and "Another emulator answers it" in label.words
    labels = {row["label"] for row in strict.limits()}
    assert labels == {"another emulator", "approximate"}


def test_weather_and_time_are_made_before_the_emulator(strict: World) -> None:
    """A throttled call never arrives; a jump of a day leaves signatures good; an ended session is refused."""
    lab = Lab(strict)
    assert outcome(lab.client("s3").list_buckets) == "SlowDown"
    before = strict.now()
    assert strict.advance(86400) - before >= timedelta(days=1)
    assert outcome(lab.client("s3").list_buckets) == "ok"
    strict.pause(True)
    assert strict.now() == strict.now()
    strict.pause(False)
    strict.expire(lab.operator[0])
    assert outcome(lab.client("s3").list_buckets) == "ExpiredToken"
    acted = [datetime.fromisoformat(deed["at"]) for deed in strict.deeds()["deeds"]]
    assert max(acted) - min(acted) > timedelta(hours=12)


def test_actors_there_notice_that_a_principal_is_gone(strict: World) -> None:
    """The emulator is asked who is there; irtui's own simulator holds nobody."""
    lab = Lab(strict)
    assert strict.injects() == []
    lab.client("iam").delete_user(UserName="backdoor")
    strict.advance(7 * 3600)
    assert [inject["id"] for inject in strict.injects()] == ["missed"]


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1:4566", "https://sts.amazonaws.com", "http://0.0.0.0:4566", "http://127.0.0.1.example.com:80",
     "http://[::ffff:8.8.8.8]:80", "https://127.0.0.1:4566", "http://a:b@127.0.0.1:4566", "http://127.0.0.1:4566/x",
     "http://127.0.0.1:4566?x", "127.0.0.1:4566", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://", "x",
     "http://127.0.0.1:45\x1b66", "file:///etc/passwd"],
)  # fmt: skip
def test_only_an_emulator_on_this_machine_is_taken(url: str) -> None:
    """Any other host, and whatever is no plain address, is refused before anything is sent."""
    with pytest.raises(UsageError):
        emulator_at(url)


def test_another_host_ends_with_a_usage_error(tmp_path: Path) -> None:
    """Exit 2 and one line, and no world is started; so does an empty address."""
    done = irtui(tmp_path, "rehearse", "--auto", "--endpoint-url", "http://192.0.2.1:4566")
    assert (done.returncode, "on this machine" in done.stderr) == (2, True)
    assert irtui(tmp_path, "rehearse", "--auto", "--endpoint-url", "").returncode == 2
    assert not (tmp_path / "state" / "worlds").exists()


def test_localhost_is_loopback_whatever_a_name_service_says() -> None:
    """It is never looked up."""
    emulator = emulator_at("http://localhost:4566/")
    assert (emulator.host, emulator.port, emulator.url) == ("127.0.0.1", 4566, "http://localhost:4566")


def test_an_emulator_that_is_not_there_is_said_clearly(tmp_path: Path) -> None:
    """Nothing was sent, and the world's process has ended."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UsageError, match="no emulator answers"):
        World.start(theft(), seed=1, folder=tmp_path, endpoint_url=url)


def test_what_only_the_own_simulator_can_seed_is_refused(tmp_path: Path) -> None:
    """A scenario with further accounts is not played on another emulator at all."""
    with pytest.raises(UsageError, match="cannot be seeded on another emulator: accounts"):
        World.start(load_scenario("outside-role"), seed=1, folder=tmp_path, endpoint_url="http://127.0.0.1:9")


class _Odd(BaseHTTPRequestHandler):
    """An emulator that is none, by the user that is asked for; keeps what it was sent."""

    got: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, dict(self.headers), body))
        if b"hangup" in body:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, said = next((answer for word, answer in _ANSWERS.items() if word in body), (200, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


_ANSWERS = {
    b"GetCallerIdentity": (
        403,
        b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>m</Message></Error></ErrorResponse>",
    ),
    b"page": (200, b"<!DOCTYPE html><html>IAM</html>"),
    b"broken": (500, b"<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>"),
    b"missing": (404, b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>"),
    b"text": (200, b"hello"),
    b"lacking": (400, b"<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>"),
}


@contextmanager
def served(server: Any) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def odd_url() -> Iterator[str]:
    with served(ThreadingHTTPServer(("127.0.0.1", 0), _Odd)) as url:
        yield url


@pytest.fixture(scope="module")
def odd(odd_url: str) -> Iterator[LoopbackClient]:
    """A client whose requests go through the relay to the odd one."""
    world = SimulatedWorld(ACCOUNT, "us-east-1", "token", 1, JumpedClock())
    with served(serve(Relay(world, Control(world), emulator_at(odd_url)))) as url:
        yield LoopbackClient(url, "us-east-1", "token")


def get_user(odd: LoopbackClient, name: str) -> str:
    seen = {"source_ip": "203.0.113.66", "user_agent": "eve/1.0"}
    return odd.call(Credential("AKIAEVE", "secret"), "iam.GetUser", {"UserName": name}, **seen).code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("page", "NotSimulated"),
        ("broken", "NotSimulated"),
        ("text", "NotSimulated"),
        ("lacking", "NotSimulated"),
        ("missing", "NoSuchEntity"),
    ],
)
def test_only_answers_of_aws_are_handed_on(odd: LoopbackClient, name: str, code: str) -> None:
    """A page, a failure, gibberish and what the emulator lacks never pass as AWS; its own errors do."""
    assert get_user(odd, name) == code


def test_an_emulator_that_hangs_up_leaves_it_open_what_was_done(odd: LoopbackClient) -> None:
    """The caller's connection is closed without an answer, as AWS's would be."""
    with pytest.raises(OSError):
        get_user(odd, "hangup")


def test_an_emulator_that_wants_another_key_is_said_clearly(odd_url: str, tmp_path: Path) -> None:
    """Where test/test is nobody, nothing is made."""
    with pytest.raises(UsageError, match="does not take test/test"):
        World.start(theft(), seed=1, folder=tmp_path, endpoint_url=odd_url)
    assert not any(b"Action=Create" in body for _, _, body in _Odd.got)


def test_a_request_goes_on_as_it_was_signed(odd: LoopbackClient) -> None:
    """Host, signature and body arrive unchanged; what irtui's actors add for the relay does not."""
    get_user(odd, "missing")
    path, headers, body = _Odd.got[-1]
    request = AWSRequest("POST", f"http://{headers['Host']}{path}", data=body)
    request.headers["Content-Type"] = headers["Content-Type"]
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.headers["X-Amz-Date"] = headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials("AKIAEVE", "secret"), "iam", "us-east-1")
    signed = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    assert headers["Authorization"].endswith(signed), headers
    assert not any(name.lower().startswith("x-sim") for name in headers)
