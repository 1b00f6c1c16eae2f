"""`irtui trail validate` and the real `aws cloudtrail validate-logs` on one bucket: the same, or irtui says more."""

from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.trails import Trailed
from tests.support.validated import counted, irtui_validate, reasons


def test_both_accept_an_intact_trail(trailed: Trailed, tmp_path: Path) -> None:
    """Three hours with logs: the same counts, exit 0, and not one finding."""
    since = trailed.start()
    trailed.busy(1200, times=9)
    trailed.lab.world.advance(700)
    code, data = irtui_validate(trailed, since)
    theirs, said = trailed.validate(since, tmp_path)
    assert (code, theirs) == (0, 0), (data, said)
    assert (data["digests"]["valid"], 0) == counted(said)["digest"]
    assert (data["logs"]["valid"], 0) == counted(said)["log"]
    assert data["logs"]["valid"] >= 9
    assert data["findings"] == []


def test_both_find_tampered_logs(trailed: Trailed, tmp_path: Path) -> None:
    """A deleted and an edited log file are two flaws for both, told apart by both."""
    since = trailed.start()
    trailed.busy(1900, times=4)
    gone, edited = trailed.keys()[:2]
    trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    trailed.rewrite(edited, {"Records": trailed.read(edited)["Records"][1:]})
    code, data = irtui_validate(trailed, since)
    theirs, said = trailed.validate(since, tmp_path)
    assert (code, theirs) == (1, 1)
    logs = data["logs"]
    assert (logs["valid"], logs["invalid"] + logs["missing"]) == counted(said)["log"]
    assert sorted(reasons(data)) == [("log", "invalid", "hash"), ("log", "missing", "not found")]


def test_both_find_an_edited_and_a_resigned_digest(trailed: Trailed, tmp_path: Path) -> None:
    """Neither believes a digest whose list was emptied, whether or not it was signed anew by somebody."""
    since = trailed.start()
    trailed.busy(3600, times=5)
    edited, forged = trailed.digests()[1], trailed.digests()[3]
    trailed.rewrite(edited, trailed.read(edited) | {"logFiles": []})
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = key.sign(b"whatever", padding.PKCS1v15(), hashes.SHA256()).hex()
    trailed.rewrite(forged, trailed.read(forged) | {"logFiles": []}, signature=signature)
    code, data = irtui_validate(trailed, since)
    theirs, said = trailed.validate(since, tmp_path)
    assert (code, theirs) == (1, 1)
    assert (data["digests"]["valid"], data["digests"]["invalid"]) == counted(said)["digest"]
    assert counted(said)["digest"][1] == 2
    assert data["logs"]["valid"] == counted(said)["log"][0]


def test_two_deleted_digests_in_a_row_are_two(trailed: Trailed, tmp_path: Path) -> None:
    """Where the aws command counts one hole, irtui counts each hour of it."""
    since = trailed.start()
    trailed.busy(3600, times=5)
    digests = trailed.digests()
    for gone in digests[1:3]:
        trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    code, data = irtui_validate(trailed, since)
    theirs, said = trailed.validate(since, tmp_path)
    assert (code, theirs) == (1, 1)
    assert counted(said)["digest"] == (len(digests) - 2, 1)
    assert data["digests"] == {"valid": len(digests) - 2, "unchecked": 0, "missing": 2, "invalid": 0}
    missing = {finding["where"].rpartition("/")[2] for finding in data["findings"] if finding["subject"] == "digest"}
    assert missing == {key.rpartition("/")[2] for key in digests[1:3]}


def test_a_deleted_tail_is_found(trailed: Trailed, tmp_path: Path) -> None:
    """The newest digests gone: the aws command exits 0, irtui names each hour by GetTrailStatus."""
    since = trailed.start()
    trailed.busy(3600, times=5)
    digests = trailed.digests()
    for gone in digests[-2:]:
        trailed.s3.delete_object(Bucket=trailed.bucket, Key=gone)
    code, data = irtui_validate(trailed, since)
    theirs, _ = trailed.validate(since, tmp_path)
    assert (code, theirs) == (1, 0)
    assert data["digests"]["missing"] == 2


def test_a_time_without_logging_is_a_note(trailed: Trailed, tmp_path: Path) -> None:
    """A chain that CloudTrail itself began anew is told, and condemns nothing, for both."""
    since = trailed.start()
    trailed.busy(3600, times=2)
    trailed.stop()
    trailed.busy(3600, times=5)
    trailed.start()
    trailed.busy(3700, times=2)
    code, data = irtui_validate(trailed, since)
    theirs, said = trailed.validate(since, tmp_path)
    assert (code, theirs) == (0, 0), data["findings"]
    assert [notice["reason"] for notice in data["notices"]] == ["gap"]
    assert (data["digests"]["valid"], 0) == counted(said)["digest"]
