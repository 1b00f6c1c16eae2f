"""The bundle: one zip with everything a hostile reviewer needs, and nothing that has to be believed.

Rules: the same incident gives the same bytes, on any machine and at any time: the date in it is the last record's,
the order is fixed, and members are stored, not compressed (so nothing in it can unpack to more than its own size).
Files are copied as they are, an altered journal too: a bundle shows what is there.
"""

import base64
import contextlib
import io
import re
import stat
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO, NamedTuple

import irtui
from irtui.journal.after import AFTER
from irtui.journal.chain import Chain, Key
from irtui.journal.evidence import EVIDENCE, open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import HEAD
from irtui.journal.record import lines, parse
from irtui.journal.typed import TEXTS, commitment
from irtui.journal.verify import Verification
from irtui.journal.zipped import EARLIEST, put
from irtui.report.bundled.page import key_file, operator_file, readme

VERIFIER = "verify.py"
README = "README.md"
HTML, MARKDOWN = "report.html", "report.md"
_HASH = re.compile(r"[0-9a-f]{64}")
_PUBLIC = bytes.fromhex("302a300506032b6570032100")
"""What stands before an Ed25519 public key in DER (RFC 8410)."""


def bundle(folder: Path, reports: Mapping[str, str], verification: Verification, out: BinaryIO) -> None:
    """Writes the zip to `out`, which must be empty and seekable. Raises OSError for a journal that cannot be read."""
    parts = parts_of(folder, reports, verification)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as zip_file:
        for name, text in parts.pages.items():
            put(zip_file, name, io.BytesIO(text.encode("utf-8")), parts.last)
        for name, path in parts.copied.items():
            with open_regular(path) as stream:
                put(zip_file, name, stream, parts.last)
        for name, text in parts.keys.items():
            put(zip_file, name, io.BytesIO(text.encode("utf-8")), parts.last)


class Parts(NamedTuple):
    """What belongs in a bundle, by name."""

    pages: dict[str, str]
    """Made of the journal, for a reader."""
    copied: dict[str, Path]
    keys: dict[str, str]
    """Public keys that the journal names, PEM."""
    last: datetime
    """The time of the last record that holds."""


def parts_of(folder: Path, reports: Mapping[str, str], verification: Verification) -> Parts:
    """Raises OSError for a journal that cannot be read."""
    with open_regular(folder / JOURNAL) as file:
        data = file.read()
    chain, last = _walked(data)
    page = readme(chain.incident or folder.name, verification, chain.keys, irtui.__version__)
    return Parts(
        {README: page, VERIFIER: verifier(), **reports},
        dict(_copied(folder, {*_typed(data)} - {""})),
        {name: pem(public) for key in chain.keys for name, public in _publics(key)},
        last,
    )


def verifier() -> str:
    """The text of `verify.py`."""
    return files("irtui.report.bundled").joinpath(VERIFIER).read_text("utf-8")


def pem(public: str) -> str:
    """An Ed25519 public key, given in hex, as openssl reads it."""
    text = base64.b64encode(_PUBLIC + bytes.fromhex(public)).decode("ascii")
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"


def _publics(key: Key) -> Iterator[tuple[str, str]]:
    yield key_file(key), key.public
    if key.endorsed_by:
        yield operator_file(key), key.endorsed_by


def _copied(folder: Path, texts: Collection[str]) -> Iterator[tuple[str, Path]]:
    """What is copied as it is; links and stray files stay where they are, and of what was typed all but `texts`."""
    evidence = (path for path in sorted((folder / EVIDENCE).glob("*")) if _HASH.fullmatch(path.name))
    typed = (folder / TEXTS / name for name in sorted(texts))
    for path in (folder / JOURNAL, folder / AFTER, folder / HEAD, *evidence, *typed):
        if path.exists() and stat.S_ISREG(path.lstat().st_mode):
            yield path.relative_to(folder).as_posix(), path


def _walked(data: bytes) -> tuple[Chain, datetime]:
    """The chain as far as it holds, and the time of its last record."""
    chain, last = Chain(), EARLIEST
    for line in lines(data):
        try:
            last = max(EARLIEST, datetime.fromisoformat(chain.take(line).t))
        except ValueError:
            break
    return chain, last


def _typed(data: bytes) -> Iterator[str]:
    """The commitments to what was typed, also beyond a record that does not hold."""
    for line in lines(data):
        with contextlib.suppress(ValueError):
            yield commitment(parse(line))
