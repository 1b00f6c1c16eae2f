"""Validating over the network: the quick way, what it leaves to botocore, and trouble that is no verdict on a file."""

import os
from datetime import UTC, datetime

import pytest

from bench.trails import ARN, BEGIN, generated
from irtui.aws import boto_door
from irtui.clock import SystemClock
from irtui.desk.trails import Source, asked, validate_trail
from irtui.errors import AwsFault, UsageError
from irtui.trail.validate import bucket
from irtui.trail.validate.store import Unreachable
from irtui.trail.validate.trail import Report
from tests.support.faulty_bucket import Spoil, Spoiled, faulty_bucket
from tests.support.signed_folder import logs

HOURS = 3
TRAIL = generated(HOURS, files=3, least=2, most=4)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto_door, "READ_ATTEMPTS", 2)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLEEXAMPLE00")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def _validated(spoil: Spoil) -> tuple[Report, Spoiled]:
    with faulty_bucket(TRAIL, HOURS, spoil) as (url, answers):
        return _at(url), answers


def _at(url: str) -> Report:
    clock = SystemClock()
    request = asked(
        ARN, BEGIN.isoformat(), "2026-03-01T03:00:00Z", regions=(), all_regions=False, accounts=(), clock=clock
    )
    return validate_trail(
        request, Source(endpoint_url=url), environ=os.environ, clock=clock, ask_secret=lambda prompt: None
    )


def test_every_object_goes_the_quick_way() -> None:
    """A sound trail is sound, and no object of it was asked through botocore."""
    report, answers = _validated(lambda path, agent: None)
    assert report.sound, report.data()["findings"]
    assert report.data()["logs"]["valid"] == HOURS * 3
    objects = [agent for path, agent in answers.asked if path.endswith(".json.gz")]
    assert set(objects) == {"irtui"}


@pytest.mark.parametrize("status", [503, 500, 301, 403], ids=str)
def test_what_is_no_plain_answer_is_asked_again_through_botocore(status: int) -> None:
    """A refusal of the quick way is not believed: botocore's answer counts."""
    refused = status, {"Content-Type": "application/xml"}, b"<Error><Code>x</Code></Error>"
    report, _ = _validated(lambda path, agent: refused if agent == "irtui" else None)
    assert report.sound, report.data()["findings"]


def test_a_connection_that_ends_early_is_tried_again() -> None:
    """Half a body over the quick way is not hashed as if it were the file."""
    report, _ = _validated(lambda path, agent: (0, {}, b"") if agent == "irtui" else None)
    assert report.sound, report.data()["findings"]


def test_a_refusal_is_not_called_tampering() -> None:
    """What AWS denies for good could not be checked, neither invalid nor missing; the rest is still looked at."""
    denied = 403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>"
    one = logs(TRAIL)[0]
    report, _ = _validated(lambda path, agent: denied if path.endswith(one) else None)
    counts = report.data()["logs"]
    assert (counts["valid"], counts["unchecked"], counts["invalid"], counts["missing"]) == (HOURS * 3 - 1, 1, 0, 0)
    assert report.data()["verdict"] == "unchecked"


def test_a_404_that_is_not_s3s_says_nothing() -> None:
    """Only NoSuchKey means that a file is gone."""
    portal = 404, {"Content-Type": "text/html"}, b"<html>not here</html>"
    one = logs(TRAIL)[0]
    report, _ = _validated(lambda path, agent: portal if path.endswith(one) else None)
    assert (report.data()["logs"]["missing"], report.data()["logs"]["unchecked"]) == (0, 1)


def test_an_endpoint_that_dies_is_not_tampering() -> None:
    """When nothing answers any more, files could not be checked: none is invalid, none is missing."""
    gone = 503, {"Content-Type": "text/plain"}, b"no"
    report, _ = _validated(lambda path, agent: gone if "/CloudTrail/" in path else None)
    counts = report.data()["logs"]
    assert counts == {"valid": 0, "unchecked": HOURS * 3, "missing": 0, "invalid": 0, "unlisted": 0}


def test_after_long_silence_nothing_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests without an answer, one after another, end the asking; the rest could not be checked."""
    monkeypatch.setattr(bucket, "SILENT", 3)
    objects = _Dead()
    store = bucket.BucketStore(objects)  # type: ignore[arg-type]
    for _ in range(9):
        with pytest.raises(Unreachable), store.open("b", "k"):
            pass
    assert objects.asked == 3


class _Dead:
    asked = 0

    def get(self, bucket: str, key: str) -> None:
        self.asked += 1
        raise AwsFault("timeout", "ReadTimeout", "no answer")


def test_an_endpoint_elsewhere_is_refused() -> None:
    """Only an emulator on this machine may be named."""
    with pytest.raises(UsageError):
        _at("https://s3.example.com")


def test_the_signature_is_botocores() -> None:
    """The quick way signs a key of odd characters as botocore's own signer does."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    from irtui.aws.lean import LeanObjects, Plain, SigningKeys

    at, secret, token = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC), "se/cret+", "tok/en=="
    keys = SigningKeys("AKID", secret, token)
    plain = Plain("https://s3.eu-west-1.amazonaws.com", False, "eu-west-1", keys, 0.0, "", 1, 1)
    lean = LeanObjects.of(plain, lambda: at)
    host, path = "bucket.s3.eu-west-1.amazonaws.com", "/AWSLogs/a%20b/%C3%A9%2B%3D~.json.gz"
    ours = lean._request(host, path, "eu-west-1").decode()
    signer = S3SigV4Auth(Credentials("AKID", secret, token), "s3", "eu-west-1")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    headers = {"X-Amz-Date": "20260301T040506Z", "X-Amz-Content-SHA256": empty, "X-Amz-Security-Token": token}
    request = AWSRequest("GET", f"https://{host}{path}", headers=headers)
    request.context["timestamp"] = "20260301T040506Z"
    theirs = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert f"Signature={theirs}\r\n" in ours
