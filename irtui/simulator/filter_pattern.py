"""The JSON filter patterns of CloudWatch Logs: `{ $.a.b = "x*" && ($.n >= 5 || $.c NOT EXISTS) }`.

Rules, as AWS's guide to filter patterns has them: `=` and `!=` with text (`*` stands for anything) or a number, `<`,
`>`, `<=` and `>=` with a number, `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`, `&&` before `||`, parentheses.
`EXISTS` and `IS NOT` are no part of the language and are refused as AWS refuses them. A field that is not there, or is
a map or a list, matches no comparison, `!=` included. Text is compared with its capitals. Not simulated: patterns of
terms, of columns, and regular expressions.
"""

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import translate
from functools import lru_cache
from typing import Any, NamedTuple

Test = Callable[[Any], bool]
_TOKEN = re.compile(
    r"\s*(?:(?P<op>&&|\|\||!=|<=|>=|[(){}=<>])|(?P<field>\$(?:\.?\[\s*(?:'[^']*'|\d+)\s*\]|\.[\w-]+)+)"
    r'|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"(){}=<>!&|]+))'
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_PART = re.compile(r"\[\s*'([^']*)'\s*\]|\[\s*(\d+)\s*\]|\.([\w-]+)")
_MISSING = object()
_MOST = 1024


class PatternError(Exception):
    """AWS would refuse the pattern."""


class NotSimulatedPattern(Exception):
    """AWS would take it; the simulator does not read it."""


class _Token(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Callable[[str], bool]:
    """Whether a message matches. Raises PatternError and NotSimulatedPattern."""
    if len(pattern) > _MOST:
        raise PatternError("a filter pattern has at most 1024 characters")
    if not pattern.strip():
        return lambda message: True
    if not pattern.strip().startswith("{"):
        raise NotSimulatedPattern("only JSON filter patterns, { … }, are simulated")
    reader = _Reader(list(_tokens(pattern)))
    reader.take("op", "{")
    test = reader.either()
    reader.take("op", "}")
    reader.end()

    def matches(message: str) -> bool:
        try:
            data = json.loads(message)
        except ValueError:
            return False
        return isinstance(data, Mapping) and test(data)

    return matches


def _tokens(pattern: str) -> list[_Token]:
    found, at, text = [], 0, pattern.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise PatternError(f"cannot be read from {text[at : at + 20]!r} on")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match.group(kind)))
        at = match.end()
    return found


class _Reader:
    """Recursive descent; one method a level."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at = tokens, 0

    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _Token("end", "its end")

    def _pop(self) -> _Token:
        token = self._next()
        self._at += 1
        return token

    def take(self, kind: str, text: str) -> None:
        token = self._pop()
        if token != (kind, text):
            raise PatternError(f"{text} is expected before {token.text}")

    def end(self) -> None:
        if self._next().kind != "end":
            raise PatternError(f"nothing may follow the pattern, and {self._next().text} does")

    def either(self) -> Test:
        tests = [self._both()]
        while self._next() == ("op", "||"):
            self._pop()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda data: any(test(data) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._next() == ("op", "&&"):
            self._pop()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda data: all(test(data) for test in tests)

    def _one(self) -> Test:
        token = self._pop()
        if token == ("op", "("):
            inner = self.either()
            self.take("op", ")")
            return inner
        if token.kind != "field":
            raise PatternError(f"a field, $.name, is expected before {token.text}")
        return self._condition(_selector(token.text))

    def _condition(self, of: Callable[[Any], Any]) -> Test:
        operator = self._pop()
        if operator.kind == "word":
            return self._worded(operator.text.upper(), of)
        value = self._pop()
        if operator.kind != "op" or operator.text not in ("=", "!=", "<", ">", "<=", ">="):
            raise PatternError(f"an operator is expected before {operator.text}")
        if value.kind not in ("text", "word"):
            raise PatternError(f"a value is expected before {value.text}")
        return _comparison(operator.text, value, of)

    def _worded(self, word: str, of: Callable[[Any], Any]) -> Test:
        second = self._pop().text.upper()
        if (word, second) == ("NOT", "EXISTS"):
            return lambda data: of(data) is _MISSING
        wanted: Mapping[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}
        if word != "IS" or second not in wanted:
            raise PatternError(f"{word} {second} is no condition")
        return lambda data: of(data) is wanted[second]


def _selector(text: str) -> Callable[[Any], Any]:
    steps: list[str | int] = [int(n) if n else name or quoted for quoted, n, name in _PART.findall(text)]

    def of(data: Any) -> Any:
        for step in steps:
            fits = isinstance(data, list) if isinstance(step, int) else isinstance(data, Mapping)
            if (
                not fits
                or (isinstance(step, int) and step >= len(data))
                or (isinstance(step, str) and step not in data)
            ):
                return _MISSING
            data = data[step]
        return data

    return of


def _comparison(operator: str, value: _Token, of: Callable[[Any], Any]) -> Test:
    if value.kind == "word" and _NUMBER.fullmatch(value.text):
        return _numeric(operator, float(value.text), of)
    if operator not in ("=", "!="):
        raise PatternError(f"{operator} compares numbers, and {value.text} is none")
    if value.kind == "word" and "%" in value.text:
        raise NotSimulatedPattern("regular expressions in filter patterns are not simulated")
    if value.kind == "word" and not re.fullmatch(r"[\w*.:/@-]+", value.text):
        raise PatternError(f"{value.text} must stand in quotation marks")
    wanted = re.compile(translate(re.sub(r"([\[?])", r"[\1]", re.sub(r"\\(.)", r"\1", value.text))))

    def same(data: Any) -> bool:
        found = of(data)
        if isinstance(found, bool):
            found = str(found).lower()
        if isinstance(found, int | float):
            found = json.dumps(found)
        return isinstance(found, str) and (wanted.match(found) is not None) == (operator == "=")

    return same


def _numeric(operator: str, wanted: float, of: Callable[[Any], Any]) -> Test:
    tests: Mapping[str, Callable[[float], bool]] = {
        "=": wanted.__eq__, "!=": wanted.__ne__, "<": wanted.__gt__, ">": wanted.__lt__, "<=": wanted.__ge__,
        ">=": wanted.__le__,
    }  # fmt: skip
    holds = tests[operator]

    def compared(data: Any) -> bool:
        found = of(data)
        if isinstance(found, str) and _NUMBER.fullmatch(found):
            found = float(found)
        return isinstance(found, int | float) and not isinstance(found, bool) and bool(holds(float(found)))

    return compared
