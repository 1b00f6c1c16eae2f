"""One line of the journal.

Rules: a line is ASCII canonical JSON (see `irtui.canonical`) ended by one line feed, and the bytes on disk are
the canonical form: a line that re-serialises to other bytes is not a record. At most MAX_LINE bytes, the line
feed included; a body nests at most MAX_DEPTH deep. `seq` counts from 1, so it is also the line number.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, NoReturn

from irtui.canonical import canonical
from irtui.journal.encoding import encoded, is_plain, read

VERSION = 1
MAX_LINE = 64 * 1024
MAX_DEPTH = 16

TYPES = frozenset(
    (
        "open", "join", "unlock", "run", "observe", "items", "plan", "judge", "decide", "intent", "outcome",
        "unknown", "reconcile", "check", "undo", "skip", "fail", "not_needed", "attest", "wait", "note",
        "evidence", "recovered", "takeover", "close", "approve", "handover", "checkpoint", "anchor", "redact",
    )
)  # fmt: skip
"""One in which a person types freely is also in `typed.TYPED`, or what is typed there can never be removed."""

_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_SIG_MEMBER = b',"sig":"'
_SIG_LENGTH = len(_SIG_MEMBER) + 128 + 1


@dataclass(frozen=True, slots=True)
class Record:
    body: Mapping[str, Any]
    incident: str
    m: int
    """Milliseconds of the writer's monotonic clock; only differences within one `run` mean something."""
    op: str
    """The operator."""
    prev: str
    """SHA-256 of the whole previous line, its line feed included, hex; 64 zeros in the first record."""
    run: str
    """One sitting: a new id after each resume."""
    seq: int
    sig: str
    """Ed25519 over the domain string and `unsigned(line)`, hex."""
    t: str
    """RFC 3339 UTC, microseconds."""
    type: str
    v: int
    held: Mapping[str, Any] | None = None
    """The body as the line holds it, where `body` has a typed text in place of its commitment; None: it is the same.
    Not a member of the line."""


_MEMBERS = frozenset(field.name for field in fields(Record)) - {"held"}


def line(record: Record) -> bytes:
    """The record as it stands on disk. Raises ValueError when it is too long or too deep for a record."""
    return members_line(as_data(record) if record.held is None else {**as_data(record), "body": record.held})


def as_data(record: Record) -> dict[str, Any]:
    """The record's members, with what was typed in place."""
    return {name: getattr(record, name) for name in sorted(_MEMBERS)}


def members_line(members: Mapping[str, Any]) -> bytes:
    """The line of a record's members. Raises ValueError like `line`."""
    if is_plain(members, MAX_DEPTH + 1):
        data = encoded(members) + b"\n"
    elif _deeper(members["body"], MAX_DEPTH):
        raise ValueError(f"its body nests deeper than {MAX_DEPTH}")
    else:
        data = canonical(members) + b"\n"
    if len(data) > MAX_LINE:
        raise ValueError(f"it has {len(data)} bytes, more than {MAX_LINE}")
    return data


def unsigned(data: bytes) -> bytes:
    """The line without its `sig` member and line feed: what the signature covers, after the domain string."""
    # After the body come only strings, whose quotes are escaped: the last match is the member itself.
    cut = data.rindex(_SIG_MEMBER)
    return data[:cut] + data[cut + _SIG_LENGTH : -1]


def signed(data: bytes, signature: bytes) -> bytes:
    """The line with another signature, 64 bytes."""
    start = data.rindex(_SIG_MEMBER) + len(_SIG_MEMBER)
    return data[:start] + signature.hex().encode("ascii") + data[start + 128 :]


def lines(data: bytes) -> Iterator[bytes]:
    """Each line with its line feed; the last one may lack it."""
    return iter(BytesIO(data))


def parse(data: bytes) -> Record:
    """The record in one line. Raises ValueError, in words that follow `altered at #17: `."""
    if len(data) > MAX_LINE:
        raise ValueError(f"the line has more than {MAX_LINE} bytes")
    if not data.endswith(b"\n"):
        raise ValueError("the line has no end")
    quick = read(data[:-1], MAX_DEPTH + 1)
    members = quick or _members(data)
    if members.get("v") != VERSION or isinstance(members["v"], bool):
        raise ValueError("unknown version")
    if members.keys() != _MEMBERS:
        raise ValueError("it has not the members of a record")
    record = Record(**members)
    _check(record)
    if quick is None and line(record) != data:
        raise ValueError("not in canonical form")
    return record


def _members(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data.decode("ascii"), parse_float=_refuse, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("not a line of canonical JSON") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _check(record: Record) -> None:
    for name in ("seq", "m"):
        value = getattr(record, name)
        if type(value) is not int or value < 0:
            raise ValueError(f"{name} is not a number")
    for name in ("incident", "op", "prev", "run", "sig", "t", "type"):
        if not isinstance(getattr(record, name), str):
            raise ValueError(f"{name} is not a string")
    if not _HASH.fullmatch(record.prev):
        raise ValueError("prev is not a SHA-256 in lower-case hex")
    if not _SIGNATURE.fullmatch(record.sig):
        raise ValueError("sig is not a signature in lower-case hex")
    if record.type not in TYPES:
        raise ValueError("unknown type of record")
    if not isinstance(record.body, dict):
        raise ValueError("its body is not a JSON object")
    if not _TIME.fullmatch(record.t) or not _is_time(record.t[:19]):
        raise ValueError("t is not a time")


@lru_cache(4096)
def _is_time(text: str) -> bool:
    """Whether there is such a second."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _deeper(value: Any, limit: int) -> bool:
    if not isinstance(value, Mapping | list | tuple):
        return False
    if limit == 0:
        return True
    items = value.values() if isinstance(value, Mapping) else value
    return any(_deeper(item, limit - 1) for item in items)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not an integer")
