"""Warnings and library logs go to a file, masked, and never onto the screen."""

import logging
import os
from pathlib import Path

from irtui.redact import masked_text
from irtui.text import inert_lines


class _Masked(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return inert_lines(masked_text(super().format(record)), 16384)


class _Dropping(logging.FileHandler):
    """What cannot be written is dropped, also when the file's folder went away or its disk is full meanwhile."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # the file is opened at its first line, outside of what logging itself forgives
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Says nothing: logging would print a traceback over the operator's screen."""


def log_to(path: Path) -> None:
    """Sends warnings and worse to `path` (0600). Where it cannot be opened or written they are dropped: a log
    never stops an incident.
    """
    logging.captureWarnings(True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        handler: logging.Handler = _Dropping(path, encoding="utf-8", errors="backslashreplace", delay=True)
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # botocore logs requests with their headers below WARNING, and credentials problems loudly; both are told elsewhere.
    logging.getLogger("botocore").setLevel(logging.ERROR)
