"""Validating a downloaded folder: tampering of every kind, and a folder that somebody prepared."""

import gzip
import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.trails import BEGIN, Body, SignedTrail, generated
from irtui.trail.validate import store
from irtui.trail.validate.slots import Status
from tests.support.signed_folder import HOUR, digests, judged, logs, written

HOURS = 5


@pytest.fixture(scope="module")
def made() -> SignedTrail:
    return generated(HOURS, files=4, least=2, most=5)


@pytest.fixture
def folder(made: SignedTrail, tmp_path: Path) -> Path:
    return written(made, tmp_path / "bucket")


def _found(data: dict[str, Any]) -> list[tuple[str, str, str]]:
    return sorted((one["subject"], one["verdict"], one["reason"]) for one in data["findings"])


def test_an_intact_folder_is_valid(made: SignedTrail, folder: Path) -> None:
    """Every hour and every file is accepted, from a plain download and from one below the bucket's name."""
    data = judged(made, folder, HOURS)
    assert data["findings"] == data["notices"] == []
    assert (data["verdict"], data["digests"]["valid"], data["logs"]["valid"]) == ("valid", HOURS, HOURS * 4)
    assert data["lanes"][0]["slots"] == [
        {"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T05:00:00Z", "verdict": "valid", "slots": 5}
    ]
    nested = folder.parent / "several"
    nested.mkdir()
    folder.rename(nested / made.bucket)
    assert judged(made, nested, HOURS)["digests"]["valid"] == HOURS


def test_only_the_newest_digest_needs_its_metadata(made: SignedTrail, tmp_path: Path) -> None:
    """Each digest repeats the signature of the one before; the newest alone could not be checked."""
    data = judged(made, written(made, tmp_path / "bucket", heads=False), HOURS)
    assert data["digests"] == {"valid": HOURS - 1, "unchecked": 1, "missing": 0, "invalid": 0}
    assert ("digest", "unchecked", "no signature") in _found(data)
    earlier = judged(made, tmp_path / "bucket", HOURS - 2)
    assert earlier["findings"] == [], "the digest after the time asked about repeats the newest's signature"


def test_every_missing_hour_is_counted(made: SignedTrail, folder: Path) -> None:
    """Two neighbours gone are two, at the beginning and at the end as well as in the middle."""
    names = digests(made)
    for gone, missing in (((1, 2), 2), ((3, 4), 2), ((0, 1), 2), ((0, 1, 2, 3, 4), 0)):
        for index in gone:
            (folder / names[index]).unlink()
        data = judged(made, folder, HOURS)
        assert data["digests"]["missing"] == missing
        assert data["verdict"] == ("invalid" if missing else "unchecked")
        if missing:
            wanted = {names[index].rpartition("/")[2] for index in gone}
            assert {
                one["where"].rpartition("/")[2] for one in data["findings"] if one["verdict"] == "missing"
            } == wanted
        written(made, folder)


def test_log_files_of_an_unvouched_hour_are_unchecked(made: SignedTrail, folder: Path) -> None:
    """A deleted digest does not make its log files vanish from the count."""
    (folder / digests(made)[2]).unlink()
    data = judged(made, folder, HOURS)
    assert (data["logs"]["valid"], data["logs"]["unchecked"]) == ((HOURS - 1) * 4, 4)


def test_what_follows_the_first_gzip_member_is_a_flaw(made: SignedTrail, folder: Path) -> None:
    """A second member, or anything else, after a log file's end; and a file that ends too early."""
    first, second, third = logs(made)[:3]
    (folder / first).write_bytes((folder / first).read_bytes() + gzip.compress(b'{"Records": []}'))
    (folder / second).write_bytes((folder / second).read_bytes() + b"\0")
    (folder / third).write_bytes((folder / third).read_bytes()[:-4])
    reasons = [one["reason"] for one in judged(made, folder, HOURS)["findings"]]
    assert sorted(reasons) == ["format", "trailing data", "trailing data"]


def test_a_bomb_is_stopped(made: SignedTrail, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that inflates beyond the limit is a finding, and is not inflated any further."""
    monkeypatch.setattr(store, "LOG_LIMIT", 1 << 20)
    (folder / logs(made)[0]).write_bytes(gzip.compress(bytes(64 << 20)))
    assert _found(judged(made, folder, HOURS)) == [("log", "invalid", "too large")]


def test_a_digest_that_another_remembers_differently_is_invalid(tmp_path: Path) -> None:
    """A digest that CloudTrail's key signed, but that is not the one its successor was chained to."""
    trail = generated(1, files=1)
    beginning = trail.previous
    trail.add(BEGIN + HOUR, {"AWSLogs/x": "0" * 64})
    trail.add(BEGIN + 2 * HOUR, {})
    trail.previous = beginning
    trail.add(BEGIN + HOUR, {})
    data = judged(trail, written(trail, tmp_path), 3)
    assert _found(data) == [("digest", "invalid", "chain")]


@pytest.mark.parametrize(
    "body",
    [b"", b"not gzip", b"{}", b"[]", b"[" * 5000, b"\xff\xfe", b'{"digestS3Bucket": 7}', b'{"logFiles": {}}'],
    ids=range(8),
)
def test_a_broken_digest_is_a_finding(made: SignedTrail, folder: Path, body: bytes) -> None:
    """Whatever stands in a digest's place, it is named, and the rest is still checked."""
    packed = body if body in (b"", b"not gzip") else gzip.compress(body)
    (folder / digests(made)[2]).write_bytes(packed)
    data = judged(made, folder, HOURS)
    assert ("digest", "invalid", "format") in _found(data)
    assert data["digests"]["valid"] == HOURS - 1


def test_links_and_names_that_lead_elsewhere_are_not_followed(made: SignedTrail, folder: Path, tmp_path: Path) -> None:
    """A link to a good copy, a pipe, a folder in a file's place: each is a finding, none is read."""
    linked, piped, hollow, digest = (folder / key for key in (*logs(made)[:3], digests(made)[1]))
    for path in (linked, digest):
        kept = tmp_path / path.name
        path.rename(kept)
        path.symlink_to(kept)
    piped.unlink()
    os.mkfifo(piped)
    hollow.unlink()
    hollow.mkdir()
    data = judged(made, folder, HOURS)
    found = _found(data)
    assert found.count(("log", "invalid", "not a file")) >= 1
    assert found.count(("folder", "invalid", "not a file")) == 3
    assert data["digests"]["missing"] + data["digests"]["invalid"] == 1
    named = {one["where"].rpartition("/")[2] for one in data["findings"]}
    assert {linked.name, piped.name, digest.name} <= named


def test_a_signed_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    """Even CloudTrail's own signature does not make `..` be opened."""
    trail = generated(1, files=1)
    trail.add(BEGIN + HOUR, {"AWSLogs/../../secret": "0" * 64, "/etc/passwd": "0" * 64, "a\0b": "0" * 64})
    (tmp_path / "secret").write_bytes(gzip.compress(b""))
    data = judged(trail, written(trail, tmp_path / "in" / "bucket"), 2)
    assert _found(data) == [("log", "invalid", "not a file")] * 3


def test_a_log_file_that_no_digest_names_is_told(made: SignedTrail, folder: Path) -> None:
    """A log file slipped in between hours that are vouched for."""
    extra = logs(made)[4].replace(".json.gz", "").rpartition("_")[0] + "_0000000000000000.json.gz"
    (folder / extra).write_bytes(gzip.compress(b"{}"))
    data = judged(made, folder, HOURS)
    assert (data["logs"]["unlisted"], data["verdict"]) == (1, "unchecked")
    assert data["findings"][0]["where"].endswith(extra)


def test_hours_never_delivered_while_logging_are_found(made: SignedTrail, folder: Path) -> None:
    """By GetTrailStatus logging was on and no digest came; the same hours after StopLogging are no flaw."""
    start, end = BEGIN - HOUR, BEGIN + HOURS * HOUR
    on = Status(True, start, None, end)
    data = judged(made, folder, HOURS + 3, status=lambda region: on)
    assert [one["reason"] for one in data["findings"]] == ["never delivered"] * 3
    off = Status(False, start, end, end)
    assert judged(made, folder, HOURS + 3, status=lambda region: off)["findings"] == []


def test_backfill_digests_are_checked_by_themselves(tmp_path: Path) -> None:
    """They have a chain of their own, no hours, and log files that count."""
    trail = generated(2, files=1)
    body = trail.objects[logs(trail)[0]][0]
    sha = hashlib.sha256(gzip.decompress(body)).hexdigest()
    late = trail.log(BEGIN + timedelta(minutes=50), 77, Body(body, sha))
    trail.previous = None
    trail.add(BEGIN, {late: sha}, backfilled=BEGIN + 5 * HOUR)
    data = judged(trail, written(trail, tmp_path), 2)
    assert data["findings"] == []
    assert (data["backfill_digests"]["valid"], data["digests"]["valid"], data["logs"]["valid"]) == (1, 2, 3)
    (tmp_path / late).write_bytes(gzip.compress(json.dumps({"Records": []}).encode()))
    assert _found(judged(trail, tmp_path, 2)) == [("log", "invalid", "hash")]


def test_a_digest_read_elsewhere_than_it_was_written_has_been_moved(made: SignedTrail, folder: Path) -> None:
    """A genuine digest under another hour's name vouches for nothing."""
    names = digests(made)
    (folder / names[1]).write_bytes((folder / names[3]).read_bytes())
    data = judged(made, folder, HOURS)
    assert ("digest", "invalid", "moved") in _found(data)


def test_a_trail_that_moved_to_another_bucket_is_followed(tmp_path: Path) -> None:
    """The chain leads from the newer bucket into the older, whose digests, and holes, count as well."""
    trail = generated(3, files=1)
    before = set(trail.objects)
    trail.bucket = "a-new-bucket"
    for hour in (3, 4):
        trail.add(BEGIN + hour * HOUR, {})
    for key, (body, metadata) in trail.objects.items():
        path = tmp_path / ("trail-of-the-bench" if key in before else trail.bucket) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        if metadata:
            path.with_name(path.name + ".head.json").write_text(json.dumps({"Metadata": metadata}))
    data = judged(trail, tmp_path, 5)
    assert (data["findings"], data["digests"]["valid"], data["logs"]["valid"]) == ([], 5, 3)
    (tmp_path / "trail-of-the-bench" / digests(trail)[1]).unlink()
    assert judged(trail, tmp_path, 5)["digests"] == {"valid": 4, "unchecked": 0, "missing": 1, "invalid": 0}
