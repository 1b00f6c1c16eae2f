"""A closed incident from which typed texts were removed, and what a prover may make of what lies beside its journal.

A prover takes a folder and a chance and changes files in it; what both verifiers must say of that stands with it.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from irtui.clock import ManualClock
from irtui.journal import removing, typed
from irtui.journal.after import AFTER, After, Removal, sealed
from irtui.journal.disk import Disk
from irtui.journal.read import read_records
from irtui.journal.record import Record, line, parse, signed, unsigned
from irtui.journal.seal import Ed25519Signer, endorse
from irtui.journal.store import Journal
from irtui.journal.verify import verify
from tests.support.faulty_disk import Unsynced
from tests.support.journals import counted

OPERATOR, STRANGER = (Ed25519Signer.from_seed(seed * 32, "keyring") for seed in (b"o", b"m"))
BECAUSE = "a customer's name"
START = datetime(2026, 11, 23, 16, 40, 12, 123456, UTC)


def closed(
    folder: Path, incident: str = "INC-1", *, seed: bytes = b"i", vouched: bool = True, end: bool = True
) -> Path:
    """An incident in which five texts were typed, in the records 2, 3, 4, 6 and 7, which is the close."""
    signer = Ed25519Signer.from_seed(seed * 32, "keyring" if vouched else "ephemeral")
    word = endorse(OPERATOR, incident=incident, mode="real", public=signer.public) if vouched else None
    journal = Journal.create(
        folder, incident=incident, run="r", operator="alice", mode="real", signer=signer, endorsement=word, opening={},
        clock=ManualClock(START), disk=Unsynced(), randomness=counted(),
    )  # fmt: skip
    journal.append("note", {"text": f"the key is Erika Mustermann's, {incident}"})
    journal.append("skip", {"step": "deny", "reason": "done already"})
    journal.append("attest", {"step": "call", "statement": "called her \ud800"})
    journal.append("intent", {"step": "deny", "call": {"call": "iam.PutUserPolicy"}})
    journal.append("note", {"text": "done already"})
    if end:
        journal.close({"reason": "over", "open": []})
    journal.release()
    return folder


def removed(
    folder: Path, number: int, signer: Ed25519Signer = OPERATOR, *, disk: Disk | None = None, because: str = BECAUSE
) -> Removal:
    """Removes the text of a record, as `irtui audit redact` does."""
    record = read_records(folder)[number - 1]
    what = {"record": number, "field": typed.TYPED[record.type], "commit": typed.commitment(record)}
    return removing.remove(
        folder, verify(folder), what, because, run="later", operator="alice", signer=signer,
        clock=ManualClock(datetime(2027, 2, 3, tzinfo=UTC)), disk=disk or Unsynced(),
    )  # fmt: skip


def story(root: Path) -> Path:
    """Texts 2 and 6 of the incident are removed; beside it lies another one of the same operator, with a removal."""
    folder, other = closed(root / "a"), closed(root / "b", "INC-2", seed=b"j")
    for number in (2, 6):
        removed(folder, number)
    removed(other, 2)
    return folder


Prover = Callable[[Path, Random], object]


def text(folder: Path, number: int) -> Path:
    return folder / typed.TEXTS / typed.commitment(read_records(folder)[number - 1])


def lines(folder: Path) -> list[bytes]:
    return (folder / AFTER).read_bytes().splitlines(keepends=True)


def put(folder: Path, *data: bytes) -> None:
    (folder / AFTER).write_bytes(b"".join(data))


def signs(record: Record, signer: Ed25519Signer, /, **body: object) -> bytes:
    """The line of a record after the close, with members of its body changed and its signer named."""
    key = {"kind": signer.kind, "public": signer.public.hex()}
    data = line(replace(record, body={**record.body, "key": key, **body}))
    return signed(data, signer.sign(sealed(unsigned(data))))


def more(folder: Path, signer: Ed25519Signer, number: int, /, **changed: object) -> None:
    """One more removal, chained as it should be."""
    last = lines(folder)[-1]
    found = verify(folder)
    after = After(found.records, found.head, found.incident)
    for data in lines(folder):
        after.take(data)
    record = read_records(folder)[number - 1]
    body = {"record": number, "field": typed.TYPED[record.type], "commit": typed.commitment(record)}
    follows = replace(parse(last), seq=after.count + 1, prev=after.head)
    put(folder, *lines(folder), signs(follows, signer, **{**body, **changed}))


def _flip(path: Path, chance: Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))


def _any(folder: Path, chance: Random) -> Path:
    return text(folder, chance.choice((3, 4, 7)))


def _swap(folder: Path, chance: Random) -> None:
    one, two = (text(folder, number) for number in chance.sample((3, 4, 7), 2))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _edit(member: str, value: str) -> Prover:
    def prover(folder: Path, chance: Random) -> None:
        path = _any(folder, chance)
        path.write_bytes(json.dumps({**json.loads(path.read_bytes()), member: value}, sort_keys=True).encode() + b"\n")

    return prover


def _link(folder: Path, chance: Random) -> None:
    path = _any(folder, chance)
    path.rename(folder / "moved")
    path.symlink_to(folder / "moved")


def _forged(folder: Path, chance: Random) -> None:
    number = chance.choice((3, 4, 7))
    more(folder, STRANGER, number)
    text(folder, number).unlink()


def _in_anothers_name(folder: Path, chance: Random) -> None:
    number = chance.choice((3, 4, 7))
    more(folder, STRANGER, number)
    *before, last = lines(folder)
    named = {"kind": OPERATOR.kind, "public": OPERATOR.public.hex()}
    put(folder, *before, line(replace(parse(last), body={**parse(last).body, "key": named})))
    text(folder, number).unlink()


def _replay(folder: Path, chance: Random) -> None:
    number = chance.choice((3, 4, 7))
    text(folder, number).unlink()
    put(folder, *lines(folder), *lines(folder.parent / "b"))


def _replay_fitted(folder: Path, chance: Random) -> None:
    """The other incident's removal, numbered and chained as it should be, with the signature that it had."""
    (foreign,) = lines(folder.parent / "b")
    more(folder, STRANGER, 3)
    *before, last = lines(folder)
    own = parse(last)
    put(folder, *before, line(replace(parse(foreign), incident=own.incident, seq=own.seq, prev=own.prev)))
    text(folder, 3).unlink()


def _repointed(folder: Path, chance: Random) -> None:
    """The removal of one text made that of another."""
    first, *rest = lines(folder)
    record = read_records(folder)[2]
    body = {**parse(first).body, "record": 3, "field": "reason", "commit": typed.commitment(record)}
    put(folder, line(replace(parse(first), body=body)), *rest)
    text(folder, 3).unlink()


def _member(name: str, value: object) -> Prover:
    def prover(folder: Path, chance: Random) -> None:
        first, *rest = lines(folder)
        put(folder, line(replace(parse(first), body={**parse(first).body, name: value})), *rest)

    return prover


def _cut_close(folder: Path, chance: Random) -> None:
    path = folder / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    (folder / "HEAD").unlink()


def _spliced(folder: Path, chance: Random) -> None:
    """What was recorded after the close, put into the journal."""
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(lines(folder)[0])


def _linked(folder: Path, chance: Random) -> None:
    (folder / AFTER).rename(folder / "x")
    (folder / AFTER).symlink_to(folder / "x")


def _another_in_its_place(folder: Path, chance: Random) -> None:
    more(folder, OPERATOR, 3)
    text(folder, 3).write_bytes(b"x")


def _as_note(folder: Path, chance: Random) -> None:
    *before, last = lines(folder)
    put(folder, *before, signs(replace(parse(last), type="note"), OPERATOR))


def _as_journal(folder: Path, chance: Random) -> None:
    """Signed under the journal's own domain."""
    *before, last = lines(folder)
    put(folder, *before, signed(last, OPERATOR.sign(b"irtui-journal-v1\n" + unsigned(last))))


def _last(folder: Path, *data: bytes) -> None:
    put(folder, *lines(folder)[:-1], *data)


WITHOUT_A_KEY: Mapping[str, tuple[str, Prover]] = {
    "a text deleted": ("altered", lambda f, c: _any(f, c).unlink()),
    "all texts deleted": ("altered", lambda f, c: shutil.rmtree(f / typed.TEXTS)),
    "a bit of a text flipped": ("altered", lambda f, c: _flip(_any(f, c), c)),
    "two texts exchanged": ("altered", _swap),
    "a text edited": ("altered", _edit("text", "nothing happened")),
    "a salt edited": ("altered", _edit("salt", "00" * 32)),
    "a text cut": ("altered", lambda f, c: _any(f, c).write_bytes(b"")),
    "a text made long": ("altered", lambda f, c: _any(f, c).write_bytes(b"x" * 200_000)),
    "a text a link": ("altered", _link),
    "a removal signed with another key": ("wrong key", _forged),
    "a removal in the operator's name": ("altered", _in_anothers_name),
    "a removal of another incident": ("altered", _replay),
    "a removal of another incident, fitted": ("altered", _replay_fitted),
    "a removal made that of another text": ("altered", _repointed),
    "another reason": ("altered", _member("because", "nobody knows")),
    "another record": ("altered", _member("record", 3)),
    "a bit of the removals flipped": ("altered", lambda f, c: _flip(f / AFTER, c)),
    "the removals cut": ("altered", lambda f, c: _last(f)),
    "the removals torn": ("altered", lambda f, c: _last(f, lines(f)[-1][: c.randrange(1, 300)])),
    "no removals": ("altered", lambda f, c: (f / AFTER).unlink()),
    "the removals a link": ("altered", _linked),
    "a removal twice": ("altered", lambda f, c: put(f, *lines(f), lines(f)[-1])),
    "two removals exchanged": ("altered", lambda f, c: put(f, *reversed(lines(f)))),
    "the first removal gone": ("altered", lambda f, c: put(f, *lines(f)[1:])),
    "spaces in a removal": (
        "altered", lambda f, c: _last(f, json.dumps(json.loads(lines(f)[-1]), sort_keys=True).encode() + b"\n"),
    ),
    "the close cut": ("truncated", _cut_close),
    "a removal put into the journal": ("altered", _spliced),
}  # fmt: skip
"""Found from what is there alone."""

WITH_THE_LONG_TERM_KEY: Mapping[str, tuple[str, Prover]] = {
    "a note after the close": ("altered", _as_note),
    "signed as the journal is": ("altered", _as_journal),
    "of a record that has no text": ("altered", lambda f, c: more(f, OPERATOR, 3, record=5)),
    "of a record that is not there": ("altered", lambda f, c: more(f, OPERATOR, 3, record=99)),
    "of a record true": ("altered", lambda f, c: more(f, OPERATOR, 3, record=True)),
    "of another member": ("altered", lambda f, c: more(f, OPERATOR, 3, field="step")),
    "of another commitment": ("altered", lambda f, c: more(f, OPERATOR, 3, commit="ab" * 32)),
    "of no commitment": ("altered", lambda f, c: more(f, OPERATOR, 3, commit=7)),
    "without a key": ("altered", lambda f, c: more(f, OPERATOR, 3, key=None)),
    "with a key that is none": ("altered", lambda f, c: more(f, OPERATOR, 3, key={"kind": "x", "public": "AB" * 32})),
    "a removal and the text still there": ("complete", lambda f, c: more(f, OPERATOR, 3)),
    "a removal and another text in its place": ("complete", _another_in_its_place),
    "a torn line more": ("complete", lambda f, c: put(f, *lines(f), b'{"body":{')),
    "a text that no record names": ("complete", lambda f, c: (f / typed.TEXTS / ("ab" * 32)).write_bytes(b"x")),
}  # fmt: skip
"""What may not be said even by who may remove texts, and what is no finding."""

PROVERS = {**WITHOUT_A_KEY, **WITH_THE_LONG_TERM_KEY, "nothing": ("complete", lambda f, c: None)}
