"""Evidence files: named by the SHA-256 of their content, referenced by records.

Rules: values are masked and written as canonical JSON; bytes that are UTF-8 text are masked as text; other
bytes are kept as they are. A file is durable before its record is written.
"""

import errno
import hashlib
import os
import re
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

from irtui.canonical import canonical, plain
from irtui.journal.disk import Disk, write_file
from irtui.redact import masked, masked_text

EVIDENCE = "evidence"
_NAME = re.compile(r"[0-9a-f]{64}")


def content(value: Any) -> bytes:
    """What the evidence file of `value` holds. Raises ValueError for a value without a canonical form."""
    if not isinstance(value, bytes):
        return canonical(masked(plain(value)))
    try:
        return masked_text(value.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return value


def keep(disk: Disk, folder: Path, data: bytes) -> str:
    """Writes it durably; its SHA-256 in hex. Raises OSError."""
    name = hashlib.sha256(data).hexdigest()
    write_file(disk, folder / EVIDENCE / name, data)
    return name


def load(folder: Path, sha256: Any) -> bytes:
    """The bytes of an evidence file, when they are what its name says. Raises ValueError, in words."""
    if not isinstance(sha256, str) or not _NAME.fullmatch(sha256):
        raise ValueError("it names no evidence file")
    try:
        with open_regular(folder / EVIDENCE / sha256) as file:
            data = file.read()
    except FileNotFoundError:
        raise ValueError(f"evidence {sha256[:12]} is missing") from None
    except OSError as fault:
        raise ValueError(f"evidence {sha256[:12]} cannot be read: {fault.strerror}") from fault
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"evidence {sha256[:12]} is not what was recorded")
    return data


def open_regular(path: Path) -> BufferedReader:
    """Opens a regular file for reading; refuses links, pipes and devices. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(fd, "rb")
