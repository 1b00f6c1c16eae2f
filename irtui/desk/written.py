"""What a question to CloudTrail leaves in files: each event or verdict as it comes, and the report.

Rules: secrets are masked; a file that is there is never written over; it is the operator's alone. The report is what
`-o json` prints, so that whatever reads one reads the other.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from irtui.canonical import plain
from irtui.errors import UsageError
from irtui.redact import masked

SCHEMA = "irtui-output-v1"


def at_home(path: str) -> str:
    """With a leading `~/` as the home folder, which a shell would have put in."""
    return str(Path.home() / path[2:]) if path.startswith("~/") else path


def as_object(ok: bool, data: Any, error: Mapping[str, Any] | None) -> str:
    """The one JSON object that a command prints."""
    value = {"schema": SCHEMA, "ok": ok, "data": masked(plain(data)), "error": error}
    return json.dumps(value, indent=2, ensure_ascii=True)


class Lines:
    """JSON objects, one a line; without a file they are dropped."""

    def __init__(self, file: IO[str] | None = None) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.count = 0
        self.trouble: OSError | None = None

    def add(self, make: Callable[[], Any]) -> None:
        """Never raises for the disk: a thread that reads logs must not end by it."""
        if self._file is None or self.trouble is not None:
            return
        line = json.dumps(masked(make())) + "\n"
        try:
            self._file.write(line)
        except OSError as fault:
            self.trouble = fault
        else:
            self.count += 1
            self._hash.update(line.encode("ascii"))

    def close(self) -> None:
        try:
            if self._file is not None:
                self._file.close()
        except OSError as fault:
            self.trouble = fault

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self._hash.hexdigest()


@contextmanager
def lines_in(path: str) -> Iterator[Lines]:
    """Raises UsageError for a file that is there already or cannot be made, and afterwards when it could not be
    written. An empty path is no file.
    """
    if not path:
        yield Lines()
        return
    lines = Lines(_new(path))
    try:
        yield lines
    except BaseException:
        lines.close()
        if not lines.count:  # what never began can be asked again, with the same file
            Path(at_home(path)).unlink(missing_ok=True)
        raise
    lines.close()
    if lines.trouble is not None:
        raise UsageError(f"{path} cannot be written: {lines.trouble.strerror}.") from lines.trouble


def save(path: str, text: str) -> str:
    """Writes a report into a new file; gives its SHA-256. Raises UsageError."""
    content = text + "\n"
    file = _new(path)
    try:
        with file:
            file.write(content)
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}.") from fault
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def _new(path: str) -> IO[str]:
    if not path.strip():
        raise UsageError("The file has no name.")
    try:
        handle = os.open(at_home(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(handle, "w", encoding="ascii", newline="")
    except FileExistsError:
        raise UsageError(f"{path} exists already.", advice="Name a new file.") from None
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}.") from fault
