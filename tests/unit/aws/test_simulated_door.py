"""The same door over real HTTP on loopback: how often a request arrives, and what a simulator may say."""

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from irtui.aws.hosts import only
from irtui.aws.simulated import SignedIn, open_simulated
from irtui.clock import ManualClock
from irtui.errors import AwsFault, SimulatorGap, UsageError
from irtui.model.call import Call
from irtui.model.outcome import Status
from irtui.vault.issued import Issued, ThrowAway

CREATE = Call("iam", "CreateAccessKey", {"UserName": "ci"})
GET = Call("iam", "GetUser", {"UserName": "ci"})


class Server:
    """Acts, then answers as told: counts what it did."""

    def __init__(self) -> None:
        self.acted = 0
        self.mode = "error"
        self.agents: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.acted += 1
                outer.agents.append(self.headers["User-Agent"])
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.release = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.mode == "hang":
            self.release.wait(30)
        if self.mode in ("reset", "hang"):
            handler.close_connection = True
            handler.connection.close()
            return
        code, status = {"gap": ("NotSimulated", 501), "error": ("ServiceFailure", 500)}[self.mode]
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>".encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.release.set()
    started.http.shutdown()
    started.http.server_close()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between reads take no time; a hostile environment takes no part."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://iam.evil.example")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")


def door(url: str) -> Any:
    opened = open_simulated(
        endpoint_url=url,
        sign_in=lambda: SignedIn("AKIASIMULATED1234567", "s"),
        region="eu-central-1",
        clock=ManualClock(datetime(2026, 11, 23, tzinfo=UTC)),
    )
    opened.entrust(Issued(ThrowAway, os.urandom))
    return opened


@pytest.mark.parametrize("mode", ["error", "reset"])
def test_a_change_arrives_once_even_when_the_answer_is_lost(server: Server, mode: str) -> None:
    """A server that acts and then fails was asked exactly once, whatever AWS_MAX_ATTEMPTS says."""
    server.mode = mode
    outcome = door(server.url).change(CREATE, "run1-3")
    assert (outcome.status, server.acted) == (Status.UNKNOWN, 1)
    assert "md/x#run1-3" in server.agents[0]


def test_a_change_that_acts_and_never_answers_is_unknown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read timeout says nothing about what happened, and is not repeated."""
    monkeypatch.setattr("irtui.aws.session.READ_SECONDS", 0.3)
    server.mode = "hang"
    outcome = door(server.url).change(CREATE, "x")
    assert (outcome.status, outcome.code, server.acted) == (Status.UNKNOWN, "ReadTimeoutError", 1)


def test_reads_are_repeated_and_no_further(server: Server) -> None:
    """A failing read arrives five times in all."""
    with pytest.raises(AwsFault):
        door(server.url).read(GET)
    assert server.acted == 5


def test_a_port_where_nobody_listens_is_not_sent(server: Server) -> None:
    """A refused connection is certain: nothing left the machine."""
    url = server.url
    server.http.shutdown()
    server.http.server_close()
    outcome = door(url).change(CREATE, "x")
    assert (outcome.status, outcome.code) == (Status.FAILED, "NotSent")


def test_what_the_simulator_lacks_is_never_an_answer_of_aws(server: Server) -> None:
    """501 NotSimulated is a SimulatorGap for a read and a change that did not happen."""
    server.mode = "gap"
    with pytest.raises(SimulatorGap):
        door(server.url).read(GET)
    outcome = door(server.url).change(CREATE, "x")
    assert (outcome.status, outcome.code) == (Status.FAILED, "NotSimulated")
    assert "rehearsal" in outcome.advice


@pytest.mark.parametrize(
    "url", ["https://iam.amazonaws.com", "http://10.0.0.1:5000", "http://localhost.evil.example", ""]
)
def test_a_simulated_door_opens_on_loopback_only(url: str) -> None:
    """Not even by mistake does a rehearsal reach a network."""
    with pytest.raises(UsageError):
        door(url)


def test_only_the_worlds_own_port_is_allowed(server: Server) -> None:
    """Another port of this machine is another world."""
    allowed = only(server.url)
    assert allowed(server.url + "/x") and not allowed("http://127.0.0.1:1/")
    assert not allowed("https://iam.amazonaws.com/")
