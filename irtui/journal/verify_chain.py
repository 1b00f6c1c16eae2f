"""The chain of a long journal on all cores, and the last signature of each sitting: what covers every record before.

Rules: a record's signature covers the hash of the one before it, so the last one of a sitting stands for all of it. It
finds nothing by itself: where anything does not fit, or it cannot tell, the whole verifier looks and names it. What was
left out is said: the form of each record, each signature, evidence, and what became of intents.
"""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from irtui.journal.anchor import Anchor, anchor
from irtui.journal.chain import GENESIS, Chain
from irtui.journal.evidence import open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import Head, read_head
from irtui.journal.links import PROGRAM, links
from irtui.journal.record import MAX_LINE, parse
from irtui.journal.verify import Verification, concluded, verify
from irtui.journal.verify_after import judge_after
from irtui.journal.walk import Walk

LEFT_OUT = (
    "only the chain and the last signature of each sitting were checked: not each signature, not evidence, not what"
    " people typed, not the form of each record"
)
SMALL = 4 * 1024 * 1024
"""Below this many bytes one process is quicker than two."""


def verify_chain(
    path: Path, *, incident: str = "", signers: Collection[str] | None = None, known: Collection[str] = (),
    anchors: Iterable[Anchor] = (),
) -> Verification:  # fmt: skip
    """Like `verify`, many times faster, when nothing is wrong; else it is `verify`."""
    given = tuple(anchors)
    folder, file = (path, path / JOURNAL) if path.is_dir() else (path.parent, path)
    with suppress(OSError, ValueError, IndexError, TypeError):
        chain = _chain(file)
        _fits(chain, read_head(folder), incident, given)
        walk = Walk(chain=chain, anchored=chain.count if any(not each.beside for each in given) else 0)
        judge_after(walk, folder, signers or (), texts=False, own=path.is_dir())
        if walk.findings:
            raise ValueError("after the close")
        found = concluded(walk, signers, known)
        return replace(found, unproven=(LEFT_OUT, *found.unproven))
    return verify(path, incident=incident, signers=signers, known=known, anchors=given)


def _fits(chain: Chain, head: Head | str, incident: str, anchors: tuple[Anchor, ...]) -> None:
    """Raises ValueError for what only a walk from the beginning can judge."""
    if isinstance(head, Head) and (head.incident, head.seq, head.sha256) != (chain.incident, chain.count, chain.head):
        raise ValueError("HEAD")
    if incident and incident != chain.incident:
        raise ValueError("another incident")
    ours = anchor(chain.incident, chain.count, chain.head)
    if any(each.note or replace(each, beside="") != ours for each in anchors):
        raise ValueError("an anchor")


def _chain(file: Path) -> Chain:
    """The chain at its end. Raises ValueError where anything is not as it should be."""
    with open_regular(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        ends = [0, size]
        if size > SMALL:
            cores = os.cpu_count() or 1
            ends[1:1] = [_line_end(stream, size * number // cores) for number in range(1, cores)]
        pieces = _pieces(file, ends)
        head, seq = GENESIS, 0
        for piece in pieces:
            if tuple(piece["first"]) != (head, seq + 1):
                raise ValueError("two pieces do not fit")
            head, seq, last = piece["last"]
        marks = [mark for piece in pieces for mark in piece["marks"]]
        if pieces and any(mark[2] == start and mark[0] > 1 for mark in marks for start in ends):
            raise ValueError("a sitting begins with a piece")  # then the line before it is in the other one
        chain = Chain()
        openings = [mark for mark in marks if mark[1] != "close"]
        for number, (_, _, offset, _) in enumerate(openings):
            _take(chain, stream, offset)
            end = openings[number + 1][3] if number + 1 < len(openings) else last
            if end != offset:
                _take(chain, stream, end)
        if (chain.count, chain.head) != (seq, head) or any(m[1] == "close" and m[0] != seq for m in marks):
            raise ValueError("it does not end as it should")
        return chain


def _take(chain: Chain, stream: Any, offset: int) -> None:
    """The record at that place with its signature; the links up to it are known."""
    stream.seek(offset)
    data = stream.readline(MAX_LINE + 1)
    record = parse(data)
    if chain.count:
        chain.count, chain.head = record.seq - 1, record.prev
    chain.take(data)


def _line_end(stream: Any, near: int) -> int:
    stream.seek(near)
    stream.readline(MAX_LINE + 1)
    return int(stream.tell())


def _pieces(file: Path, ends: list[int]) -> list[dict[str, Any]]:
    home = str(Path(__file__).parents[2])
    others = [
        subprocess.Popen(
            [sys.executable, "-I", "-c", PROGRAM, home, str(file), str(start), str(end)], stdout=subprocess.PIPE
        )
        for start, end in pairwise(ends[1:])
    ]
    try:
        found: list[Any] = [links(file, ends[0], ends[1])]
        found += [json.loads(process.communicate()[0]) for process in others]
    finally:
        for process in others:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
    if not all(found):
        raise ValueError("a piece has a flaw, or is none")
    return found
