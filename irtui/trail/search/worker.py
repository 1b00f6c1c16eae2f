"""A process that reads logs for one query. Started by `crew`; imports little, so that it stands in a moment.

Rules: on stdin the query, then lines that name logs: each with its path, or one with the size of its bytes, which
follow; an empty line wants all that was found until then. On stdout a line for each event (its bytes follow), each
finding, and the end of each log. A path is opened only when it is a plain file itself; a link or a device there is a
finding.
"""

import json
import os
import signal
import stat
import sys
from io import BytesIO, FileIO
from typing import Any, BinaryIO

from irtui.trail.search.findings import Finding
from irtui.trail.search.query import Query
from irtui.trail.search.reading import Hit, Reader

MANY = 64
"""Results of a log that are given on before its end is known."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this one decides when it ends
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    told = 0

    def hit(found: Hit) -> None:
        nonlocal told
        told += 1
        _line(answers, {"hit": [found.id, found.time, len(found.raw)]})
        answers.write(found.raw)

    def finding(found: Finding) -> None:
        nonlocal told
        told += 1
        _line(answers, {"finding": [found.kind, found.where, found.detail]})

    reader = Reader(Query.from_data(json.loads(asked.readline())), hit, finding)
    for line in asked:
        if line == b"\n":
            answers.flush()
            continue
        for where, held in json.loads(line):
            before, told = reader.inflated, 0
            try:
                with BytesIO(asked.read(held)) if isinstance(held, int) else _opened(held) as file:
                    reader.read(where, file)
            except OSError as error:
                finding(Finding("unreadable", where, error.strerror or type(error).__name__))
            answers.write(b"%d\n" % (reader.inflated - before))
            if told >= MANY:  # whoever takes them has given some of them on: that the log has ended must not get lost
                answers.flush()


def _opened(path: str) -> Any:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "it is not a plain file any more")
    return FileIO(handle)


def _line(answers: BinaryIO, value: dict[str, Any]) -> None:
    answers.write(json.dumps(value).encode() + b"\n")
