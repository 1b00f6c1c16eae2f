"""Reading a bundle that somebody sent: nothing in it is believed, and nothing in it can act.

Rules: names come from a closed list; each name once; plain files that are stored, not compressed; together they hold no
more bytes than the zip; the zip begins with its first member. Everything else is refused before a byte is written.
"""

import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import BinaryIO

from irtui.errors import JournalError
from irtui.journal.after import AFTER
from irtui.journal.evidence import EVIDENCE, open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import HEAD
from irtui.journal.typed import TEXTS
from irtui.report.bundle import HTML, MARKDOWN, README, VERIFIER

_KNOWN = (README, VERIFIER, HTML, MARKDOWN, JOURNAL, AFTER, HEAD)
_NAME = re.compile(
    rf"(?:{'|'.join(map(re.escape, _KNOWN))}|(?:{EVIDENCE}|{TEXTS})/[0-9a-f]{{64}}"
    r"|keys/(?:incident|operator)-\d{1,9}\.pem)"
)
_ENCRYPTED = 0x1


def unbundle(path: Path, folder: Path) -> None:
    """Unpacks a bundle into an empty folder. Raises JournalError for what is no bundle or may be a trap."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as zip_file:
            members = _checked(zip_file, _size(file))
            for member in members:
                place = folder / member.filename
                place.parent.mkdir(mode=0o700, exist_ok=True)
                with zip_file.open(member) as stream, place.open("xb") as out:
                    shutil.copyfileobj(stream, out, 1024 * 1024)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError, ValueError, EOFError) as flaw:
        raise _refused(path, f"it is no zip, or a damaged one ({flaw})") from flaw
    except OSError as fault:
        raise _refused(path, f"it cannot be unpacked ({fault.strerror or fault})") from fault


def is_bundle(path: Path) -> bool:
    """Whether a file begins as a zip does; a journal never does."""
    try:
        with open_regular(path) as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


def _size(file: BinaryIO) -> int:
    file.seek(0, 2)
    return file.tell()


def _checked(zip_file: zipfile.ZipFile, size: int) -> list[zipfile.ZipInfo]:
    members = zip_file.infolist()
    names = [member.filename for member in members]
    for member in members:
        if not _NAME.fullmatch(member.filename) or member.orig_filename != member.filename:
            raise ValueError(f"a bundle holds no {member.filename[:80]!a}")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or member.flag_bits & _ENCRYPTED:
            raise ValueError(f"{member.filename} is no plain file")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise ValueError(
                f"{member.filename} is compressed, which a bundle's files are not: unpack it and verify the folder"
            )
    if len(set(names)) != len(names):
        raise ValueError("a name stands in it twice")
    if JOURNAL not in names:
        raise ValueError(f"there is no {JOURNAL} in it")
    if sum(member.file_size for member in members) > size or min(member.header_offset for member in members) != 0:
        raise ValueError("its files overlap, or something stands before them")
    return members


def _refused(path: Path, why: str) -> JournalError:
    return JournalError(
        f"{path.name}: {why}.", title="Not a bundle of irtui",
        advice="Nothing of it was believed. Ask for a new one: irtui audit export ID --bundle FILE.zip",
    )  # fmt: skip
