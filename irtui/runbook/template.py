"""Text with `${{ expression }}` parts, taken apart.

Rules: an expression ends at the `}}` that closes it; quotes and braces inside it are seen. A value that is
exactly one expression keeps its type, which is why the parts of such a text are one part.
"""

from dataclasses import dataclass
from functools import lru_cache

from irtui.errors import ExpressionError

OPEN, CLOSE = "${{", "}}"


@dataclass(frozen=True, slots=True)
class Expression:
    """One `${{ }}` part, without the fence."""

    text: str


Part = str | Expression


@lru_cache(maxsize=512)
def parts(text: str) -> tuple[Part, ...]:
    """The text in order, without empty pieces. Raises ExpressionError for a `${{` that is not closed."""
    found: list[Part] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        if start > position:
            found.append(text[position:start])
        end = _end(text, start + len(OPEN))
        found.append(Expression(text[start + len(OPEN) : end].strip()))
        position = end + len(CLOSE)
    if position < len(text):
        found.append(text[position:])
    return tuple(found)


def expressions(text: str) -> tuple[str, ...]:
    """Every expression in the text."""
    return tuple(part.text for part in parts(text) if isinstance(part, Expression))


def sole(text: str) -> str | None:
    """The expression, when the text is exactly one."""
    pieces = parts(text.strip()) if OPEN in text else ()
    return pieces[0].text if len(pieces) == 1 and isinstance(pieces[0], Expression) else None


def quoted(condition: str) -> bool:
    """Whether a `${{ }}` part of a condition stands inside quotes, where it would not be filled as a value."""
    inside = ""
    for part in parts(condition):
        if isinstance(part, Expression):
            if inside:
                return True
            continue
        inside = _quote_after(part, inside)
    return False


def _quote_after(text: str, inside: str) -> str:
    """Which quote is open after `text`, when `inside` was open before it."""
    position = 0
    while position < len(text):
        character = text[position]
        if inside and character == "\\":
            position += 1
        elif inside:
            inside = "" if character == inside else inside
        elif character in "'\"`":
            inside = character
        position += 1
    return inside


def _end(text: str, start: int) -> int:
    depth, position, inside = 0, start, ""
    while position < len(text):
        character = text[position]
        if inside:
            if character == "\\":
                position += 1
            elif character == inside:
                inside = ""
        elif character in "'\"`":
            inside = character
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0 and text.startswith(CLOSE, position):
                return position
            depth -= 1
        position += 1
    raise ExpressionError(
        "a ${{ is not closed by }}",
        advice="Close it; where the value holds ' #' or ': ', put the whole value in double quotes.",
    )
