"""What leaves an incident's folder: reports, the bundle, and the bundle of somebody else read back.

Rules: needs no key, no AWS, no settings, and loads none of their libraries. Nothing is ever overwritten.
"""

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from irtui.desk.dossier import dossier
from irtui.errors import UsageError
from irtui.journal.after import AFTER, read_after, removed_by
from irtui.journal.disk import RealDisk, write_all
from irtui.journal.evidence import EVIDENCE, open_regular
from irtui.journal.handle import JOURNAL
from irtui.journal.head import HEAD
from irtui.journal.read import read_journal
from irtui.journal.typed import TEXTS
from irtui.journal.verify import Verification, verify
from irtui.report.bundle import HTML, MARKDOWN, bundle, parts_of
from irtui.report.csv import csv
from irtui.report.dossier import Dossier
from irtui.report.html import html
from irtui.report.jsonl import jsonl
from irtui.report.markdown import markdown
from irtui.report.ocsf import ocsf
from irtui.report.unbundle import is_bundle, unbundle


def _jsonl(folder: Path) -> str:
    out = io.BytesIO()
    jsonl(folder, out)
    return out.getvalue().decode("ascii")


def _of(made: Callable[[Dossier], str]) -> Callable[[Path], str]:
    return lambda folder: made(dossier(folder))


FORMATS: Mapping[str, Callable[[Path], str]] = {
    "markdown": _of(lambda found: markdown(found.records, found.verification)),
    "html": _of(html),
    "csv": _of(csv),
    "ocsf": _of(ocsf),
    "jsonl": _jsonl,
}


def exported(folder: Path, form: str) -> str:
    """The incident in one of FORMATS. Raises JournalError for a journal that cannot be read."""
    return FORMATS[form](folder)


def written(text: str, path: Path) -> None:
    """A report as a new file. Raises UsageError."""
    with new_file(path) as fd:
        write_all(RealDisk(), fd, text.encode("utf-8"))


@dataclass(frozen=True, slots=True)
class Packed:
    path: Path
    size: int
    sha256: str
    verification: Verification


def packed(folder: Path, path: Path) -> Packed:
    """Writes the bundle of an incident to a new file that only its owner reads. Raises JournalError, UsageError."""
    with _still(folder) as still:
        found = dossier(still)
        reports = _reports(found)
        with new_file(path) as fd, os.fdopen(fd, "w+b", closefd=False) as out:
            bundle(still, reports, found.verification, out)
            out.seek(0)
            sha256 = hashlib.file_digest(out, "sha256").hexdigest()
            return Packed(path, out.tell(), sha256, found.verification)


def _reports(found: Dossier) -> dict[str, str]:
    return {HTML: html(found), MARKDOWN: markdown(found.records, found.verification)}


@contextlib.contextmanager
def _still(folder: Path) -> Iterator[Path]:
    """The incident as it is now, in a folder that no writer goes on with: HEAD first, because a writer writes it last;
    evidence where it lies, because it is durable before its record and never changes. What was typed comes before the
    word that it was removed, because it goes after it."""
    with tempfile.TemporaryDirectory(prefix="irtui-") as place:
        still = Path(place)
        for name in (HEAD, JOURNAL):
            _taken(folder, still, name)
        if not (still / JOURNAL).exists():
            read_journal(folder)  # says why there is none
        if (folder / EVIDENCE).is_dir():
            (still / EVIDENCE).symlink_to((folder / EVIDENCE).absolute())
        if (folder / TEXTS).is_dir():
            (still / TEXTS).mkdir()
            for path in (folder / TEXTS).iterdir():
                _taken(folder, still, f"{TEXTS}/{path.name}")
        _taken(folder, still, AFTER)
        for commit in removed_by(read_after(still)):  # also where whoever removed it was stopped before it went
            (still / TEXTS / commit).unlink(missing_ok=True)
        yield still


def _taken(folder: Path, still: Path, name: str) -> None:
    """Copies a regular file that is there."""
    with contextlib.suppress(OSError), open_regular(folder / name) as file:
        (still / name).write_bytes(file.read())


def verified(path: Path, by: Callable[..., Verification] = verify, **given: Any) -> Verification:
    """The verdict on an incident's folder, a journal file, or a bundle; `by` which verifier, and `given` what it takes
    besides. Raises JournalError for a zip that is no bundle."""
    if not is_bundle(path):
        return by(path, **given)
    with tempfile.TemporaryDirectory(prefix="irtui-") as unpacked:
        folder = Path(unpacked)
        unbundle(path, folder)
        return replace(by(folder, **given), around=(*_differences(folder), *_unnamed(folder)))


def _differences(folder: Path) -> Iterator[str]:
    """What in an unpacked bundle is not what this irtui would have put there."""
    read = dossier(folder)
    parts = parts_of(folder, _reports(read), read.verification)
    made = {**parts.pages, **parts.keys}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted({*made, *parts.copied, *found}):
        if name not in found:
            yield f"there is no {name} in it"
        elif name not in made and name not in parts.copied:
            yield f"{name} in it is of no key that the journal names, or of no text"
        elif name in made and (folder / name).read_bytes() != made[name].encode("utf-8"):
            yield f"{name} in it is not what this version of irtui makes of the journal: do not go by it"


def _unnamed(folder: Path) -> Iterator[str]:
    """Evidence that no record names: nothing vouches for it."""
    named = {str(record.body.get("sha256")) for record in read_journal(folder).records if record.type == "evidence"}
    for path in sorted((folder / EVIDENCE).glob("*")):
        if path.name not in named:
            yield f"{EVIDENCE}/{path.name} in it is named by no record"


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[int]:
    """A new file that only its owner reads, durable at the end and gone after a fault. Raises UsageError."""
    disk = RealDisk()
    try:
        fd = disk.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        raise UsageError(f"{path} exists already.", advice="Name a new file.") from None
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}.") from fault
    try:
        yield fd
        disk.fsync(fd)
    except BaseException as fault:
        path.unlink()
        if isinstance(fault, OSError):
            raise UsageError(f"{path} cannot be written: {fault.strerror}.") from fault
        raise
    finally:
        disk.close(fd)
