"""The rules by which each line follows from the one before. Resuming and verifying walk the same steps."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from irtui.journal.record import Record, parse, unsigned
from irtui.journal.seal import DOMAINS, THROW_AWAY, checks, endorsed, sealed

GENESIS = "0" * 64
"""`prev` of the first record."""

_KEY = re.compile(r"[0-9a-f]{64}")
_SIG = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key as a journal introduces it."""

    seq: int
    """The record that brought it."""
    kind: str
    public: str
    """64 hex characters."""
    endorsed_by: str = ""
    """The operator's long-term public key that vouches for it, hex; empty: nobody does."""


@dataclass(slots=True)
class Chain:
    """What is known after the lines taken so far. Feed it every line in order."""

    count: int = 0
    head: str = GENESIS
    """SHA-256 of the last line, hex."""
    incident: str = ""
    mode: str = ""
    run: str = ""
    operator: str = ""
    closed: bool = False
    keys: list[Key] = field(default_factory=list)
    handed: str | None = None
    """After a hand-over: the long-term key that alone may sign on next, hex; empty: any. None: there was none."""

    def take(self, data: bytes) -> Record:
        """Takes the next line. Raises ValueError, in words that follow `altered at #17: `; it then knows no more
        than before."""
        record = parse(data)
        mode, key = self.admits(record)
        _signed(data, record, mode, key)
        self.extend(record, data, mode, key)
        return record

    def admits(self, record: Record) -> tuple[str, Key]:
        """The mode and the key that the next record must be signed with. Raises ValueError like `take`."""
        self._follows(record)
        mode = _mode(record) if record.type == "open" else self.mode
        if record.type in ("open", "join"):
            key = _key(record, mode)
            if self.handed and key.endorsed_by != self.handed:
                raise ValueError("it was handed over to another key than the one that endorses this sitting")
            return mode, key
        if self.handed is not None:
            raise ValueError("after a hand-over somebody signs on first")
        if (record.run, record.op) != (self.run, self.operator):
            raise ValueError("another sitting, and no join before it")
        return mode, self.keys[-1]

    def extend(self, record: Record, data: bytes, mode: str, key: Key) -> None:
        """Goes on to a record that `admits` let through with that mode and key, and whose signature fits."""
        self.count, self.head = record.seq, hashlib.sha256(data).hexdigest()
        self.incident, self.mode, self.run, self.operator = record.incident, mode, record.run, record.op
        self.closed = record.type == "close"
        self.handed = str(record.body.get("to_key") or "") if record.type == "handover" else None
        if key.seq == record.seq:
            self.keys.append(key)

    def _follows(self, record: Record) -> None:
        if self.closed:
            raise ValueError("it stands after the close")
        if record.seq != self.count + 1:
            raise ValueError(f"a gap: it calls itself #{record.seq}")
        if record.prev != self.head:
            raise ValueError(f"prev is not the hash of #{self.count}" if self.count else "prev is not 64 zeros")
        if (record.type == "open") != (self.count == 0):
            raise ValueError("an open record stands first, and only there")
        if self.count and record.incident != self.incident:
            raise ValueError("it belongs to another incident")


def _mode(record: Record) -> str:
    mode = record.body.get("mode")
    if not isinstance(mode, str) or mode not in DOMAINS:
        raise ValueError("its mode is neither real nor rehearsal")
    return mode


def _key(record: Record, mode: str) -> Key:
    key: Any = record.body.get("key")
    if not isinstance(key, Mapping):
        raise ValueError("it names no key")
    kind, public = key.get("kind"), key.get("public")
    if not isinstance(kind, str) or not isinstance(public, str) or not _KEY.fullmatch(public):
        raise ValueError("its key is not an Ed25519 key in lower-case hex")
    if mode == "real" and kind == THROW_AWAY:
        raise ValueError("a throw-away key belongs to rehearsals")
    endorsement = key.get("endorsement")
    if endorsement is None:
        return Key(record.seq, kind, public)
    if not isinstance(endorsement, Mapping) or not _hex(endorsement.get("by"), _KEY):
        raise ValueError("its endorsement names no key")
    fits = _hex(endorsement.get("sig"), _SIG) and endorsed(
        endorsement, incident=record.incident, mode=mode, public=bytes.fromhex(public)
    )
    if not fits:
        raise ValueError("the endorsement does not fit the key")
    return Key(record.seq, kind, public, endorsement["by"])


def _signed(data: bytes, record: Record, mode: str, key: Key) -> None:
    public, signature, message = bytes.fromhex(key.public), bytes.fromhex(record.sig), unsigned(data)
    if checks(public, sealed(mode, message), signature):
        return
    for other in DOMAINS.keys() - {mode}:
        if checks(public, sealed(other, message), signature):
            raise ValueError(f"it was signed as {other}, not as {mode}")
    raise ValueError("the signature does not fit")


def _hex(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
