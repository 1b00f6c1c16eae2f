"""`${{ JMESPath }}`: filling a runbook's values from what is known, strictly.

Rules: a value that is exactly one expression keeps its type; inside longer text only text, numbers and
true/false may stand. Null is an error: the author writes `|| 'default'` where nothing is a good answer. A
condition must give true or false, nothing truthy. Roots of the context: inputs, steps, incident, aws, item (and
the step's `as` name). There are no functions besides JMESPath's own.

A condition over a reply (`until`) holds `${{ }}` parts *without quotes*: `UserName == ${{ steps.owner.user }}`.
Each is put in as a JMESPath literal of its own type, so no value, whoever chose it, can change what the
condition asks.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jmespath.exceptions

from irtui.canonical import plain
from irtui.clock import rfc3339
from irtui.errors import ExpressionError
from irtui.runbook import template
from irtui.runbook.syntax import LONGEST, LONGEST_FILLED, compiled, roots, shortened, watched

__all__ = ["evaluate", "fill", "fill_condition", "roots", "search", "truth", "watched"]


def evaluate(expression: str, data: Any) -> Any:
    """The value of a bare expression over `data`. Raises ExpressionError when it is wrong or yields null."""
    return _value(expression, data, LONGEST)


def truth(expression: str, data: Any) -> bool:
    """A bare condition over `data`. Raises ExpressionError for anything that is not true or false."""
    value = _value(expression, data, LONGEST_FILLED, "it gave nothing, a condition must give true or false")
    if not isinstance(value, bool):
        raise ExpressionError(f"{shortened(expression)}: a condition must give true or false, this gave {_kind(value)}")
    return value


def search(expression: str, data: Any) -> Any:
    """What an expression finds in `data`, None for nothing: for showing and comparing, never for deciding."""
    try:
        return compiled(expression, LONGEST_FILLED).search(data)
    except (jmespath.exceptions.JMESPathError, ExpressionError, TypeError, ValueError, RecursionError):
        return None


def fill(value: Any, context: Mapping[str, Any]) -> Any:
    """`value` with every `${{ }}` in its texts, at any depth, filled from `context`. Keys are never filled."""
    if isinstance(value, str):
        return _fill_text(value, context)
    if isinstance(value, Mapping):
        return {key: fill(item, context) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, context) for item in value]
    return value


def fill_condition(until: str, context: Mapping[str, Any]) -> str:
    """An `until` with its `${{ }}` parts put in as JMESPath literals. Raises ExpressionError for one inside quotes."""
    if template.OPEN not in until:
        return until
    if template.quoted(until):
        raise ExpressionError(f"{shortened(until)}: ${{{{ }}}} stands inside quotes", advice="Leave the quotes away.")
    return "".join(
        part if isinstance(part, str) else _literal(evaluate(part.text, context)) for part in template.parts(until)
    )


def _fill_text(text: str, context: Mapping[str, Any]) -> Any:
    if template.OPEN not in text:
        return text
    alone = template.sole(text)
    if alone is not None:
        return evaluate(alone, context)
    return "".join(
        part if isinstance(part, str) else _scalar(part.text, evaluate(part.text, context))
        for part in template.parts(text)
    )


def _value(expression: str, data: Any, longest: int, nothing: str = "it gave nothing") -> Any:
    try:
        value = compiled(expression, longest).search(data)
    except jmespath.exceptions.JMESPathTypeError as error:
        wanted = " or ".join(str(kind) for kind in error.expected_types)
        reason = f"{error.function_name}() was given {error.actual_type}, it takes {wanted}"
        raise ExpressionError(f"{shortened(expression)}: {reason}") from None
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, KeyError, RecursionError):
        # the library's own words may quote values, which may be secret
        raise ExpressionError(f"{shortened(expression)}: cannot be evaluated over this data") from None
    if value is None:
        raise ExpressionError(f"{shortened(expression)}: {nothing}")
    return value


def _scalar(expression: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    raise ExpressionError(f"{shortened(expression)}: {_kind(value)} cannot stand inside text")


def _literal(value: Any) -> str:
    # JSON escapes quotes and backslashes, and the backtick is written as an escape: nothing ends the literal early
    return "`" + json.dumps(plain(value)).replace("`", "\\u0060") + "`"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    return "text" if isinstance(value, str) else "nothing" if value is None else "a number"
