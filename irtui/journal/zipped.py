"""A zip that an incident travels in: the same files give the same bytes, and nothing in one that was sent is believed.

Rules for what is read: its names are among those looked for, each once; plain files that are stored, not compressed;
together they hold no more bytes than the zip, which begins with the first of them. All else is refused before a byte
is written.
"""

import contextlib
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from irtui.journal.evidence import open_regular

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The first time that a zip can hold."""
_LATEST = datetime(2107, 12, 31, tzinfo=UTC)
_CHUNK = 1024 * 1024
_ENCRYPTED = 0x1


def put(zip_file: zipfile.ZipFile, name: str, stream: BinaryIO, moment: datetime) -> None:
    """Adds one file, of the owner alone, as it is."""
    member = zipfile.ZipInfo(name, min(moment, _LATEST).timetuple()[:6])
    member.create_system = 3  # Unix, on every system
    member.external_attr = (stat.S_IFREG | 0o600) << 16
    with zip_file.open(member, "w", force_zip64=True) as out:
        shutil.copyfileobj(stream, out, _CHUNK)


@contextlib.contextmanager
def opened(path: Path, names: re.Pattern[str]) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """The zip and its members. Raises ValueError, in words, for what is none or may be a trap, and OSError."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as zip_file:
            file.seek(0, os.SEEK_END)
            yield zip_file, _members(zip_file, names, file.tell())
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError, EOFError) as flaw:
        raise ValueError(f"it is no zip, or a damaged one ({flaw})") from flaw


def take(zip_file: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Writes one member as a new file, durably. Raises OSError, ValueError."""
    with zip_file.open(member) as stream, path.open("xb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
        out.flush()
        os.fsync(out.fileno())


def _members(zip_file: zipfile.ZipFile, names: re.Pattern[str], size: int) -> list[zipfile.ZipInfo]:
    members = zip_file.infolist()
    for member in members:
        if not names.fullmatch(member.filename) or member.orig_filename != member.filename:
            raise ValueError(f"{member.filename[:80]!a} does not belong in it")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or member.flag_bits & _ENCRYPTED:
            raise ValueError(f"{member.filename} is no plain file")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise ValueError(f"{member.filename} is compressed, as no file in it should be: somebody packed it anew")
    if len({member.filename for member in members}) != len(members):
        raise ValueError("a name stands in it twice")
    inside = sum(member.file_size for member in members)
    if not members or inside > size or min(member.header_offset for member in members) != 0:
        raise ValueError("its files overlap, or something stands before them")
    return members
