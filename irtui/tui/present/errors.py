"""An error irtui raised on purpose, as lines: what, where in the author's file, what to do next."""

from irtui.errors import IrtuiError, RunbookError
from irtui.redact import masked_text
from irtui.tui.present.lines import EMPTY, Line, paragraphs


def error_lines(error: IrtuiError) -> tuple[Line, ...]:
    lines: list[Line] = [*paragraphs(masked_text(str(error)))]
    for problem in error.problems if isinstance(error, RunbookError) else ():
        lines += [((f"{problem.path}:{problem.line}:{problem.column} ", "dim"), (problem.message, "bad"))]
        lines += paragraphs(problem.hint, "dim")
    if error.advice:
        lines += [EMPTY, *paragraphs(error.advice, "name")]
    return tuple(lines)
