"""What somebody who holds an incident's key, and the operator's, may make of its journal before he shows it.

Each returns journal lines that hold in themselves. Only what lay with somebody else can speak against them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from irtui.journal.record import line, parse
from tests.support.provers import OPERATOR, OUTSIDER, OUTSIDERS, Case, Lines, chained, invented, other_key, put

Holder = Callable[[Random, Case], tuple[int, Lines]]
"""The first record that differs, and the journal."""


def _movable(chance: Random, case: Case, following: int = 0) -> int:
    """The index of a record that is, as those after it, neither open, join, recovered nor close."""
    kinds = [parse(data).type in ("open", "join", "recovered", "close") for data in case.lines]
    return chance.choice([n for n in range(len(kinds) - 1 - following) if not any(kinds[n : n + following + 1])])


def _told(lines: Lines, case: Case, mode: str = "real") -> Lines:
    return chained(lines, case.seeds, mode)


def _rewrites(chance: Random, case: Case) -> tuple[int, Lines]:
    index, data = invented(chance, case)
    return index + 1, _told(put(case.lines, index, data), case)


def _deletes(chance: Random, case: Case) -> tuple[int, Lines]:
    index = _movable(chance, case)
    return index + 1, _told(put(case.lines, index), case)


def _inserts(chance: Random, case: Case) -> tuple[int, Lines]:
    index, data = invented(chance, case)
    return index + 1, _told(put(case.lines, index, data, case.lines[index]), case)


def _reorders(chance: Random, case: Case) -> tuple[int, Lines]:
    index = _movable(chance, case, 1)
    one, two = case.lines[index : index + 2]
    return index + 1, _told([*case.lines[:index], two, one, *case.lines[index + 2 :]], case)


def _cuts_and_closes(chance: Random, case: Case) -> tuple[int, Lines]:
    index = chance.randrange(2, len(case.lines) - 1)
    before = parse(case.lines[index - 1])
    close = line(replace(before, type="close", body={"reason": f"done {chance.randint(1, 99)}"}))
    return index + 1, _told([*case.lines[:index], close], case)


def _back_dates(chance: Random, case: Case) -> tuple[int, Lines]:
    index = chance.randrange(1, len(case.lines))
    day = f"2026-10-{chance.randint(10, 30)}"
    late = [line(replace(record, t=day + record.t[10:])) for record in map(parse, case.lines[index:])]
    return index + 1, _told([*case.lines[:index], *late], case)


def _another_key(chance: Random, case: Case) -> tuple[int, Lines]:
    """The operator's key, stolen later, endorses a key for another history of the same incident."""
    index, data = invented(chance, case)
    lines = [
        other_key(each, OUTSIDER, OPERATOR) if parse(each).type in ("open", "join") else each
        for each in put(case.lines, index, data)
    ]
    return 1, chained(lines, {OUTSIDERS: OUTSIDER})


def _rehearsal_as_real(chance: Random, case: Case) -> tuple[int, Lines]:
    """A rehearsal's story, with the kind of its key changed too, signed anew as real."""
    lines = [
        other_key(data.replace(b'"mode":"rehearsal"', b'"mode":"real"'), OUTSIDER, OPERATOR)
        if parse(data).type == "open"
        else data
        for data in case.rehearsal
        if parse(data).type != "join"
    ]
    first = parse(lines[0])
    lines = [line(replace(parse(data), run=first.run, op=first.op)) for data in lines]
    return 1, chained(lines, {OUTSIDERS: OUTSIDER})


WITH_THE_KEY: Mapping[str, Holder] = {
    "rewrite a record": _rewrites,
    "delete a record": _deletes,
    "insert a record": _inserts,
    "reorder two": _reorders,
    "cut the end and close": _cuts_and_closes,
    "back-date": _back_dates,
    "another history under another key": _another_key,
    "a rehearsal as the real thing": _rehearsal_as_real,
}
