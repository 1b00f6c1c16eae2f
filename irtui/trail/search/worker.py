"""A process that reads logs for one query. Started by `crew`; imports little, so that it stands in a moment.

Rules: on stdin the query, then one line for each log: its name, and a path or the size of the bytes that follow; an
empty line wants all that was found until then. On stdout a line for each event (its bytes follow), each finding, and
the end of each log. A path is opened only when it is a plain file itself; a link or a device there is a finding.
"""

import json
import os
import signal
import stat
import sys
from io import BytesIO
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
        _line(answers, {"hit": [found.id, found.time, found.core, len(found.raw)]})
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
        item = json.loads(line)
        before, told = reader.inflated, 0
        try:
            with _opened(asked, item) as file:
                reader.read(item["where"], file)
        except OSError as error:
            finding(Finding("unreadable", item["where"], error.strerror or type(error).__name__))
        answers.write(b"%d\n" % (reader.inflated - before))
        if told >= MANY:  # whoever takes them has given some of them on: that the log has ended must not get lost
            answers.flush()


def _opened(asked: BinaryIO, item: dict[str, Any]) -> Any:
    if "path" not in item:
        return BytesIO(asked.read(item["size"]))
    handle = os.open(item["path"], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "it is not a plain file any more")
    return os.fdopen(handle, "rb", buffering=0)


def _line(answers: BinaryIO, value: dict[str, Any]) -> None:
    answers.write(json.dumps(value).encode() + b"\n")
