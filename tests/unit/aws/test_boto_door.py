"""The door on an injected transport: what counts as succeeded, failed and unknown, and where requests may go."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from irtui.aws.live import open_live
from irtui.clock import ManualClock
from irtui.errors import AwsFault, Denied, SettingsError, UsageError
from irtui.model.call import Call
from irtui.model.outcome import Status
from irtui.model.runbook import SessionSpec

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
PUT = Call("iam", "PutUserPolicy", {"UserName": "ci", "PolicyName": "p", "PolicyDocument": DENY})
GET = Call("iam", "GetUserPolicy", {"UserName": "ci", "PolicyName": "p"})
ID = {"x-amzn-RequestId": "req-1", "Date": "Mon, 23 Nov 2026 12:00:00 GMT", "Content-Type": "text/xml"}
EMPTY = (
    b"<PutUserPolicyResponse><ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></PutUserPolicyResponse>"
)
WHO = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/alice</Arn>"
    b"<UserId>AIDA1</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Raw(io.BytesIO):
    """A response body as urllib3 hands it over."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def answer(status: int = 200, body: bytes = EMPTY, headers: dict[str, str] | None = None) -> Any:
    def reply(request: AWSPreparedRequest) -> AWSResponse:
        return AWSResponse(request.url, status, HTTPHeaders.from_dict(ID if headers is None else headers), Raw(body))

    return reply


def error(status: int, code: str) -> Any:
    told = f"<Error><Code>{code}</Code><Message>no</Message></Error><RequestId>req-1</RequestId>"
    return answer(status, f"<ErrorResponse>{told}</ErrorResponse>".encode())


def fails(make: Callable[[str], Exception]) -> Any:
    def reply(request: AWSPreparedRequest) -> AWSResponse:
        raise make(request.url)

    return reply


class Wire:
    """Answers requests one after the other, the last one for ever, and keeps them."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.requests: list[AWSPreparedRequest] = []

    def __call__(self, request: AWSPreparedRequest) -> AWSResponse:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        response: AWSResponse = reply(request)
        return response

    def body(self, index: int = -1) -> str:
        body = self.requests[index].body
        return body.decode() if isinstance(body, bytes) else str(body)


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No profile of this machine takes part, and botocore's pauses between reads take no time."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAALICEALICEALICE1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)


def door(wire: Any) -> Any:
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    return open_live(
        profile="",
        region="eu-central-1",
        environ={"AWS_ACCESS_KEY_ID": "AKIAALICEALICEALICE1"},
        ask_secret=lambda text: None,
        clock=clock,
        transport=wire,
    )


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (answer(), Status.SUCCEEDED, ""),
        (error(403, "AccessDenied"), Status.FAILED, "AccessDenied"),
        (error(404, "NoSuchEntity"), Status.FAILED, "NoSuchEntity"),
        (error(400, "Throttling"), Status.FAILED, "Throttling"),
        (error(503, "SlowDown"), Status.FAILED, "SlowDown"),
        (error(403, "ExpiredToken"), Status.FAILED, "ExpiredToken"),
        (error(409, "LimitExceeded"), Status.FAILED, "LimitExceeded"),
        (error(500, "ServiceFailure"), Status.UNKNOWN, "ServiceFailure"),
        (error(503, "ServiceUnavailable"), Status.UNKNOWN, "ServiceUnavailable"),
        (error(501, "NotSimulated"), Status.UNKNOWN, "NotSimulated"),
        (fails(lambda url: ReadTimeoutError(endpoint_url=url)), Status.UNKNOWN, "ReadTimeoutError"),
        (fails(lambda url: ConnectionClosedError(endpoint_url=url)), Status.UNKNOWN, "ConnectionClosedError"),
        (fails(lambda url: SSLError(endpoint_url=url, error=OSError())), Status.UNKNOWN, "SSLError"),
        (fails(lambda url: ProxyConnectionError(proxy_url=url)), Status.UNKNOWN, "ProxyConnectionError"),
        (fails(lambda url: ConnectTimeoutError(endpoint_url=url)), Status.FAILED, "NotSent"),
        (fails(lambda url: EndpointConnectionError(endpoint_url=url)), Status.FAILED, "NotSent"),
        (answer(200, b"<html><p>Sign in to the hotel<br></html>"), Status.UNKNOWN, "ResponseParserError"),
        (answer(200, b"<html><p>Sign in</p></html>", {}), Status.UNKNOWN, "NoRequestId"),
        (answer(403, b"<html><p>Blocked<br></html>", {}), Status.UNKNOWN, "ResponseParserError"),
        (answer(403, b"<html><p>Blocked</p></html>", {}), Status.UNKNOWN, None),
        (answer(302, b"", {}), Status.UNKNOWN, None),
    ],
)
def test_the_outcome_of_a_change_is_never_rounded_up(reply: Any, status: Status, code: str | None) -> None:
    """Only AWS's own refusal or a connection that never stood counts as failed; each change is sent once."""
    wire = Wire(reply)
    outcome = door(wire).change(PUT, "run7-12")
    assert (outcome.status, len(wire.requests)) == (status, 1), outcome
    assert code is None or outcome.code == code
    assert outcome.advice or status is Status.SUCCEEDED


def test_a_change_carries_its_tag_and_its_document_as_text() -> None:
    """The tag stands in the user agent of this request alone, and the policy map goes out as JSON text."""
    wire = Wire(answer())
    live = door(wire)
    outcome = live.change(PUT, "run7-12")
    live.change(PUT, "run7-13")
    agents = [str(request.headers["User-Agent"]) for request in wire.requests]
    assert [agent.count("md/x#") for agent in agents] == [1, 1]
    assert "md/x#run7-12" in agents[0] and "md/x#run7-13" in agents[1]
    assert not any(word in agents[0].lower() for word in ("irtui", "incident", "forensic"))
    assert "PolicyDocument=%7B%22Version%22%3A%222012-10-17%22" in wire.body()
    assert (outcome.request_id, outcome.date) == ("req-1", ID["Date"])
    assert live.endpoints == ("iam.amazonaws.com",)


def test_a_document_in_a_reply_is_a_mapping_and_metadata_is_gone() -> None:
    """The URL-encoded policy of a reply arrives as a map, without ResponseMetadata, with request id and date."""
    body = (
        b"<GetUserPolicyResponse><GetUserPolicyResult><UserName>ci</UserName><PolicyName>p</PolicyName><PolicyDocument>"
        b"%7B%22Statement%22%3A%5B%5D%7D</PolicyDocument></GetUserPolicyResult></GetUserPolicyResponse>"
    )
    reply = door(Wire(answer(200, body))).read(GET)
    assert reply.data == {"UserName": "ci", "PolicyName": "p", "PolicyDocument": {"Statement": []}}
    assert (reply.request_id, reply.date) == ("req-1", ID["Date"])


@pytest.mark.parametrize(
    ("reply", "kind", "sent"),
    [
        (error(404, "NoSuchEntity"), "absent", 1),
        (error(403, "AccessDenied"), "denied", 1),
        (error(400, "Throttling"), "throttled", 5),
        (error(500, "ServiceFailure"), "unavailable", 5),
        (error(403, "ExpiredToken"), "expired", 1),
        (error(400, "ValidationError"), "invalid", 1),
        (fails(lambda url: ReadTimeoutError(endpoint_url=url)), "timeout", 5),
        (fails(lambda url: EndpointConnectionError(endpoint_url=url)), "not_sent", 5),
        (answer(200, b"<html><p>Sign in</p></html>", {}), "unknown", 1),
        (answer(200, b"<html><br>", {}), "unknown", 1),
    ],
)
def test_a_read_is_repeated_where_it_helps_and_its_fault_has_a_kind(reply: Any, kind: str, sent: int) -> None:
    """Reads are sent at most five times; each fault has its kind and an advice."""
    wire = Wire(reply)
    with pytest.raises(AwsFault) as caught:
        door(wire).read(GET)
    assert (caught.value.kind, len(wire.requests)) == (kind, sent)
    assert caught.value.advice and caught.value.call == "iam.GetUserPolicy"


@pytest.mark.parametrize(
    ("region", "code", "kind"),
    [
        ("me-south-1", "UnrecognizedClientException", "denied"),
        ("me-south-1", "ExpiredTokenException", "expired"),
        ("eu-central-1", "UnrecognizedClientException", "expired"),
        (None, "InvalidClientTokenId", "expired"),
    ],
)
def test_a_token_that_another_region_does_not_take_has_not_ended(region: str | None, code: str, kind: str) -> None:
    """STS's global endpoint gives tokens that opt-in Regions refuse: that Region is unread, and nobody signs in."""
    told = json.dumps({"__type": code, "message": "The security token included in the request is invalid."}).encode()
    json_type = {**ID, "Content-Type": "application/x-amz-json-1.1"}
    with pytest.raises(AwsFault) as caught:
        door(Wire(answer(400, told, json_type))).read(Call("cloudtrail", "LookupEvents", {}, region))
    assert (caught.value.kind, caught.value.code) == (kind, code)
    assert caught.value.advice


def test_a_read_that_changes_is_refused_before_anything_is_sent() -> None:
    """`read` takes nothing but reads, whatever the caller believes."""
    wire = Wire(answer())
    live = door(wire)
    for call in (PUT, Call("iam", "NoSuchOperation"), Call("sts", "AssumeRole")):
        with pytest.raises(Denied):
            live.read(call)
    assert wire.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://iam.evil.example/",
        "https://iam.amazonaws.com.evil.example/",
        "https://evilamazonaws.com/",
        "http://iam.amazonaws.com/",
        "https://x.execute-api.us-east-1.amazonaws.com/",
        "https://169.254.169.254/",
        "https://user@iam.amazonaws.com/",
    ],
)
def test_a_host_that_is_not_aws_is_refused_before_anything_leaves(url: str) -> None:
    """Whatever turned the request away, it stops at the door: nothing is sent and the outcome says so."""
    wire = Wire(answer())
    live = door(wire)

    def turn_away(request: Any, **_: Any) -> None:
        request.url = url

    live._session("caller").get_component("event_emitter").register_first("before-send", turn_away)
    outcome = live.change(PUT, "x")
    assert (outcome.status, outcome.code, wire.requests) == (Status.FAILED, "NotSent", [])
    with pytest.raises(Denied):
        live.read(GET)
    assert live.endpoints == ()


def test_unusable_parameters_are_said_before_anything_is_sent() -> None:
    """A missing parameter and an unknown operation fail as not sent."""
    wire = Wire(answer())
    live = door(wire)
    assert live.change(Call("iam", "PutUserPolicy", {"UserName": "ci"}), "x").code == "NotSent"
    assert live.change(Call("iam", "Nonsense", {}), "x").code == "NotSent"
    with pytest.raises(ValueError, match="tag"):
        live.change(PUT, "two words")
    assert wire.requests == []


def page(keys: list[str], marker: str = "") -> Any:
    members = "".join(f"<member><UserName>{key}</UserName></member>" for key in keys)
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else "<IsTruncated>false</IsTruncated>"
    return answer(
        200,
        f"<Reply><ListUsersResult>{more}<Users>{members}</Users></ListUsersResult></Reply>".encode(),
    )


def test_pages_are_followed_as_far_as_allowed_and_no_further() -> None:
    """Three pages come as one list; stopped after two, the reply still says that there was more."""
    pages = (page(["a"], "m1"), page(["b"], "m2"), page(["c"]))
    whole = door(Wire(*pages)).read(Call("iam", "ListUsers"), pages=9).data
    assert [user["UserName"] for user in whole["Users"]] == ["a", "b", "c"] and whole["IsTruncated"] is False
    part = door(Wire(*pages)).read(Call("iam", "ListUsers"), pages=2).data
    assert [user["UserName"] for user in part["Users"]] == ["a", "b"] and part["IsTruncated"] is True


def by_operation(**replies: Any) -> Any:
    """A transport that answers by the operation that the body names."""

    def transport(request: AWSPreparedRequest) -> AWSResponse:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        name = body.split("Action=")[1].split("&")[0]
        response: AWSResponse = replies.get(name, error(403, "AccessDenied"))(request)
        return response

    return transport


def test_identity_says_who_acts_and_what_could_not_be_read() -> None:
    """Alias and groups are read as far as allowed: denied groups are None, not empty."""
    live = door(by_operation(GetCallerIdentity=answer(200, WHO)))
    who = live.identity()
    assert (who.account, who.name, who.kind, who.access_key_id) == (
        "111122223333",
        "alice",
        "user",
        "AKIAALICEALICEALICE1",
    )
    assert (who.alias, who.groups, who.expires) == ("", None, None)


def test_identity_is_asked_each_time_but_its_extras_are_remembered() -> None:
    """A second look costs one request, and it is a real one."""
    wire = Wire(answer(200, WHO), error(403, "AccessDenied"), error(403, "AccessDenied"), answer(200, WHO))
    live = door(wire)
    assert live.identity() == live.identity()
    assert len(wire.requests) == 4


CREDENTIALS = (
    "<Credentials><AccessKeyId>ASIADERIVED123456789</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
    "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>"
)


@pytest.mark.parametrize(
    ("spec", "operation", "said"),
    [
        (SessionSpec("other", role="arn:aws:iam::444455556666:role/audit"), "AssumeRole", "RoleSessionName=alice"),
        (
            SessionSpec("other", assume_root="444455556666", task="IAMDeleteRootUserCredentials"),
            "AssumeRoot",
            "DurationSeconds=900",
        ),
    ],
)
def test_a_named_session_signs_with_its_own_credentials(spec: SessionSpec, operation: str, said: str) -> None:
    """A role or a member's root is assumed at first use, on a regional endpoint, and its key signs from then on."""
    seen: list[AWSPreparedRequest] = []
    assumed = (
        f"<{operation}Response><{operation}Result>{CREDENTIALS}</{operation}Result></{operation}Response>".encode()
    )
    replies = by_operation(
        GetCallerIdentity=answer(200, WHO), PutUserPolicy=answer(), **{operation: answer(200, assumed)}
    )

    def transport(request: AWSPreparedRequest) -> AWSResponse:
        seen.append(request)
        response: AWSResponse = replies(request)
        return response

    live = door(transport)
    live.add_session(spec)
    outcome = live.change(Call("iam", "PutUserPolicy", PUT.params, session="other"), "x")
    assert outcome.status is Status.SUCCEEDED
    assume = next(request for request in seen if f"Action={operation}&" in str(request.body))
    assert assume.url == "https://sts.eu-central-1.amazonaws.com/" and said in str(assume.body)
    assert "md/x" not in str(assume.headers["User-Agent"]) and "md/x#x" in str(seen[-1].headers["User-Agent"])
    assert "ASIADERIVED123456789" in str(seen[-1].headers["Authorization"])
    assert live.identity("other").expires == datetime(2999, 1, 1, tzinfo=UTC)


def test_the_task_of_a_root_session_is_of_the_callers_partition() -> None:
    """In GovCloud AWS's own policies are arn:aws-us-gov, and a task of another partition is refused."""
    seen: list[str] = []

    def transport(request: AWSPreparedRequest) -> AWSResponse:
        seen.append(str(request.body))
        said = WHO.replace(b"arn:aws:iam", b"arn:aws-us-gov:iam")
        replies = by_operation(GetCallerIdentity=answer(200, said), AssumeRoot=error(403, "AccessDenied"))
        response: AWSResponse = replies(request)
        return response

    live = door(transport)
    live.add_session(SessionSpec("other", assume_root="444455556666", task="IAMAuditRootUserCredentials"))
    with pytest.raises(AwsFault):
        live.read(Call("iam", "ListAccessKeys", session="other"))
    asked = next(body for body in seen if "Action=AssumeRoot&" in body)
    assert "arn%3Aaws-us-gov%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FIAMAuditRootUserCredentials" in asked


@pytest.mark.parametrize(
    ("arn", "member", "why"),
    [
        ("arn:aws:iam::111122223333:root", "444455556666", "root user"),
        ("arn:aws:iam::111122223333:user/alice", "111122223333", "your own account"),
        ("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:root", "your own account"),
    ],
)
def test_assume_root_is_not_even_asked_for_what_aws_never_gives(arn: str, member: str, why: str) -> None:
    """A root user cannot call it, and nobody assumes the root of the account they are in: nothing is sent."""
    said = WHO.replace(b"arn:aws:iam::111122223333:user/alice", arn.encode())
    live = door(by_operation(GetCallerIdentity=answer(200, said)))
    live.add_session(SessionSpec("other", assume_root=member, task="IAMAuditRootUserCredentials"))
    with pytest.raises(Denied, match=why):
        live.read(Call("iam", "ListAccessKeys", session="other"))


def test_a_refused_role_is_a_change_that_was_not_sent() -> None:
    """When the session cannot be had, nothing was sent in it, and the fault names AssumeRole."""
    live = door(by_operation(GetCallerIdentity=answer(200, WHO)))
    live.add_session(SessionSpec("other", role="arn:aws:iam::444455556666:role/audit"))
    call = Call("iam", "GetUserPolicy", GET.params, session="other")
    with pytest.raises(AwsFault, match="AssumeRole") as caught:
        live.read(call)
    assert caught.value.kind == "denied"
    assert live.change(Call("iam", "PutUserPolicy", PUT.params, session="other"), "x").code == "NotSent"
    with pytest.raises(UsageError, match="nowhere"):
        live.read(Call("iam", "GetUserPolicy", GET.params, session="nowhere"))


def test_secrets_in_error_messages_are_masked() -> None:
    """A session token that AWS quotes back does not reach the fault."""
    token = "IQoJb3JpZ2lu" + "Aa1/" * 40
    body = json.dumps({"__type": "ValidationException", "message": f"bad token {token}"}).encode()
    wire = Wire(answer(400, body, {**ID, "Content-Type": "application/x-amz-json-1.1"}))
    with pytest.raises(AwsFault) as caught:
        door(wire).read(Call("cloudtrail", "LookupEvents"))
    assert "Aa1/" not in str(caught.value) and "[masked]" in caught.value.message


def test_a_door_without_a_region_is_not_opened() -> None:
    """No Region is guessed."""
    with pytest.raises(SettingsError, match="Region"):
        open_live(profile="", region="", environ={}, ask_secret=lambda text: None, clock=ManualClock(datetime.now(UTC)))
