"""A piece of a journal's chain, link by link, in a process of its own. Imports little, so that it stands in a moment.

Rules: looks only at what ties lines together: each one's `prev` is the hash of the bytes before it, each `seq` one
more. Whatever is unusual in any way ends it with nothing said: the whole verifier must look then.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

MARKED = frozenset(("open", "join", "close"))
_LONGEST = 64 * 1024  # record.MAX_LINE, without importing what it needs
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from irtui.journal.links import main; main()"


def links(path: Path, start: int, end: int) -> dict[str, Any] | None:
    """What is between two line ends: how it begins, how it ends, and the place of each open, join and close with the
    place of the line before it."""
    import msgspec

    class Link(msgspec.Struct):
        prev: str
        seq: int
        type: str

    decode, sha256 = msgspec.json.Decoder(Link).decode, hashlib.sha256
    first: tuple[str, int] | None = None
    marks: list[tuple[int, str, int, int]] = []
    head, seq, offset, before = "", 0, start, start
    try:
        with path.open("rb") as file:
            file.seek(start)
            for line in file:
                link = decode(line)
                if link.prev != head or link.seq != seq + 1:
                    if first is not None:
                        return None
                    first = link.prev, link.seq
                head, seq = sha256(line).hexdigest(), link.seq
                if link.type in MARKED:
                    marks.append((seq, link.type, offset, before))
                before, offset = offset, offset + len(line)
                if offset - before > _LONGEST:
                    return None
                if offset >= end:
                    break
    except (OSError, msgspec.MsgspecError):
        return None
    if first is None or offset != end or not line.endswith(b"\n"):
        return None
    return {"first": first, "last": (head, seq, before), "marks": marks}


def main() -> None:
    path, start, end = sys.argv[2:5]
    sys.stdout.write(json.dumps(links(Path(path), int(start), int(end))))
