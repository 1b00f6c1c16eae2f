"""Every error irtui raises on purpose, sorted by who must act.

Each has a `title` (what happened, one line) and an `advice` (what a tired person does next). Expected
results are values, not exceptions. Exit codes are the command line's contract and live in `cli`.
"""

from dataclasses import dataclass


class IrtuiError(Exception):
    """Root of all errors that irtui raises on purpose."""

    title = "Something went wrong"
    advice = ""

    def __init__(self, message: str, *, title: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if title is not None:
            self.title = title
        if advice is not None:
            self.advice = advice


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place of a file an author wrote. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    rule: str = ""
    """The lint rule that found it, empty for the loader and the schema."""
    level: str = "error"
    """`error` refuses the runbook; `warning` is shown and does not."""

    def __str__(self) -> str:
        text = f"{self.path}:{self.line}:{self.column}: {self.level}: {self.message}"
        return f"{text} [{self.rule}]" if self.rule else text


class RunbookError(IrtuiError):
    """The author must act: the runbook or scenario cannot be used. Carries every problem found."""

    title = "The runbook cannot be used"
    advice = "Mend the places below; nothing was done."

    def __init__(self, message: str, problems: tuple[Problem, ...] = (), **words: str) -> None:
        super().__init__(message, **words)
        self.problems = problems


class ExpressionError(RunbookError):
    """A `${{ }}` expression is wrong, or yielded nothing."""

    title = "An expression of the runbook gave no usable value"
    advice = "See what the step before it returned; if nothing is a good answer, write || 'default'."


class SettingsError(IrtuiError):
    """The operator must act: settings or arguments cannot be used."""

    title = "The settings cannot be used"


class UsageError(IrtuiError):
    """The operator asked for something that does not exist or does not fit together."""

    title = "That cannot be asked like this"


class CredentialsError(IrtuiError):
    """No usable AWS credentials: missing profile, expired session, refused MFA."""

    title = "No usable AWS credentials"


class Denied(IrtuiError):
    """A guard refused. The message is the guard's reason."""

    title = "Refused by a guard"


class Declined(IrtuiError):
    """A human said no, or left."""

    title = "Declined"


class JournalError(IrtuiError):
    """The journal cannot be written or read. Stop everything: no record, no act."""

    title = "The journal cannot be written"
    advice = "Nothing was sent to AWS. Free the disk or choose another folder with IRTUI_HOME, then resume."


class KeyUnavailable(IrtuiError):
    """No signing key can be had."""

    title = "No signing key"
    advice = "Choose an ephemeral key (--key ephemeral), or unlock the keyring."


class AwsFault(IrtuiError):
    """AWS, or the way to it, answered with an error.

    `kind` is one of: absent, denied, throttled, expired, invalid, conflict, unavailable, timeout,
    not_sent, unknown. Before an act, only `absent` means the thing is not there; `denied` and
    `timeout` mean that nobody knows.
    """

    title = "AWS refused"

    def __init__(
        self,
        kind: str,
        code: str,
        message: str,
        *,
        call: str = "",
        request_id: str = "",
        date: str = "",
        status: int = 0,
        advice: str = "",
    ) -> None:
        super().__init__(message, advice=advice)
        self.kind = kind
        self.code = code
        self.call = call
        self.request_id = request_id
        self.date = date
        self.status = status

    def __str__(self) -> str:
        return f"{self.call}: {self.code}: {self.message}" if self.call else f"{self.code}: {self.message}"


class SimulatorGap(IrtuiError):
    """The simulated AWS does not have this operation. Never shown as an answer of AWS."""

    title = "Not simulated"
    advice = "This is a limit of the rehearsal, not an answer of AWS. Skip the step and note it."
