"""What comes after the close: `after.jsonl`, records like those of the journal, chained to the close and signed with an
operator's long-term key, because the incident's own is destroyed.

Rules: the first one's `prev` is the hash of the close, and the numbers go on from there. Each names the public key
that signed it, under a domain string of its own; whose word counts, the verifier says. A line without its line feed was
never acknowledged. That the end of the file was cut does not show in it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irtui.journal.evidence import open_regular
from irtui.journal.record import MAX_LINE, Record, parse, unsigned
from irtui.journal.seal import checks
from irtui.text import inert

AFTER = "after.jsonl"
TYPES = frozenset(("redact", "anchor"))
_DOMAIN = b"irtui-after-v1"
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Removal:
    """That a typed text was removed."""

    seq: int
    """The record that says so."""
    record: int
    """The record that the text stood in."""
    field: str
    commit: str
    op: str
    t: str
    because: str

    @property
    def shown(self) -> str:
        """What stands in the text's place."""
        return f"[text removed on {self.t[:10]} by {self.op}: {self.because}]"

    @property
    def words(self) -> str:
        """What a verifier says of it."""
        where = f"at #{self.record} ({inert(self.field, 40)})"
        who = f"by {inert(self.op, 80)} on {self.t[:10]}: {inert(self.because, 400)}"
        return f"1 text removed after the close {where} {who}"


@dataclass(slots=True)
class After:
    """What is known after the lines taken so far; it begins with the number and the hash of the close."""

    count: int
    head: str
    incident: str

    def take(self, data: bytes) -> tuple[Record, str]:
        """The next record and the public key, hex, that signed it. Raises ValueError, in words that follow
        `altered at #17: after the close: `; it then knows no more than before."""
        record = parse(data)
        if record.type not in TYPES:
            raise ValueError(f"no {record.type} stands there")
        if record.seq != self.count + 1:
            raise ValueError(f"a gap: it calls itself #{record.seq}")
        if record.prev != self.head:
            raise ValueError(f"prev is not the hash of #{self.count}")
        if record.incident != self.incident:
            raise ValueError("it belongs to another incident")
        public = _public(record)
        if not checks(bytes.fromhex(public), sealed(unsigned(data)), bytes.fromhex(record.sig)):
            raise ValueError("the signature does not fit")
        self.count, self.head = record.seq, hashlib.sha256(data).hexdigest()
        return record, public


def sealed(message: bytes) -> bytes:
    """What is signed for a record after the close."""
    return _DOMAIN + b"\n" + message


def removal(record: Record) -> Removal | None:
    """What a record after the close says was removed; None when it says nothing of that."""
    body = record.body
    number, field, commit = body.get("record"), body.get("field"), body.get("commit")
    if record.type != "redact" or type(number) is not int or not isinstance(field, str):
        return None
    if not isinstance(commit, str) or not _KEY.fullmatch(commit):
        return None
    return Removal(record.seq, number, field, commit, record.op, record.t, str(body.get("because", "")))


def read_after(folder: Path) -> tuple[Record, ...]:
    """The records after the close, up to the first line that is none. Checks no signature and never raises."""
    found: list[Record] = []
    try:
        with open_regular(folder / AFTER) as file:
            while data := file.readline(MAX_LINE + 1):
                found.append(parse(data))
    except (OSError, ValueError):
        pass
    return tuple(found)


def removed_by(after: Iterable[Record]) -> dict[str, str]:
    """Commitment of each removed text → what is to be shown in its place."""
    said = (removal(record) for record in after)
    return {each.commit: each.shown for each in said if each is not None}


def _public(record: Record) -> str:
    key: Any = record.body.get("key")
    public = key.get("public") if isinstance(key, Mapping) else None
    if not isinstance(public, str) or not _KEY.fullmatch(public):
        raise ValueError("it names no key")
    return public
