"""A bucket that was downloaded: `aws s3 sync s3://BUCKET DIR` (or several, each into DIR/BUCKET).

A digest's signature is metadata of its object, which a download leaves behind. The digest after it repeats it, so
only the newest of a chain needs it: beside `X.json.gz`, `X.json.gz.head.json` with what `aws s3api head-object` prints.
Rules: a link is never followed and nothing but a plain file is read; either is Hostile. What the disk refuses is
Unreachable. A key that would lead out of the folder is not looked for.
"""

import errno
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from irtui.trail.validate.store import Absent, Hostile, Opened, Unreachable

HEAD = ".head.json"
_PIECE = 1 << 16
_HEAD_LIMIT = 1 << 16


class FolderStore:
    def __init__(self, root: Path) -> None:
        self._root = root

    def keys(self, bucket: str, prefix: str, after: str = "") -> Iterator[str]:
        root = self._of(bucket)
        for key in _below(root, prefix.rpartition("/")[0]):
            if key.startswith(prefix) and key > after and not key.endswith(HEAD):
                yield key

    def plain(self, bucket: str) -> None:
        """Disks are quick enough."""

    def folders(self, bucket: str, prefix: str) -> list[str]:
        return [name for name, isdir in _entries(self._of(bucket) / prefix) if isdir]

    @contextmanager
    def open(self, bucket: str, key: str) -> Iterator[Opened]:
        root = self._of(bucket)
        with os.fdopen(_plain_file(root, key), "rb", buffering=0) as file:
            yield Opened(_pieces(file.fileno()), _head(root, key + HEAD))

    def below(self, prefix: str) -> str:
        """The first folder that is named for a bucket; empty when the bucket itself was downloaded here."""
        top = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
        if (self._root / top).is_dir():
            return ""
        names = [name for name, isdir in _entries(self._root) if isdir]
        return next((name for name in names if (self._root / name / top).is_dir()), "")

    def strange(self) -> Iterator[str]:
        """Paths in the folder that are neither files nor folders, links above all."""
        pending = [self._root]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in sorted(entries, key=lambda entry: entry.name):
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(Path(entry.path))
                        elif not entry.is_file(follow_symlinks=False):
                            yield os.path.relpath(entry.path, self._root)
            except OSError as error:
                yield f"{os.path.relpath(folder, self._root)} ({error.strerror})"

    def _of(self, bucket: str) -> Path:
        own = self._root / bucket if bucket and _safe(bucket) and "/" not in bucket else None
        return own if own is not None and not own.is_symlink() and own.is_dir() else self._root


def _safe(key: str) -> bool:
    return "\0" not in key and "\\" not in key and all(part not in ("", ".", "..") for part in key.split("/"))


def _plain_file(root: Path, key: str) -> int:
    """A descriptor, reached folder by folder so that no link is followed on the way."""
    if not _safe(key):
        raise Hostile("its name leads out of the folder")
    *folders, name = key.split("/")
    here = -1
    try:
        here = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for folder in folders:
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise Absent(key) from None
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise Hostile("a link or something else stands where CloudTrail's file should be") from None
        raise Unreachable(f"the disk says: {error.strerror}") from None
    except ValueError:
        raise Hostile("its name is no file's name") from None
    finally:
        if here >= 0:
            os.close(here)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Hostile("it is not a plain file")
    return file


def _pieces(file: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(file, _PIECE)
        except OSError as error:
            raise Unreachable(f"the disk says: {error.strerror}") from None
        if not piece:
            return
        yield piece


def _head(root: Path, key: str) -> Mapping[str, str] | None:
    """The metadata beside a digest; None where there are none, or none that can be read."""
    if "/CloudTrail-Digest/" not in f"/{key}":
        return None
    try:
        with os.fdopen(_plain_file(root, key), "rb") as file:
            told = json.loads(file.read(_HEAD_LIMIT))
    except (Absent, Hostile, Unreachable, OSError, ValueError, RecursionError):
        return None
    found = told.get("Metadata") if isinstance(told, dict) else None
    if not isinstance(found, dict):
        return None
    return {str(name).lower(): value for name, value in found.items() if isinstance(value, str)}


def _below(root: Path, start: str) -> Iterator[str]:
    """Keys of plain files, each folder's names in order. Links are left out here; `strange` names them."""
    if start and not _safe(start):
        return
    levels = [iter([(start, True)])] if start else [iter(_entries(root))]
    where = [""]
    while levels:
        name, isdir = next(levels[-1], ("", False))
        if not name:
            levels.pop(), where.pop()
        elif isdir:
            levels.append(iter(_entries(root / (where[-1] + name))))
            where.append(f"{where[-1]}{name}/")
        else:
            yield where[-1] + name


def _entries(folder: Path) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            plain = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if not entry.is_symlink()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Unreachable(f"{folder.name} cannot be listed: {error.strerror}") from None
    return sorted(plain)
