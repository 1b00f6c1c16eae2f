"""What somebody may do to a journal before he shows it: without any key, and with the incident's own.

Each prover takes a chance and a case, and returns the lines of a journal that says something else.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from irtui.journal.record import TYPES, Record, line, parse, signed, unsigned
from irtui.journal.seal import Ed25519Signer, endorse, sealed

Lines = list[bytes]
OUTSIDER = b"m" * 32
OUTSIDERS = Ed25519Signer.from_seed(OUTSIDER, "").public.hex()
OPERATOR = b"o" * 32
_ORDER = 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True)
class Case:
    lines: Lines
    other: Lines
    """Another incident of the same key, as long."""
    rehearsal: Lines
    """A rehearsal that tells the same story."""
    seeds: Mapping[str, bytes]
    """The seed of each public key in `lines`: what a key holder has."""


Prover = Callable[[Random, Case], Lines]


def chained(lines: Lines, seeds: Mapping[str, bytes], mode: str = "real") -> Lines:
    """The same records numbered, linked and signed anew, each sitting with its key; unknown keys get garbage."""
    prev, signer, out = "0" * 64, Ed25519Signer.from_seed(OUTSIDER, ""), []
    for seq, data in enumerate(lines, 1):
        record = parse(data)
        if record.type in ("open", "join"):
            signer = Ed25519Signer.from_seed(seeds.get(record.body["key"]["public"], OUTSIDER), "")
        new = line(replace(record, prev=prev, seq=seq))
        out.append(signed(new, signer.sign(sealed(mode, unsigned(new)))))
        prev = hashlib.sha256(out[-1]).hexdigest()
    return out


def other_key(data: bytes, seed: bytes, operator: bytes | None = None) -> bytes:
    """The `open` or `join` record with the key of `seed`, endorsed by `operator` when given."""
    record = parse(data)
    public = Ed25519Signer.from_seed(seed, "").public
    key: dict[str, Any] = {"kind": "keyring", "public": public.hex()}
    if operator:
        who = Ed25519Signer.from_seed(operator, "")
        key["endorsement"] = endorse(
            who, incident=record.incident, mode=str(record.body.get("mode", "real")), public=public
        )
    return line(replace(record, body={**record.body, "key": key}))


def at(chance: Random, lines: Lines, first: int = 1, last: int = 0) -> int:
    """The index of a record in the middle: not the first, nor the `last` ones."""
    return chance.randrange(first, len(lines) - last)


def put(lines: Lines, index: int, *instead: bytes) -> Lines:
    return [*lines[:index], *instead, *lines[index + 1 :]]


def members(chance: Random, case: Case, change: Callable[[Record], Record]) -> Lines:
    index = at(chance, case.lines)
    return put(case.lines, index, line(change(parse(case.lines[index]))))


def _flip(chance: Random, case: Case) -> Lines:
    index = at(chance, case.lines, 0)
    data = bytearray(case.lines[index])
    bit = chance.randrange((len(data) - 1) * 8)
    data[bit // 8] ^= 1 << bit % 8
    return put(case.lines, index, bytes(data))


def _form(spell: Callable[[Random, bytes], bytes]) -> Prover:
    """The same record in other bytes."""

    def prover(chance: Random, case: Case) -> Lines:
        index = at(chance, case.lines, 0)
        data = spell(chance, case.lines[index])
        assert data != case.lines[index]
        return put(case.lines, index, data)

    return prover


def _twice_inside(chance: Random, data: bytes) -> bytes:
    return data.replace(b'{"body":{', b'{"body":{"A":%d,"A":0,' % chance.randint(0, 9), 1)


def _number(chance: Random, data: bytes) -> bytes:
    seq = b'"seq":%d' % parse(data).seq
    return data.replace(
        seq, chance.choice([seq + b".0", seq + b"e0", seq[:6] + b"0" + seq[6:], seq[:6] + b"+" + seq[6:]])
    )


def _upper(chance: Random, data: bytes) -> bytes:
    record = parse(data)
    text = chance.choice([record.sig, record.prev if record.seq > 1 else record.sig]).encode()
    return data.replace(text, text.upper())


def _escaped(chance: Random, data: bytes) -> bytes:
    return data.replace(b'"alice"', b'"\\u0061lice"').replace(b'"bob"', b'"\\u0062ob"')


def _bytes(chance: Random, data: bytes) -> bytes:
    return chance.choice([data[:-1] + b"\r\n", b"\n" + data, b" " + data, b"\xef\xbb\xbf" + data, data[:-1] + b"\0\n"])


def _stretched(chance: Random, data: bytes) -> bytes:
    """S + the group's order: the same signature to a careless verifier."""
    signature = bytes.fromhex(parse(data).sig)
    s = int.from_bytes(signature[32:], "little") + _ORDER
    return signed(data, signature[:32] + s.to_bytes(32, "little"))


def _sorted_otherwise(chance: Random, data: bytes) -> bytes:
    pairs = list(json.loads(data).items())
    first = chance.randrange(1, len(pairs))
    return json.dumps(dict(pairs[first:] + pairs[:first]), separators=(",", ":")).encode() + b"\n"


def _swap(chance: Random, case: Case) -> Lines:
    index = at(chance, case.lines, 1, 1)
    return [*case.lines[:index], case.lines[index + 1], case.lines[index], *case.lines[index + 2 :]]


def _signatures_swapped(chance: Random, case: Case) -> Lines:
    index = at(chance, case.lines, 1, 1)
    one, two = case.lines[index : index + 2]
    pair = signed(one, bytes.fromhex(parse(two).sig)), signed(two, bytes.fromhex(parse(one).sig))
    return [*case.lines[:index], *pair, *case.lines[index + 2 :]]


def _delete(chance: Random, case: Case) -> Lines:
    index = at(chance, case.lines, 1, 1)
    return case.lines[:index] + case.lines[chance.randrange(index + 1, len(case.lines)) :]


def _linked_anew(chance: Random, case: Case) -> Lines:
    """A record is gone; number and link of what follows are made to fit, the signatures stay."""
    out = case.lines[: at(chance, case.lines, 1, 2)]
    for data in case.lines[len(out) + 1 :]:
        new = replace(parse(data), seq=len(out) + 1, prev=hashlib.sha256(out[-1]).hexdigest())
        out.append(line(new))
    return out


def _spliced(source: str, fitted: bool) -> Prover:
    def prover(chance: Random, case: Case) -> Lines:
        index = at(chance, case.lines)
        data = getattr(case, source)[index]
        if fitted:
            own = parse(case.lines[index])
            data = line(replace(parse(data), incident=own.incident, prev=own.prev, op=own.op, run=own.run))
        return put(case.lines, index, data)

    return prover


def _opening(change: Callable[[dict[str, Any]], Any]) -> Prover:
    def prover(chance: Random, case: Case) -> Lines:
        record = parse(case.lines[0])
        body = json.loads(json.dumps(dict(record.body)))
        change(body)
        return put(case.lines, 0, line(replace(record, body=body)))

    return prover


def _someone_elses_word(chance: Random, case: Case) -> Lines:
    return put(case.lines, 0, other_key(case.lines[0], OUTSIDER, OUTSIDER))


def _joins(chance: Random, case: Case) -> Lines:
    """Cuts the end, joins with a key of his own, and closes."""
    kept = case.lines[: at(chance, case.lines, 2, 1)]
    own = {**case.seeds, OUTSIDERS: OUTSIDER}
    first = parse(case.lines[0])
    join = other_key(line(replace(first, type="join", run="run-m")), OUTSIDER)
    close = line(replace(first, type="close", run="run-m", body={"reason": "done"}))
    return kept + chained([*kept, join, close], own)[len(kept) :]


def _own_key(chance: Random, case: Case) -> Lines:
    lines = [other_key(data, OUTSIDER) if parse(data).type in ("open", "join") else data for data in case.lines]
    lines[0] = other_key(case.lines[0], OUTSIDER)
    return chained(put(lines, *invented(chance, case)), {OUTSIDERS: OUTSIDER})


def invented(chance: Random, case: Case) -> tuple[int, bytes]:
    """A note with other words, in the place of a record that is neither open, join nor close."""
    places = [n for n, data in enumerate(case.lines) if parse(data).type not in ("open", "join", "close")]
    index = chance.choice(places)
    text = {"text": f"nothing happened {chance.random()}".replace(".", "")}
    return index, line(replace(parse(case.lines[index]), type="note", body=text))


def _inserted(chance: Random, case: Case) -> Lines:
    index, data = invented(chance, case)
    return [*case.lines[:index], data, *case.lines[index:]]


WITHOUT_A_KEY: Mapping[str, Prover] = {
    "flip a bit": _flip,
    "the time": lambda c, k: members(c, k, lambda r: replace(r, t=f"2026-10-{c.randint(10, 30)}T03:00:00.000000Z")),
    "the monotonic clock": lambda c, k: members(c, k, lambda r: replace(r, m=r.m + c.randint(1, 10**6))),
    "the operator": lambda c, k: members(c, k, lambda r: replace(r, op="mallory")),
    "the type": lambda c, k: members(c, k, lambda r: replace(r, type=c.choice(sorted(TYPES - {r.type})))),
    "the body": lambda c, k: put(k.lines, *invented(c, k)),
    "delete some": _delete,
    "delete the first": lambda c, k: k.lines[c.randint(1, 3) :],
    "delete one, and link anew": _linked_anew,
    "swap two": _swap,
    "one twice": lambda c, k: (n := at(c, k.lines), put(k.lines, n, k.lines[n], k.lines[n]))[1],
    "insert": _inserted,
    "splice from another incident": _spliced("other", False),
    "splice from another incident, fitted": _spliced("other", True),
    "splice from a rehearsal, fitted": _spliced("rehearsal", True),
    "swap two signatures": _signatures_swapped,
    "a signature of zeros": lambda c, k: (n := at(c, k.lines, 0), put(k.lines, n, signed(k.lines[n], bytes(64))))[1],
    "a signature plus the group's order": _form(_stretched),
    "spaces": _form(lambda c, d: json.dumps(json.loads(d), sort_keys=True).encode() + b"\n"),
    "members in another order": _form(_sorted_otherwise),
    "a member twice": _form(lambda c, d: d.replace(b',"v":1}', b',"v":1,"v":1}')),
    "a member of the body twice": _form(_twice_inside),
    "an escaped letter": _form(_escaped),
    "upper-case hex": _form(_upper),
    "a number in another form": _form(_number),
    "another version": _form(lambda c, d: d.replace(b'"v":1}', b'"v":%s}' % c.choice([b"0", b"2", b"true", b'"1"']))),
    "a member more": _form(lambda c, d: d.replace(b',"v":1}', b',"v":1,"w":%d}' % c.randint(0, 9))),
    "a member less": lambda c, k: (n := at(c, k.lines), put(k.lines, n, k.lines[n].replace(b'"op":"', b'"oq":"')))[1],
    "other bytes around the line": _form(_bytes),
    "two lines in one": lambda c, k: (n := at(c, k.lines, 1, 1), put(k.lines, n, k.lines[n][:-1]))[1],
    "another public key": _opening(lambda b: b["key"].update(public=OUTSIDERS)),
    "no endorsement": _opening(lambda b: b["key"].pop("endorsement")),
    "somebody else's endorsement": _someone_elses_word,
    "a rehearsal called real": lambda c, k: put(
        k.rehearsal, 0, k.rehearsal[0].replace(b'"mode":"rehearsal"', b'"mode":"real"')
    ),
    "real called a rehearsal": _opening(lambda b: b.update(mode="rehearsal")),
}  # fmt: skip
"""Found from the file alone, at whatever state it is."""

NEED_A_PIN: Mapping[str, Prover] = {
    "all of it signed with a key of his own": _own_key,
    "the end cut, and closed with a key of his own": _joins,
}
"""Found when the signer is given, or an anchor is."""
