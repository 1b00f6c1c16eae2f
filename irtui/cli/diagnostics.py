"""What goes to stderr, and the exit codes: the command line's contract with scripts.

Rules: an error irtui raises on purpose is shown as title, message, problems and advice, all inert. Anything else is
a bug: exit 70, its name and where the log is; the traceback goes to the log without locals and without secrets.
"""

import errno
import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path
from typing import Any, TextIO

from irtui import errors
from irtui.redact import masked_text
from irtui.text import inert, inert_lines


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    """A step failed, an objective was missed, or findings exist."""
    USAGE = 2
    INVALID = 3
    """A runbook, a scenario or the settings cannot be used."""
    CREDENTIALS = 4
    REFUSED = 5
    """Refused by a guard or declined by the operator."""
    NOT_VERIFIED = 6
    NO_KEY = 7
    NOT_SIMULATED = 8
    BUG = 70
    INTERRUPTED = 130


_CODES: dict[type[errors.IrtuiError], ExitCode] = {
    errors.UsageError: ExitCode.USAGE,
    errors.RunbookError: ExitCode.INVALID,
    errors.SettingsError: ExitCode.INVALID,
    errors.CredentialsError: ExitCode.CREDENTIALS,
    errors.Denied: ExitCode.REFUSED,
    errors.Declined: ExitCode.REFUSED,
    errors.JournalError: ExitCode.FAILED,
    errors.AwsFault: ExitCode.FAILED,
    errors.KeyUnavailable: ExitCode.NO_KEY,
    errors.SimulatorGap: ExitCode.NOT_SIMULATED,
}


def exit_code(error: BaseException) -> ExitCode:
    """The code of the nearest class that has one; an AWS fault about credentials is a matter of credentials."""
    if isinstance(error, errors.AwsFault) and error.kind == "expired":
        return ExitCode.CREDENTIALS
    for kind in type(error).__mro__:
        if kind in _CODES:
            return _CODES[kind]
    return ExitCode.FAILED if isinstance(error, errors.IrtuiError) else ExitCode.BUG


def as_data(error: errors.IrtuiError, code: ExitCode) -> dict[str, Any]:
    """The `error` member of `-o json`."""
    data: dict[str, Any] = {
        "code": code.name.lower(),
        "title": error.title,
        "message": masked_text(str(error)),
        "advice": error.advice,
    }
    if isinstance(error, errors.RunbookError) and error.problems:
        data["problems"] = [problem_data(problem) for problem in error.problems]
    return data


def problem_data(problem: errors.Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "level": problem.level,
        "message": problem.message,
        "hint": problem.hint,
        "rule": problem.rule,
    }


def problem_lines(problem: errors.Problem) -> str:
    """`path:line:col: level: message [rule]`, and the hint below it."""
    return inert(problem) + (f"\n    {inert(problem.hint)}" if problem.hint else "")


def say(error: errors.IrtuiError, stream: TextIO) -> None:
    """Title, message, problems and advice on `stream`, never more than a reader needs."""
    problems = error.problems if isinstance(error, errors.RunbookError) else ()
    first = f"irtui: {inert(error.title)}"
    if not any(problem.message in str(error) for problem in problems):
        first += f": {inert_lines(masked_text(str(error)))}"
    lines = [first, *(problem_lines(problem) for problem in problems)]
    if error.advice:
        lines.append(f"  {inert_lines(error.advice)}")
    print_to(stream, "\n".join(lines))


def bug(error: BaseException, log: Path) -> errors.IrtuiError:
    """Writes the traceback to `log` and returns what to say of it. A log that cannot be written loses only the
    traceback.
    """
    text = masked_text("".join(traceback.format_exception(error)))
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(inert_lines(text) + "\n")
        where = f"The traceback is in {log}."
    except OSError as fault:
        where = f"The traceback could not be kept ({fault.strerror})."
    message = f"{type(error).__name__}: {masked_text(str(error)).splitlines()[0][:200] if str(error) else 'no message'}"
    return errors.IrtuiError(
        message, title="A bug in irtui", advice=f"{where} An incident, if one was open, can be resumed."
    )


def print_to(stream: TextIO, text: str, end: str = "\n") -> None:
    """Text on a stream whose reader may be gone or may not take every character."""
    try:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + end)
        stream.flush()
    except (OSError, ValueError) as fault:
        if isinstance(fault, OSError) and fault.errno not in (errno.EPIPE, errno.EIO):
            raise
        # Nobody reads any more (EIO: the terminal has gone); keep the interpreter from failing again at its last flush.
        if stream in (sys.stdout, sys.stderr):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
