"""A folder of logs, in the order of their names.

Rules: nothing outside the folder is read: links are not followed, devices and pipes are not opened, and each is told.
Every other file is a log, whatever its name says; the order is that of the paths, so that a search can go on after one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from irtui.errors import UsageError
from irtui.trail.search.crew import Log
from irtui.trail.search.findings import Finding

DEEPEST = 64
"""Folders in folders; CloudTrail's own are ten."""


def logs(folder: Path, after: str = "") -> Iterator[Log]:
    """Every log under `folder`, named by its path in there, that comes after `after`. Raises UsageError."""
    if folder.is_symlink() or not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", advice="Name the folder that the logs were downloaded to.")
    for log in _within(str(folder), "", 0):
        if not after or _order(log.where) > _order(after):
            yield log


def _order(where: str) -> list[str]:
    return where.split("/")


def _within(path: str, prefix: str, depth: int) -> Iterator[Log]:
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _instead("unreadable", prefix or ".", error.strerror or type(error).__name__)
        return
    for entry in entries:
        where = f"{prefix}{entry.name}"
        if entry.is_file(follow_symlinks=False):
            yield Log(where, path=entry.path)
        elif entry.is_symlink():
            yield _instead("link", where, "what it leads to was not read")
        elif not entry.is_dir(follow_symlinks=False):
            yield _instead("special", where, "it was not opened")
        elif depth < DEEPEST:
            yield from _within(entry.path, f"{where}/", depth + 1)
        else:
            yield _instead("unreadable", where, f"more than {DEEPEST} folders deep")


def _instead(kind: str, where: str, detail: str) -> Log:
    return Log(where, finding=Finding(kind, where, detail))
