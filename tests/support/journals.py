"""Journals of every kind, and what a forger makes of them: one corpus that two verifiers must agree on.

A forgery is (lines, random) → lines. What is beside the journal (HEAD, evidence) is forged apart.
"""

import hashlib
import itertools
import json
import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from irtui.clock import ManualClock
from irtui.journal.head import Head
from irtui.journal.read import read_records
from irtui.journal.record import line, parse, signed, unsigned
from irtui.journal.seal import Ed25519Signer, endorse, sealed
from irtui.journal.store import Journal
from irtui.journal.typed import TEXTS


def counted() -> Callable[[int], bytes]:
    """Salts that are all different and the same in each run."""
    numbers = itertools.count()
    return lambda size: hashlib.shake_256(b"%d" % next(numbers)).digest(size)


Lines = list[bytes]
Forgery = Callable[[Lines, random.Random], Lines]
SEED, OTHER, OPERATOR = bytes(range(32)), b"m" * 32, b"o" * 32


def written(folder: Path, kind: str) -> Path:
    """A journal of one of KINDS."""
    clock, salts = ManualClock(datetime(2026, 11, 23, 16, 40, 12, 123456, UTC)), counted()
    mode = "rehearsal" if kind == "rehearsal" else "real"
    signer = Ed25519Signer.from_seed(SEED, "throw-away" if mode == "rehearsal" else "keyring")
    word = endorse(Ed25519Signer.from_seed(OPERATOR, "keyring"), incident="INC-1", mode=mode, public=signer.public)
    journal = Journal.create(
        folder, incident="INC-1", run="run-1", operator="alice", mode=mode, signer=signer, clock=clock,
        opening={"account": "000000000012", "runbook": {"name": "key-revocation", "title": "Leaked key"}},
        endorsement=word if kind == "endorsed" else None, randomness=salts,
    )  # fmt: skip
    journal.append("note", {"text": 'called "the owner", then \\ \x1b[31m \u202e ü \ud800'})
    journal.evidence("snapshot", {"UserName": "ci-deploy", "Tags": []}, step="snapshot")
    intent = journal.append("intent", {"step": "deny", "call": {"call": "iam.PutUserPolicy", "sig": "ab" * 64}})
    journal.append("outcome", {"intent": intent.seq, "status": "succeeded", "request_id": "r-1"})
    if kind in ("resumed", "left"):
        journal.release()
        again = Ed25519Signer.from_seed(OTHER, "ephemeral")
        joining = {"caller": "arn:aws:iam::000000000012:user/bob", "why": "resumed"}
        journal = Journal.resume(
            folder, run="run-2", operator="bob", signer=again, clock=clock, joining=joining, randomness=salts
        )
        journal.append("note", {"text": "watching", "n": -(2**53) + 1})
    if kind == "left":
        journal.release()
    else:
        journal.close({"reason": "done", "open": [], "contained": "contained"})
    return _inline(folder) if kind == "inline" else folder


KINDS = ("closed", "endorsed", "resumed", "left", "rehearsal", "inline")


def _inline(folder: Path) -> Path:
    """As irtui wrote it before it kept apart what people type: the texts in the signed lines."""
    told = [line(replace(record, held=None)) for record in read_records(folder)]
    data = resigned(told, "real", SEED)
    (folder / "journal.jsonl").write_bytes(b"".join(data))
    (folder / "HEAD").write_bytes(Head("INC-1", len(data), hashlib.sha256(data[-1]).hexdigest()).text())
    shutil.rmtree(folder / TEXTS)
    return folder


def resigned(lines: Lines, mode: str, seed: bytes) -> Lines:
    """Chained and signed anew, as somebody with a key can."""
    signer = Ed25519Signer.from_seed(seed, "")
    prev, out = "0" * 64, []
    for seq, data in enumerate(lines, 1):
        new = line(replace(parse(data), prev=prev, seq=seq))
        out.append(signed(new, signer.sign(sealed(mode, unsigned(new)))))
        prev = hashlib.sha256(out[-1]).hexdigest()
    return out


def _place(lines: Lines, chance: random.Random) -> int:
    return chance.randrange(len(lines))


def _swapped(lines: Lines, chance: random.Random) -> Lines:
    a, b = chance.sample(range(len(lines)), 2)
    out = list(lines)
    out[a], out[b] = out[b], out[a]
    return out


def _times(count: int) -> Forgery:
    """One line left out, or there twice."""

    def forged(lines: Lines, chance: random.Random) -> Lines:
        place = _place(lines, chance)
        return [*lines[:place], *[lines[place]] * count, *lines[place + 1 :]]

    return forged


def _at(change: Callable[[bytes, random.Random], bytes]) -> Forgery:
    """One line changed."""

    def forged(lines: Lines, chance: random.Random) -> Lines:
        place = _place(lines, chance)
        return [*lines[:place], change(lines[place], chance), *lines[place + 1 :]]

    return forged


def _flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _member(change: Callable[[dict[str, Any]], object]) -> Forgery:
    """One record's members changed and written canonically again, with the old signature."""

    def forged(data: bytes, chance: random.Random) -> bytes:
        record = json.loads(data)
        change(record)
        return json.dumps(record, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    return _at(forged)


def _nested(depth: int) -> Callable[[bytes, random.Random], bytes]:
    return lambda data, chance: data.replace(b'"body":{', b'"body":{"a":' + b"[" * depth + b"]" * depth + b",", 1)


FORGERIES: Mapping[str, Forgery] = {
    "untouched": lambda lines, chance: lines,
    "a bit flipped": _at(_flipped),
    "deleted": _times(0),
    "swapped": _swapped,
    "duplicated": _times(2),
    "tail cut": lambda lines, chance: lines[: _place(lines, chance)],
    "tail torn": lambda lines, chance: [*lines[:-1], lines[-1][: chance.randrange(1, len(lines[-1]))]],
    "head cut": lambda lines, chance: lines[chance.randrange(1, len(lines)) :],
    "text replaced": _at(lambda data, chance: data.replace(b"e", b"a", 1)),
    "a space more": _at(lambda data, chance: data.replace(b":", b": ", 1)),
    "carriage return": _at(lambda data, chance: data[:-1] + b"\r\n"),
    "no line feed": _at(lambda data, chance: data[:-1]),
    "blank line": _at(lambda data, chance: b"\n" + data),
    "byte order mark": _at(lambda data, chance: b"\xef\xbb\xbf" + data),
    "not ASCII": _at(lambda data, chance: data.replace(b"e", "é".encode(), 1)),
    "letter escaped": _at(lambda data, chance: data.replace(b'"type":"', b'"type":"\\u006', 1)),
    "member twice": _at(lambda data, chance: data.replace(b'"v":1', b'"v":1,"v":1', 1)),
    "member twice in the body": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"a":1,"a":1,', 1)),
    "float": _at(lambda data, chance: data.replace(b'"v":1', b'"v":1.0', 1)),
    "NaN": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"A":NaN,', 1)),
    "huge number": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"A":' + b"9" * 5000 + b",", 1)),
    "number beyond 2^53": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"A":9007199254740992,', 1)),
    "minus zero": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"A":-0,', 1)),
    "deep": _at(_nested(20)),
    "very deep": _at(_nested(700)),
    "abysmal": _at(_nested(20_000)),
    "long": _at(lambda data, chance: data.replace(b'"body":{', b'"body":{"A":"' + b"x" * 70_000 + b'",', 1)),
    "not an object": _at(lambda data, chance: b"[" + data[:-1] + b"]\n"),
    "upper-case signature": _member(lambda record: record.update(sig=record["sig"].upper())),
    "short signature": _member(lambda record: record.update(sig=record["sig"][:-2])),
    "signature of zeros": _member(lambda record: record.update(sig="0" * 128)),
    "version": _member(lambda record: record.update(v=2)),
    "version true": _member(lambda record: record.update(v=True)),
    "unknown type": _member(lambda record: record.update(type="nota")),
    "time out of the calendar": _member(lambda record: record.update(t="2026-02-30T16:40:12.123456Z")),
    "year zero": _member(lambda record: record.update(t="0000-01-01T16:40:12.123456Z")),
    "leap second": _member(lambda record: record.update(t="2016-12-31T23:59:60.000000Z")),
    "other digits": _member(lambda record: record.update(t="٢٠٢٦-11-23T16:40:12.123456Z")),
    "negative clock": _member(lambda record: record.update(m=-1)),
    "number as text": _member(lambda record: record.update(seq=str(record["seq"]))),
    "body a list": _member(lambda record: record.update(body=[])),
    "another operator": _member(lambda record: record.update(op="mallory")),
    "another sitting": _member(lambda record: record.update(run="run-9")),
    "another incident": _member(lambda record: record.update(incident="INC-2")),
    "a member more": _member(lambda record: record.update(w=0)),
    "a member less": _member(lambda record: record.pop("m")),
    "signed anew, same key": lambda lines, chance: resigned(lines, parse(lines[0]).body["mode"], SEED),
    "signed anew, another key": lambda lines, chance: resigned(lines, parse(lines[0]).body["mode"], OTHER),
    "rest signed anew, another key": lambda lines, chance: (
        lines[:2] + resigned(lines, parse(lines[0]).body["mode"], OTHER)[2:]
    ),
    "signed as the other mode": lambda lines, chance: resigned(
        lines, "real" if parse(lines[0]).body["mode"] == "rehearsal" else "rehearsal", SEED
    ),
    "relabelled real": lambda lines, chance: _opening(lines, SEED, mode="real"),
    "relabelled rehearsal": lambda lines, chance: _opening(lines, SEED, mode="rehearsal"),
    "no mode": lambda lines, chance: _opening(lines, SEED, mode=None),
    "key of somebody else": lambda lines, chance: _opening(
        lines, OTHER, key={"kind": "keyring", "public": Ed25519Signer.from_seed(OTHER, "").public.hex()}
    ),
    "key no text": lambda lines, chance: _opening(lines, SEED, key={"kind": "keyring", "public": 7}),
    "no key": lambda lines, chance: _opening(lines, SEED, key=None),
    "key no point": lambda lines, chance: _opening(lines, SEED, key={"kind": "keyring", "public": "02" + "00" * 31}),
    "endorsement without a key": lambda lines, chance: _endorsed(lines, {"sig": "00" * 64}),
    "endorsement of zeros": lambda lines, chance: _endorsed(lines, {"by": "00" * 32, "sig": "00" * 64}),
    "endorsement in upper case": lambda lines, chance: _endorsed(lines, {"by": "AB" * 32, "sig": "00" * 64}),
    "after the close": lambda lines, chance: [*lines, line(replace(parse(lines[-1]), seq=len(lines) + 1, type="note"))],
    "half a line after the close": lambda lines, chance: [*lines, b'{"body":'],
    "closed twice": lambda lines, chance: [*lines, lines[-1]],
    "opened twice": lambda lines, chance: [*lines[:2], lines[0], *lines[2:]],
    "nothing": lambda lines, chance: [],
    "something else": lambda lines, chance: [chance.randbytes(300)],
    "text": lambda lines, chance: [b"hello\n", b"world\n"],
}


def _opening(lines: Lines, seed: bytes, **changed: object) -> Lines:
    first = parse(lines[0])
    body = {name: value for name, value in {**first.body, **changed}.items() if value is not None}
    mode = changed.get("mode") or first.body["mode"]
    return resigned([line(replace(first, body=body)), *lines[1:]], str(mode), seed)


def _endorsed(lines: Lines, word: Mapping[str, str]) -> Lines:
    return _opening(lines, SEED, key={**parse(lines[0]).body["key"], "endorsement": word})


def _no_head(folder: Path, chance: random.Random) -> None:
    (folder / "HEAD").unlink()


def _head_of(seq: int, incident: str = "INC-1") -> Callable[[Path, random.Random], None]:
    return lambda folder, chance: _write(folder / "HEAD", Head(incident, seq, "ab" * 32).text())


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _evidence(change: Callable[[Path], None]) -> Callable[[Path, random.Random], None]:
    return lambda folder, chance: change(next((folder / "evidence").iterdir()))


def _linked(path: Path) -> None:
    path.rename(path.with_name("x"))
    path.symlink_to("x")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BESIDE: Mapping[str, Callable[[Path, random.Random], None]] = {
    "no HEAD": _no_head,
    "HEAD ahead": _head_of(99),
    "HEAD behind": _head_of(3),
    "HEAD of another incident": _head_of(99, "INC-9"),
    "HEAD of noise": lambda folder, chance: _write(folder / "HEAD", chance.randbytes(200)),
    "HEAD of zero": _head_of(0),
    "evidence altered": _evidence(lambda path: _write(path, path.read_bytes() + b" ")),
    "evidence missing": _evidence(Path.unlink),
    "evidence a link": _evidence(_linked),
    "evidence a folder": _evidence(_folder),
}


_SIGNED = re.compile(b'^(.*),"sig":"[^"]*"(.*)\n$', re.DOTALL)
_SEQ = re.compile(b'"seq":[0-9]+,')
_PREV = re.compile(b'"prev":"[0-9a-f]*"')


def resealed(lines: Lines, original: Lines) -> Lines:
    """Forged lines numbered, chained and signed by who holds the journal's own keys, else byte for byte as they are:
    what only the rules of the format, or HEAD, can refuse."""
    mode, seed = parse(original[0]).body["mode"], SEED
    prev, out = "0" * 64, []
    for place, data in enumerate(lines):
        if place < len(original) and parse(original[place]).type == "join":
            seed = OTHER
        new = _SEQ.sub(f'"seq":{place + 1},'.encode(), _PREV.sub(f'"prev":"{prev}"'.encode(), data))
        if parts := _SIGNED.match(new):
            signature = Ed25519Signer.from_seed(seed, "").sign(sealed(mode, parts[1] + parts[2]))
            new = parts[1] + b',"sig":"' + signature.hex().encode() + b'"' + parts[2] + b"\n"
        out.append(new)
        prev = hashlib.sha256(new).hexdigest()
    return out


def corpus(kinds: Mapping[str, Path], instances: int, seed: int, every: int = 1) -> Iterator[tuple[str, Lines, str]]:
    """(name, lines, what to do beside it) for each forgery of each kind, `instances` times. With `every` only each so
    many of a kind, another part of them for each kind."""
    for offset, (kind, folder) in enumerate(kinds.items()):
        lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
        names = [*FORGERIES, *(f"{name}, by the key holder" for name in FORGERIES), *BESIDE]
        for number in range(instances):
            for name in names[offset % every :: every]:
                chance = random.Random(f"{seed}/{kind}/{name}/{number}")
                told, forgery = f"{kind}, {name} ({number}, seed {seed})", name.partition(", by")[0]
                forged = FORGERIES[forgery](lines, chance) if forgery in FORGERIES else lines
                yield told, resealed(forged, lines) if forgery != name else forged, name if name in BESIDE else ""
