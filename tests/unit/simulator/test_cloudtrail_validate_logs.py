"""The real `aws cloudtrail validate-logs` over simulated trails: intact ones pass, each tampering is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from irtui.gameday.scenario import parse_scenario
from irtui.gameday.world import World
from tests.support.lab import QUIET, Lab
from tests.support.trails import ALL, Trailed


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A world of this file's own: its hours go by."""
    world = World.start(parse_scenario(QUIET, "lab.yaml"), seed=11, folder=tmp_path_factory.mktemp("trails"))
    yield Lab(world)
    world.stop()


@pytest.fixture(scope="module")
def auditor(own: Lab) -> Any:
    return own.user("auditor", ALL)


@pytest.fixture
def trailed(own: Lab, auditor: Any, request: pytest.FixtureRequest) -> Iterator[Trailed]:
    """A trail with a bucket of the test's own."""
    made = Trailed(own, auditor, request.node.name.replace("_", "-"))
    yield made
    made.cloudtrail.delete_trail(Name="main")


def test_an_intact_trail_is_valid(trailed: Trailed, tmp_path: Path) -> None:
    """Logs of three busy hours, and the digests that vouch for them, are accepted, every one."""
    since = trailed.start()
    trailed.busy(1200, times=9)
    trailed.lab.world.advance(700)
    code, said = trailed.validate(since, tmp_path)
    assert code == 0, said
    assert "3/3 digest files valid" in said
    logs = sum(len(trailed.read(digest)["logFiles"]) for digest in trailed.digests())
    assert logs >= 9
    assert f"{logs}/{logs} log files valid" in said


def test_a_deleted_log_is_named(trailed: Trailed, tmp_path: Path) -> None:
    """A log file that is gone is missed by its digest."""
    since = trailed.start()
    trailed.busy(1900, times=3)
    gone = trailed.keys()[0]
    trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    code, said = trailed.validate(since, tmp_path)
    assert code == 1
    assert f"{gone}\tINVALID: not found" in said


def test_an_edited_log_is_named(trailed: Trailed, tmp_path: Path) -> None:
    """A log file from which an event was taken has another hash."""
    since = trailed.start()
    trailed.busy(1900, times=3)
    edited = trailed.keys()[0]
    trailed.rewrite(edited, {"Records": trailed.read(edited)["Records"][1:]})
    code, said = trailed.validate(since, tmp_path)
    assert code == 1
    assert f"{edited}\tINVALID: hash value doesn't match" in said


def test_a_deleted_digest_is_named(trailed: Trailed, tmp_path: Path) -> None:
    """A digest in the middle of the chain that is gone is missed by the next."""
    since = trailed.start()
    trailed.busy(3600, times=3)
    gone = trailed.digests()[1]
    trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    code, said = trailed.validate(since, tmp_path)
    assert code == 1
    assert f"{gone}\tINVALID: not found" in said


def test_an_edited_digest_is_named(trailed: Trailed, tmp_path: Path) -> None:
    """A digest that no longer lists a log file does not bear its signature."""
    since = trailed.start()
    trailed.busy(3600, times=3)
    edited = trailed.digests()[1]
    trailed.rewrite(edited, trailed.read(edited) | {"logFiles": []})
    code, said = trailed.validate(since, tmp_path)
    assert code == 1
    assert f"{edited}\tINVALID: signature verification failed" in said


def test_a_digest_signed_with_another_key_is_named(trailed: Trailed, tmp_path: Path) -> None:
    """Who rewrites a digest and signs it anew does not have CloudTrail's key."""
    since = trailed.start()
    trailed.busy(3600, times=3)
    forged = trailed.digests()[1]
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = key.sign(b"whatever", padding.PKCS1v15(), hashes.SHA256()).hex()
    trailed.rewrite(forged, trailed.read(forged) | {"logFiles": []}, signature=signature)
    code, said = trailed.validate(since, tmp_path)
    assert code == 1
    assert f"{forged}\tINVALID: signature verification failed" in said


def test_a_time_without_logging_is_a_gap(trailed: Trailed, tmp_path: Path) -> None:
    """StopLogging ends the chain of digests within two hours; StartLogging begins another, and the gap is told."""
    since = trailed.start()
    trailed.busy(3600, times=2)
    trailed.stop()
    trailed.busy(3600, times=5)
    before = trailed.digests()
    assert len(before) in (3, 4)
    trailed.start()
    trailed.busy(3700, times=2)
    fresh = [key for key in trailed.digests() if key not in before]
    assert trailed.read(fresh[0])["previousDigestSignature"] is None
    code, said = trailed.validate(since, tmp_path)
    assert code == 0, said
    assert "No log files were delivered by CloudTrail between" in said
