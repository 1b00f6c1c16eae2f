"""The operator's ordinary profiles: how they are found, what may not redirect them, what is said when they fail."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError

from irtui.aws.live import open_live
from irtui.clock import ManualClock
from irtui.environment import neutralised
from irtui.errors import AwsFault, CredentialsError, Declined
from irtui.model.call import Call

KEYS = "aws_access_key_id = AKIAPROFILE123456789\naws_secret_access_key = s\n"
USER = Call("iam", "GetUser", {"UserName": "ci"})


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A config file of this test alone; no variable of this machine takes part."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    return tmp_path / "config"


class Nowhere:
    """A network on which nobody answers; it keeps what was asked for."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.bodies: list[str] = []

    def __call__(self, request: AWSPreparedRequest) -> AWSResponse:
        self.urls.append(request.url)
        self.bodies.append(str(request.body))
        raise EndpointConnectionError(endpoint_url=request.url)


def opened(profile: str, transport: Any = None, ask: Any = lambda text: None, environ: Any = None) -> Any:
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    return open_live(
        profile=profile,
        region="eu-central-1",
        environ=environ or {},
        ask_secret=ask,
        clock=clock,
        transport=transport or Nowhere(),
    )


def test_the_region_of_the_environment_comes_before_the_profiles(config: Path) -> None:
    """AWS_REGION, which botocore alone passes over, is heard; what is named outright still wins."""
    config.write_text(f"[profile prod]\nregion = eu-west-1\n{KEYS}")

    def chosen(region: str, environ: dict[str, str]) -> str:
        door = open_live(
            profile="prod", region=region, environ=environ, ask_secret=lambda text: None, transport=Nowhere(),
            clock=ManualClock(datetime(2026, 11, 23, tzinfo=UTC)),
        )  # fmt: skip
        return door.region

    assert chosen("", {}) == "eu-west-1"
    assert chosen("", {"AWS_REGION": "eu-west-2"}) == "eu-west-2"
    assert chosen("eu-west-3", {"AWS_REGION": "eu-west-2"}) == "eu-west-3"


def test_a_missing_profile_is_named_with_those_that_exist(config: Path) -> None:
    """The operator sees which profiles there are."""
    config.write_text(f"[profile prod]\n{KEYS}[profile audit]\n{KEYS}")
    with pytest.raises(CredentialsError, match="prdo") as caught:
        opened("prdo")
    assert "prod" in caught.value.advice and "audit" in caught.value.advice


def test_no_credentials_at_all_are_said_at_once(config: Path) -> None:
    """An empty machine is refused at opening, not at the first call."""
    with pytest.raises(CredentialsError) as caught:
        opened("")
    assert "--profile" in caught.value.advice


def test_a_broken_config_file_is_said(config: Path) -> None:
    """A file that cannot be parsed is an error of the operator's, with advice."""
    config.write_text("[profile prod\nnonsense")
    with pytest.raises(CredentialsError) as caught:
        opened("prod")
    assert caught.value.advice


@pytest.mark.parametrize(
    "section",
    [
        "[profile 'x p']\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ir\n"
        "[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\n",
        "[profile 'x p']\nsso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\n"
        "sso_account_id = 111122223333\nsso_role_name = ir\n",
    ],
)
def test_an_expired_sso_session_names_the_exact_command(config: Path, section: str) -> None:
    """The advice can be copied into a shell as it stands, blanks in the name included."""
    config.write_text(section)
    with pytest.raises(CredentialsError) as caught:
        opened("x p")
    assert "aws sso login --profile 'x p'" in caught.value.advice


def test_a_role_on_top_of_sso_names_the_profile_that_signs_in(config: Path) -> None:
    """In a chain it is the source profile whose session has to be renewed."""
    config.write_text(
        "[profile top]\nrole_arn = arn:aws:iam::111122223333:role/ir\nsource_profile = base\n"
        "[profile base]\nsso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\n"
        "sso_account_id = 111122223333\nsso_role_name = ir\n"
    )
    with pytest.raises(CredentialsError) as caught:
        opened("top")
    assert "aws sso login --profile base" in caught.value.advice


CHAIN = (
    f"[profile base]\n{KEYS}"
    "[profile top]\nrole_arn = arn:aws:iam::111122223333:role/ir\nsource_profile = base\n"
    "mfa_serial = arn:aws:iam::111122223333:mfa/alice\n"
)


def test_an_mfa_code_is_asked_for_through_our_own_prompt(config: Path) -> None:
    """botocore's question reaches the callback, and the code goes to STS."""
    config.write_text(CHAIN)
    asked: list[str] = []
    wire = Nowhere()

    def ask(text: str) -> str:
        asked.append(text)
        return "123456"

    with pytest.raises(CredentialsError):
        opened("top", wire, ask)
    assert len(asked) == 1 and "mfa/alice" in asked[0]
    assert wire.urls and wire.urls[0].startswith("https://sts.") and "TokenCode=123456" in wire.bodies[0]


def test_without_an_mfa_code_nothing_is_sent(config: Path) -> None:
    """Closing the prompt declines; no request leaves."""
    config.write_text(CHAIN)
    wire = Nowhere()
    with pytest.raises(Declined):
        opened("top", wire)
    assert wire.urls == []


def test_credential_process_works_and_its_failure_is_said(config: Path, tmp_path: Path) -> None:
    """The profile's own program gives the key; one that fails is named with what to do."""
    script = tmp_path / "key.json"
    script.write_text('{"Version": 1, "AccessKeyId": "AKIAPROCESS123456789", "SecretAccessKey": "s"}')
    config.write_text(
        f"[profile good]\ncredential_process = cat {script}\n[profile bad]\ncredential_process = cat /nowhere\n"
    )
    wire = Nowhere()
    with pytest.raises(AwsFault):
        opened("good", wire).read(USER)
    assert wire.urls[0] == "https://iam.amazonaws.com/"
    with pytest.raises(CredentialsError) as caught:
        opened("bad")
    assert "credential_process" in caught.value.advice


@pytest.fixture
def thief() -> Iterator[tuple[str, list[str]]]:
    """A server that would see any request that was led astray."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_GET = do_CONNECT = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_neither_profile_nor_environment_can_redirect_a_call(
    config: Path, thief: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """endpoint_url, a services section, endpoint and proxy variables, model folders and a CA bundle: none has a say."""
    url, seen = thief
    config.write_text(
        f"[profile p]\n{KEYS}endpoint_url = {url}\nservices = s\nca_bundle = /nowhere\n"
        f"[services s]\niam =\n  endpoint_url = {url}\nsts =\n  endpoint_url = {url}\n"
    )
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    (tmp_path / "endpoints.json").write_text("{}")
    (tmp_path / "partitions.json").write_text("{}")
    wire = Nowhere()
    door = opened("p", wire)
    for call in (USER, Call("sts", "GetCallerIdentity")):
        with pytest.raises(AwsFault):
            door.read(call)
    assert sorted(set(wire.urls)) == ["https://iam.amazonaws.com/", "https://sts.eu-central-1.amazonaws.com/"]
    assert seen == []
    client = door._client(USER, 5)
    assert client._endpoint.http_session._proxy_config.proxy_url_for("https://iam.amazonaws.com/") is None
    assert client._endpoint.http_session._verify is True


def test_a_proxy_is_used_when_it_was_named_for_irtui(config: Path) -> None:
    """IRTUI_PROXY and IRTUI_CA_BUNDLE are the way to use a proxy on purpose."""
    config.write_text(f"[profile p]\n{KEYS}")
    environ = {"IRTUI_PROXY": "http://127.0.0.1:9", "IRTUI_CA_BUNDLE": "/etc/ca.pem"}
    session = opened("p", environ=environ)._client(USER, 5)._endpoint.http_session
    assert session._proxy_config.proxy_url_for("https://iam.amazonaws.com/") == "http://127.0.0.1:9"
    assert session._verify == "/etc/ca.pem"


def test_an_explicit_profile_wins_over_keys_in_the_environment(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was named on the command line is what signs."""
    config.write_text(f"[profile p]\n{KEYS}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert opened("p")._session("caller").get_credentials().access_key == "AKIAPROFILE123456789"
    assert opened("")._session("caller").get_credentials().access_key == "AKIAENVIRONMENT12345"


def test_credentials_renewed_outside_are_found_after_an_expiry(config: Path) -> None:
    """After an expired call the profile is read anew, so the same step can be tried again without a restart."""
    config.write_text(f"[profile p]\n{KEYS}")
    signed: list[str] = []

    door = opened("p", lambda request: _refused(request, signed))
    with pytest.raises(AwsFault) as caught:
        door.read(USER)
    assert caught.value.kind == "expired" and "profile p" in caught.value.advice
    config.write_text("[profile p]\n" + KEYS.replace("AKIAPROFILE123456789", "AKIARENEWED123456789"))
    with pytest.raises(AwsFault):
        door.read(USER)
    assert "AKIAPROFILE" in signed[0] and "AKIARENEWED" in signed[-1]


class Raw(io.BytesIO):
    """A response body as urllib3 hands it over."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _refused(request: AWSPreparedRequest, signed: list[str]) -> AWSResponse:
    signed.append(str(request.headers["Authorization"]))
    body = b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>no</Message></Error></ErrorResponse>"
    return AWSResponse(request.url, 403, HTTPHeaders.from_dict({}), Raw(body))


def test_the_environment_is_cleaned_and_what_was_removed_is_named() -> None:
    """Everything that could steer a run is taken out by name, in both cases, and the rest stays."""
    environ = {
        "TEXTUAL_PRESS": "enter",
        "PYTHON_KEYRING_BACKEND": "x",
        "AWS_ENDPOINT_URL_IAM": "x",
        "AWS_DATA_PATH": "x",
        "https_proxy": "x",
        "SSL_CERT_FILE": "x",
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "IRTUI_PROXY": "x",
        "HOME": "/",
    }
    clean, removed = neutralised(environ)
    assert sorted(clean) == ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "HOME", "IRTUI_PROXY"]
    assert sorted([*clean, *removed]) == sorted(environ)
