"""A process that reads logs for one query. Started by `crew`; imports little, so that it stands in a moment.

Rules: on stdin the query, then lines that name logs: each with its path, or one with the size of its bytes, which
follow; an empty line wants all that was found until then. On stdout a line for each event (its bytes follow), each
finding, and the ends of logs: the size of each. What was found in a log stands before its end, and after that of the
log before. A path is opened only when it is a plain file itself; a link or a device there is a finding.
"""

import json
import os
import signal
import stat
import sys
from io import BytesIO
from typing import BinaryIO

from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Hit, Reader

MANY = 64
"""Results of a log that are given on before its end is known."""
BUFFER = 64 * 1024
"""Bytes of answers that are written and read at once: as many as a pipe holds."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one decides when it ends
    with open(sys.stdout.fileno(), "wb", BUFFER, closefd=False) as answers:
        serve(sys.stdin.buffer, answers)


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    said = _Answers(answers)
    reader = Reader(Query.from_data(json.loads(asked.readline())), said.hit, said.finding)
    for line in asked:
        if line == b"\n":
            said.flush()
            continue
        for where, held in json.loads(line):
            before = reader.inflated
            try:
                if isinstance(held, int):
                    reader.read(where, BytesIO(asked.read(held)))
                else:
                    _stored(reader, where, held)
            except OSError as error:
                said.finding(Finding("unreadable", where, error.strerror or type(error).__name__))
            said.end(reader.inflated - before)


class _Answers:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._ends: list[int] = []
        self._told = 0

    def hit(self, found: Hit) -> None:
        self._begin()
        said = f"+{len(found.raw)} {found.id} {found.time}\n"
        if not (said.isascii() and said[:-1].isprintable() and said.count(" ") == 2):  # as no event of AWS's is
            said = json.dumps([len(found.raw), found.id, found.time]) + "\n"
        self._file.write(said.encode())
        self._file.write(found.raw)

    def finding(self, found: Finding) -> None:
        self._begin()
        self._file.write(json.dumps({"finding": [found.kind, found.where, found.detail]}).encode() + b"\n")

    def end(self, inflated: int) -> None:
        self._ends.append(inflated)
        if self._told >= MANY:  # whoever takes them has given some of them on: that the log has ended must not get lost
            self.flush()
        self._told = 0

    def flush(self) -> None:
        self._write_ends()
        self._file.flush()

    def _begin(self) -> None:
        self._told += 1
        self._write_ends()

    def _write_ends(self) -> None:
        if self._ends:
            self._file.write(" ".join(map(str, self._ends)).encode() + b"\n")
            self._ends.clear()


def _stored(reader: Reader, where: str, path: str) -> None:
    handle = _opened(path)
    try:
        reader.stored(where, handle)
    finally:
        os.close(handle)


def _opened(path: str) -> int:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "it is not a plain file any more")
    return handle
