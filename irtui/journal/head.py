"""HEAD: the number and hash of the last record, for people and against a cut tail.

Rules: derived and never trusted. It is written after its record is durable, so it never names more than the
journal has; when it does, the journal was cut. It always has the same length and is overwritten in place.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

HEAD = "HEAD"
_FORM = re.compile(r"incident ([^\n]{1,200})\nrecord   (\d{16})\nsha256   ([0-9a-f]{64})\n", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    incident: str
    seq: int
    sha256: str

    def text(self) -> bytes:
        return b"incident %b\nrecord   %016d\nsha256   %b\n" % (
            self.incident.encode("ascii"), self.seq, self.sha256.encode("ascii"),
        )  # fmt: skip


def read_head(folder: Path) -> Head | str:
    """What HEAD says, or in words why it says nothing. Never raises."""
    try:
        fd = os.open(folder / HEAD, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return "there is no HEAD file"
    except OSError as fault:
        return f"HEAD cannot be opened: {fault.strerror}"
    try:
        text = os.read(fd, 1024).decode("ascii")
    except (OSError, ValueError):
        return "HEAD cannot be read"
    finally:
        os.close(fd)
    match = _FORM.fullmatch(text)
    return Head(match[1], int(match[2]), match[3]) if match and int(match[2]) else "HEAD is not in its form"
