"""What is kept of a bug: type and place on the screen, the traceback without locals in the log file."""

import os
import traceback
from pathlib import Path

from irtui.redact import masked_text
from irtui.text import inert


def where(error: BaseException) -> str:
    """`ValueError in fold (fold.py:12)`: never the message, never a local, for either may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name} ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return inert(f"{type(error).__name__}{place}")


def log_bug(error: BaseException, log: Path | None) -> str:
    """Appends the traceback, masked, to `log`; what could not be written is said. Gives a sentence for the operator."""
    sentence = f"a bug: {where(error)}"
    if log is None:
        return sentence
    frames = "".join(traceback.format_exception(type(error), error, error.__traceback__, chain=True))
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(masked_text(frames) + "\n")
    except OSError as trouble:
        return f"{sentence}; the log could not be written: {type(trouble).__name__}"
    return f"{sentence}; the traceback is in {log}"
