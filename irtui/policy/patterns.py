"""Wildcards, policy variables and ARNs, as IAM matches them."""

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case → their values. A key that is not there is absent, not empty."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


@lru_cache(maxsize=4096)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


@lru_cache(maxsize=4096)
def _tokens(pattern: str) -> tuple[tuple[bool, str], ...]:
    """(is a variable, text) in order."""
    found: list[tuple[bool, str]] = []
    end = 0
    for match in _VARIABLE.finditer(pattern):
        found += [(False, pattern[end : match.start()]), (True, match.group(1))]
        end = match.end()
    return (*found, (False, pattern[end:]))


def matches(pattern: str, value: str, ignore_case: bool = False) -> bool:
    """`*` is any run of characters, `?` exactly one."""
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


def filled(pattern: str, context: Context) -> str | None:
    """`pattern` with its policy variables replaced; None when one has no single value (then nothing matches).

    What a variable brings in is literal: its `*` and `?` are no wildcards. They travel as private-use
    characters, so the value to compare must pass through `literal` as well.
    """
    if "${" not in pattern:
        return pattern
    text = ""
    for variable, part in _tokens(pattern):
        if not variable:
            text += part
            continue
        value = _variable(part, context)
        if value is None:
            return None
        text += literal(value)
    return text


_LITERAL = str.maketrans({"*": "\ue000", "?": "\ue001"})


def literal(value: str) -> str:
    """`value` with its own `*` and `?` hidden from the matcher."""
    return value.translate(_LITERAL) if "*" in value or "?" in value else value


def wild(pattern: str, value: str, context: Context, variables: bool, ignore_case: bool = False) -> bool:
    """Whether `pattern`, with variables and wildcards, matches `value`."""
    if not variables or "${" not in pattern:
        return matches(pattern, value, ignore_case)
    text = filled(pattern, context)
    if text is None:
        return False
    return matches(text, value, ignore_case) or matches(text, literal(value), ignore_case)


def arn_like(pattern: str, value: str) -> bool:
    """Each of the six parts of an ARN is matched by itself, so a `*` does not reach over a colon."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return pattern == "*"
    return all(matches(part, other) for part, other in zip(wanted, given, strict=True))


def _variable(body: str, context: Context) -> str | None:
    if body in ("*", "?", "$"):
        return body
    name, comma, default = body.partition(",")
    values = context.get(name.strip().lower(), ())
    if len(values) == 1:
        return values[0]
    if not values and comma:
        return default.strip().strip("'")
    return None
