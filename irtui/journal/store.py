"""The journal as its one writer holds it.

Rules: a record that `append` returned is on disk. Any failed write or fsync kills the handle: nothing more is
written through it; `resume` opens the file anew and cuts a torn tail. One writer per incident, held by an
flock on the journal file; a second one gets a JournalError that names the first. Appending is thread-safe.
"""

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from irtui.canonical import plain
from irtui.clock import Clock, rfc3339
from irtui.errors import JournalError
from irtui.journal import evidence, typed
from irtui.journal.ballast import drop_ballast, lay_ballast
from irtui.journal.chain import Chain, Key
from irtui.journal.disk import Disk, RealDisk
from irtui.journal.handle import Handle, Refused, put_back
from irtui.journal.head import Head, read_head
from irtui.journal.note import note, note_text
from irtui.journal.record import TYPES, VERSION, Record, members_line, signed, unsigned
from irtui.journal.recover import recover
from irtui.journal.seal import DOMAINS, THROW_AWAY, Signer, sealed
from irtui.model.incident import Evidence
from irtui.redact import masked

_OPENING = frozenset(("open", "join", "recovered"))
_UNSIGNED = "0" * 128
_INCIDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Journal:
    """Made by `create` or `resume`; ended by `close` (for good) or `release` (resumable)."""

    def __init__(
        self, folder: Path, handle: Handle, run: str, operator: str, signer: Signer, clock: Clock, disk: Disk,
        randomness: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._folder, self._handle, self._disk, self._random = folder, handle, disk, randomness
        self._run, self._operator, self._signer, self._clock = run, operator, signer, clock
        self._chain = Chain()
        self._records: list[Record] = []
        self._lock = threading.RLock()

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        incident: str,
        run: str,
        operator: str,
        mode: str,
        signer: Signer,
        clock: Clock,
        opening: Mapping[str, Any],
        endorsement: Mapping[str, str] | None = None,
        attached: tuple[bytes, ...] = (),
        disk: Disk = RealDisk(),  # noqa: B008  it has no state
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> "Journal":
        """A new incident in a new folder, with its `open` record. Raises JournalError.

        `attached` is durable as evidence before that record, which names it by hash: no crash can part the two.
        """
        if not _INCIDENT.fullmatch(incident):
            raise _refused(f"{incident!r} cannot name an incident")
        if mode not in DOMAINS or (mode == "real" and signer.kind == THROW_AWAY):
            raise JournalError(f"A {signer.kind} key cannot sign a journal of mode {mode}.", advice="Choose a key.")
        with _told(f"{folder} cannot be made"):
            disk.make_folder(folder)
            disk.make_folder(folder / evidence.EVIDENCE)
            disk.make_folder(folder / typed.TEXTS)
            handle = Handle(disk, folder, os.O_CREAT | os.O_EXCL)
        journal = cls(folder, handle, run, operator, signer, clock, disk, randomness)
        with handle.or_dead("The journal cannot be begun", beginning=True):
            handle.take_lock(operator, rfc3339(clock.now()))
            disk.fsync_folder(folder)
            disk.fsync_folder(folder.parent)
            lay_ballast(disk, folder)
            for data in attached:
                evidence.keep(disk, folder, evidence.content(data))
            journal._write("open", {**opening, "mode": mode, "key": _key(signer, endorsement)}, incident)
        return journal

    @classmethod
    def resume(
        cls,
        folder: Path,
        *,
        run: str,
        operator: str,
        signer: Signer,
        clock: Clock,
        joining: Mapping[str, Any],
        endorsement: Mapping[str, str] | None = None,
        seize: str = "",
        disk: Disk = RealDisk(),  # noqa: B008  it has no state
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> "Journal":
        """An incident that is not closed, with a `join` record for this sitting and, after a torn tail, a
        `recovered` record. Raises JournalError: closed, held by another writer, altered, or cut.

        `seize` is the reason to take it from another writer of this machine, which is fenced and named in a
        `takeover` record."""
        with _told(f"{folder} cannot be opened", "Nothing was done. See `irtui incidents list`."):
            put_back(disk, folder)
            handle = Handle(disk, folder, 0)
        journal = cls(folder, handle, run, operator, signer, clock, disk, randomness)
        with handle.or_dead("The journal cannot be resumed", beginning=True):
            fenced = handle.take_lock(operator, rfc3339(clock.now()), seize=bool(seize))
            found = recover(handle.read(), read_head(folder))
            journal._chain, handle.size = found.chain, found.size
            journal._records = [typed.opened(record, folder, {}) for record in found.records]
            if found.torn:
                handle.cut()
            if not (folder / typed.TEXTS).is_dir():  # a journal from before, or one that was handed over
                disk.make_folder(folder / typed.TEXTS)
                disk.fsync_folder(folder)
            lay_ballast(disk, folder)
            journal._write("join", {**joining, "operator": operator, "key": _key(signer, endorsement)})
            if found.torn:
                torn = hashlib.sha256(found.torn).hexdigest()
                journal._write("recovered", {"bytes": len(found.torn), "sha256": torn})
            if fenced:
                journal._write("takeover", {"from": fenced, "why": seize})
        return journal

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def records(self) -> list[Record]:
        """All records so far; a copy."""
        with self._lock:
            return list(self._records)

    @property
    def head(self) -> str:
        """SHA-256 of the last line, hex."""
        return self._chain.head

    def still_ours(self) -> None:
        """Raises JournalError when nothing more can be written, because another process took it over for one."""
        with self._lock:
            self._handle.alive()
            with self._handle.or_dead("The journal cannot be looked at"):
                self._handle.still_there()

    def vouch(self, message: bytes) -> bytes:
        """The signature of the incident's key under something that is no record. Raises JournalError for a message
        that could be one."""
        if message.startswith(tuple(DOMAINS.values())):
            raise _refused("what is signed as no record begins like one")
        with self._lock:
            self._handle.alive()
            return self._signer.sign(message)

    def checkpoint(self) -> str:
        """A note of the last record, signed with the incident's key: see `note`. Raises JournalError."""
        with self._lock:
            self._handle.alive()
            chain = self._chain
            text = note_text(chain.incident, chain.mode, chain.count, chain.head)
            return note(text, self._signer.public, self._signer.sign(text.encode("ascii")))

    def append(self, type: str, body: Mapping[str, Any]) -> Record:
        """Masks, signs and writes one record, what was typed in it beside it; returns when both are durable. Raises
        JournalError. What cannot be a record (unknown type, too long, too deep) is refused and leaves the journal
        alive."""
        if type not in TYPES or type in _OPENING:
            raise _refused(f"{type!r} is not a type of record that can be appended")
        with self._lock:
            self._handle.alive()
            with self._handle.or_dead("The record cannot be made durable"):
                record = self._write(type, body)
            if type == "close":
                drop_ballast(self._disk, self._folder)
                self._handle.release()
            return record

    def evidence(self, name: str, value: Any, step: str = "", gaps: tuple[str, ...] = ()) -> Evidence:
        """Keeps `value` (bytes, or what has a canonical form) as a file, then records it. Raises JournalError."""
        try:
            data = evidence.content(value)
        except ValueError as flaw:
            raise _refused(f"this evidence has no canonical form: {flaw}") from flaw
        with self._lock:
            self._handle.alive()
            with self._handle.or_dead("The evidence cannot be made durable"):
                sha256 = evidence.keep(self._disk, self._folder, data)
                body = {"name": name, "sha256": sha256, "size": len(data), "step": step, "gaps": list(gaps)}
                self._write("evidence", body)
        return Evidence(name, sha256, len(data), step, gaps)

    def close(self, body: Mapping[str, Any]) -> Record:
        """Appends the `close` record and releases the journal. Nothing can follow it."""
        return self.append("close", body)

    def release(self) -> None:
        """Lets the journal go; it stays resumable. May be called again."""
        with self._lock:
            self._handle.release()

    def _write(self, type: str, body: Mapping[str, Any], incident: str = "") -> Record:
        record, data, mode, key, text = self._signed(type, body, incident or self._chain.incident)
        if text:
            typed.keep(self._disk, self._folder, text)
        self._handle.append(data)
        self._chain.extend(record, data, mode, key)
        self._records.append(record)
        self._handle.tell(Head(record.incident, record.seq, self._chain.head))
        return record

    def _signed(self, type: str, body: Mapping[str, Any], incident: str) -> tuple[Record, bytes, str, Key, bytes]:
        """The record, its line, the mode and the key it was signed with, and the file of what was typed in it."""
        members: dict[str, Any] = {
            "body": None, "incident": incident, "m": int(self._clock.monotonic() * 1000), "op": self._operator,
            "prev": self._chain.head, "run": self._run, "seq": self._chain.count + 1, "sig": _UNSIGNED,
            "t": rfc3339(self._clock.now()), "type": type, "v": VERSION,
        }  # fmt: skip
        try:
            said = masked(plain(body))
            members["body"], text = typed.committed(type, said, self._random)
            data = members_line(members)
            mode = str(members["body"]["mode"]) if type == "open" else self._chain.mode
            signature = self._signer.sign(sealed(mode, unsigned(data)))
            members["sig"] = signature.hex()
            record = Record(**members)
            mode, key = self._chain.admits(record)
            shown = replace(record, body=said, held=record.body) if text else record
            return shown, signed(data, signature), mode, key, text
        except ValueError as flaw:
            raise _refused(f"this {type} record cannot be written: {flaw}") from flaw


def _refused(message: str) -> Refused:
    return Refused(message[0].upper() + message[1:] + ".")


def _key(signer: Signer, endorsement: Mapping[str, str] | None) -> dict[str, Any]:
    key: dict[str, Any] = {"kind": signer.kind, "public": signer.public.hex()}
    return {**key, "endorsement": dict(endorsement)} if endorsement else key


@contextlib.contextmanager
def _told(what: str, advice: str | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise JournalError(f"{what}: {fault.strerror or fault}.", advice=advice) from fault
