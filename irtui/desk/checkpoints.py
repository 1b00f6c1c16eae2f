"""A signed checkpoint read back, from its bucket or from a file, and what the place it lies in proves, and what not.

Rules: only reads are sent. The note's signature and its fingerprint are the verifier's to judge. S3 says since when it
has a version, whose bucket it is in, and how that is locked; what it does not say, or says to be weak, is not proven.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from irtui.clock import rfc3339
from irtui.desk.doors import ReadingDoor
from irtui.errors import AwsFault, SimulatorGap, UsageError
from irtui.journal.note import MOST_BYTES, Note, parse_note
from irtui.journal.record import Record
from irtui.model.call import Call
from irtui.text import inert

MOST_PAGES = 10
"""Of a folder in S3, a thousand versions each."""
PROMPT = timedelta(minutes=10)
"""How long after its record a checkpoint may come without a word; clocks differ, and AWS may be slow."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    note: Note
    where: str
    """As it was asked for: a file, or `s3://…`."""
    place: Mapping[str, str] | None = None
    """Bucket, key and version, as S3's operations take them; None: a file."""
    newest: bool = False
    """No version was asked for."""
    since: datetime | None = None
    """When S3 got this version, by its own clock."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How one lies in S3."""

    mode: str
    """COMPLIANCE, GOVERNANCE, none, or empty: it could not be read."""
    until: datetime | None
    own: bool | None
    """It is in the incident's own account. None: nobody knows."""
    why: str = ""


def read_checkpoints(given: str, door: Callable[[], ReadingDoor]) -> tuple[Checkpoint, ...]:
    """From `s3://bucket/key?versionId=…`, or from a file; of `s3://bucket/folder/` every version of all that is there.

    Raises UsageError for what is none, AwsFault.
    """
    try:
        if not given.startswith("s3://"):
            return (Checkpoint(parse_note(_file(Path(given))), given),)
        url, _, version = given.removeprefix("s3://").partition("?versionId=")
        bucket, _, key = url.partition("/")
        if not bucket or not key or "?" in key:
            raise ValueError(
                "it names no object: s3://BUCKET/KEY, s3://BUCKET/KEY?versionId=VERSION, s3://BUCKET/FOLDER/"
            )
    except ValueError as flaw:
        raise _none(given, flaw) from None
    if key.endswith("/"):
        return _all(given, bucket, key, door())
    asked = {"Bucket": bucket, "Key": key} | ({"VersionId": unquote(version)} if version else {})
    return (_one(given, asked, door()),)


def _all(given: str, bucket: str, folder: str, door: ReadingDoor) -> tuple[Checkpoint, ...]:
    listed = door.read(Call("s3", "ListObjectVersions", {"Bucket": bucket, "Prefix": folder}), pages=MOST_PAGES).data
    versions = listed.get("Versions") or ()
    if not versions or listed.get("IsTruncated"):
        raise _none(given, ValueError("nothing lies there" if not versions else "more lies there than is read"))
    return tuple(
        _one(
            f"s3://{bucket}/{each['Key']}?versionId={each['VersionId']}",
            {"Bucket": bucket, "Key": each["Key"], "VersionId": each["VersionId"]},
            door,
        )
        for each in versions
    )


def _one(where: str, asked: Mapping[str, str], door: ReadingDoor) -> Checkpoint:
    found = door.read(Call("s3", "GetObject", asked)).data
    body = found["Body"]
    try:
        note = parse_note(body if isinstance(body, bytes) else str(body).encode("utf-8"))
    except ValueError as flaw:
        raise _none(where, flaw) from None
    place = {"Bucket": asked["Bucket"], "Key": asked["Key"], "VersionId": str(found.get("VersionId") or "null")}
    return Checkpoint(note, where, place, "VersionId" not in asked, found["LastModified"])


def _none(given: str, flaw: ValueError) -> UsageError:
    return UsageError(f"{inert(given, 300)} is no checkpoint: {flaw}.")


def kept(checkpoint: Checkpoint, account: str, door: ReadingDoor) -> Kept:
    """What S3 says of its place. `account` is the incident's; empty: nobody knows."""
    place = dict(checkpoint.place or {})
    mode, until, why = "", None, ""
    try:
        told = door.read(Call("s3", "GetObjectRetention", place)).data.get("Retention") or {}
        mode, until = str(told.get("Mode") or "none"), told.get("RetainUntilDate")
    except (AwsFault, SimulatorGap) as fault:
        unlocked = isinstance(fault, AwsFault) and fault.code in _UNLOCKED
        mode, why = ("none", "") if unlocked else ("", fault.message)
    own = _is_of(account, place, door) if account else None
    return Kept(mode, until, own, why)


_UNLOCKED = ("NoSuchObjectLockConfiguration", "InvalidRequest")
"""How S3 says that a version has no retention, and that the bucket has no Object Lock."""


def limits(checkpoint: Checkpoint, found: Kept | None, record: Record | None, now: datetime) -> tuple[str, ...]:
    """What it does not prove, in sentences. `record` is the one that it names, where the journal has it."""
    seq, said = checkpoint.note.seq, []
    if found is None:
        return (f"where the checkpoint of #{seq} lay, and since when: a file says neither, S3 does",)
    away = f"that no checkpoint was taken away: the one of #{seq} "
    if not found.mode:
        said.append(f"{away}could not be seen to be locked: {inert(found.why, 200)}")
    elif found.mode != "COMPLIANCE":
        how = "is locked in governance mode, which some may bypass" if found.mode == "GOVERNANCE" else "is not locked"
        said.append(away + how)
    elif found.until is None or found.until <= now:
        said.append(f"{away}was locked until {_day(found.until)}, and is no more")
    if found.own is not False:
        whose = "lies in the incident's own account" if found.own else "lies in nobody knows whose account"
        said.append(away + whose)
    if checkpoint.newest:
        said.append(f"that there is no other version of the checkpoint of #{seq}: none was named, the newest was read")
    if record and checkpoint.since and checkpoint.since - datetime.fromisoformat(record.t) > PROMPT:
        said.append(
            f"that #{seq} was written when it says: S3 has its checkpoint since {rfc3339(checkpoint.since)} only"
        )
    return tuple(said)


def as_data(checkpoint: Checkpoint, found: Kept | None) -> dict[str, Any]:
    return {
        "where": checkpoint.where, "incident": checkpoint.note.incident, "seq": checkpoint.note.seq,
        "version": (checkpoint.place or {}).get("VersionId", ""),
        "since": rfc3339(checkpoint.since) if checkpoint.since else "",
        "mode": found.mode if found else "", "until": rfc3339(found.until) if found and found.until else "",
        "own_account": found.own if found else None,
    }  # fmt: skip


def words(checkpoint: Checkpoint, found: Kept | None) -> str:
    """One line for people; foreign text in it."""
    if found is None or checkpoint.since is None:
        return f"#{checkpoint.note.seq} from {checkpoint.where}"
    locks = {"COMPLIANCE": "locked in compliance mode", "GOVERNANCE": "locked in governance mode", "none": "not locked"}
    lock = locks.get(found.mode, "nobody knows how it is locked")
    until = f" until {_day(found.until)}" if found.until else ""
    return (
        f"#{checkpoint.note.seq} in {checkpoint.where} since {rfc3339(checkpoint.since)} by S3's clock, {lock}{until}"
    )


def _is_of(account: str, place: Mapping[str, str], door: ReadingDoor) -> bool | None:
    try:
        door.read(Call("s3", "GetObject", {**place, "ExpectedBucketOwner": account}))
    except AwsFault as fault:
        return False if fault.kind == "denied" else None  # the same read was allowed a moment ago, whoever owns it
    except SimulatorGap:
        return None
    return True


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise UsageError(f"{path} cannot be read: {fault.strerror}.") from fault


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "nobody knows when"
