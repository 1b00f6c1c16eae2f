"""JMESPath as runbooks may use it: compiled within bounds, and what an expression reads, without evaluating it.

Rules: a runbook evaluates over what an attacker wrote into the account, so the work an expression can cause is
bounded before it runs: its length, its tokens, its depth, and how many times larger than its input a result can
become.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jmespath
import jmespath.exceptions
import jmespath.functions
import jmespath.lexer

from irtui.errors import ExpressionError

LONGEST = 400
"""Characters that an author may write in one expression."""
LONGEST_FILLED = 65536
"""Characters of a condition after its `${{ }}` parts were filled; they add only literals."""
MOST_TOKENS = 200
DEEPEST = 30
MOST_GROWTH = 64
"""How many times its input a result may hold: a product over multi-selects."""

_OPENING = {"lparen", "lbrace", "lbracket", "filter", "not"}
_CLOSING = {"rparen", "rbrace", "rbracket"}
_FUNCTIONS = jmespath.functions.Functions.FUNCTION_TABLE
_OPERATORS = {"or_expression", "and_expression", "not_expression", "comparator", "pipe"}
_PROJECTIONS = {"projection", "value_projection", "filter_projection", "flatten"}
_PATHS = _PROJECTIONS | {"field", "subexpression", "index_expression", "current", "identity"}
_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

Node = dict[str, Any]


@lru_cache(maxsize=512)
def compiled(expression: str, longest: int = LONGEST) -> Any:
    """The compiled expression. Raises ExpressionError for a syntax error, an unknown function or a broken bound."""
    if len(expression) > longest:
        raise ExpressionError(f"the expression is longer than {longest} characters")
    try:
        _bound_tokens(expression)
        parsed: Any = jmespath.compile(expression)
        _bound_tree(parsed.parsed)
    except jmespath.exceptions.EmptyExpressionError:
        raise ExpressionError("the expression is empty") from None
    except jmespath.exceptions.ParseError as error:
        raise ExpressionError(f"not JMESPath: {_first_line(error)}: {shortened(expression)}") from None
    except (jmespath.exceptions.JMESPathError, ValueError, RecursionError) as error:
        raise ExpressionError(f"not JMESPath: {_first_line(error)}: {shortened(expression)}") from None
    return parsed


def roots(expression: str) -> tuple[tuple[str, ...], ...]:
    """The names an expression reads from its root: `steps.a.list[?x].y` gives `("steps", "a", "list")`."""
    found: list[tuple[str, ...]] = []
    for node in _read(compiled(expression).parsed):
        names, _ = _leading_names(node)
        if names and tuple(names) not in found:
            found.append(tuple(names))
    return tuple(found)


def watched(until: str) -> tuple[str, ...]:
    """The longest field expressions that a condition reads: what a look compares for drift.

    Empty where the condition reads nothing (only literals)."""
    found: list[str] = []
    for node in _read(compiled(until, LONGEST_FILLED).parsed):
        text = written(node)
        try:
            same = compiled(text, LONGEST_FILLED).parsed == node
        except ExpressionError:
            same = False
        text = text if same else "@"  # what cannot be written down again is watched as a whole
        if text not in found:
            found.append(text)
    return tuple(found)


def misread(expression: str) -> tuple[str, ...]:
    """As it was meant, `!(a.b)`, what stands as `!a.b` and asks a member of true or false: never anything but null."""
    found = []
    for node in nodes(compiled(expression, LONGEST_FILLED).parsed):
        start = node
        while start["type"] in _PATHS and start["children"]:
            start = start["children"][0]
        if node["type"] in _PATHS and start["type"] == "not_expression":
            found.append(f"!({written(_with_start(node, start['children'][0]))})")
    return tuple(found)


def _with_start(node: Node, start: Node) -> Node:
    """The path with another first part."""
    if node["type"] not in _PATHS:
        return start
    first, *rest = node["children"]
    return {**node, "children": [_with_start(first, start), *rest]}


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything under it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(child for child in current["children"] if isinstance(child, dict))


def shortened(expression: str) -> str:
    """For messages."""
    return expression if len(expression) <= 80 else expression[:79] + "…"


def _bound_tokens(expression: str) -> None:
    depth = 0
    for count, token in enumerate(jmespath.lexer.Lexer().tokenize(expression)):
        if count > MOST_TOKENS:
            raise ExpressionError(f"the expression has more than {MOST_TOKENS} parts")
        depth += (token["type"] in _OPENING) - (token["type"] in _CLOSING)
        if depth > DEEPEST:
            raise ExpressionError(f"the expression is nested deeper than {DEEPEST}")


def _bound_tree(root: Node) -> None:
    if _depth(root) > 2 * DEEPEST:
        raise ExpressionError("the expression is nested too deep")
    growth = 1
    for node in nodes(root):
        if node["type"] in ("multi_select_list", "multi_select_dict"):
            growth *= len(node["children"])
        elif node["type"] == "function_expression":
            growth *= _checked_function(node)
        if growth > MOST_GROWTH:
            raise ExpressionError(f"the result could be more than {MOST_GROWTH} times as large as what it is made from")


def _checked_function(node: Node) -> int:
    """How much the function can make its input grow."""
    name, arguments = node["value"], node["children"]
    if name not in _FUNCTIONS:
        raise ExpressionError(f"there is no function {name}()")
    signature = _FUNCTIONS[name]["signature"]
    variadic = bool(signature) and signature[-1].get("variadic", False)
    if len(arguments) < len(signature) or (len(arguments) > len(signature) and not variadic):
        raise ExpressionError(f"{name}() takes {len(signature)} arguments, not {len(arguments)}")
    if name == "join" and arguments[0]["type"] != "literal":
        raise ExpressionError("join() takes a literal text as its separator")
    return 4 if name == "to_string" else 1


def _depth(root: Node) -> int:
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in node["children"] if isinstance(child, dict))
    return deepest


def _read(node: Node) -> Iterator[Node]:
    """The longest path nodes that are applied to the root, in order."""
    kind = node["type"]
    if kind == "expref" or kind == "literal":
        return
    if kind == "pipe":
        yield from _read(node["children"][0])
    elif kind in _PATHS:
        start = node
        while start["type"] in _PATHS and start["children"]:
            start = start["children"][0]
        if start["type"] in ("field", "current", "identity"):
            yield node
        else:
            yield from _read(start)
    else:
        for child in node["children"]:
            yield from _read(child)


def _leading_names(node: Node) -> tuple[list[str], bool]:
    """Field names from the root, and whether the path goes on with a name after them."""
    kind = node["type"]
    if kind == "field":
        return [node["value"]], True
    if kind in ("current", "identity"):
        return [], True
    if kind == "subexpression":
        names: list[str] = []
        for child in node["children"]:
            more, goes_on = _leading_names(child)
            names += more
            if not goes_on:
                return names, False
        return names, True
    if kind in _PATHS:
        return _leading_names(node["children"][0])[0], False
    return [], False


def written(node: Node, base: str = "") -> str:
    """A node as JMESPath text, applied to `base`."""
    kind, children = node["type"], node["children"]
    dot = f"{base}." if base else ""
    if kind == "identity":
        return base
    if kind == "current":
        return base or "@"
    if kind == "literal":
        return "`" + json.dumps(node["value"]).replace("`", "\\u0060") + "`"
    if kind == "field":
        return dot + _name(node["value"])
    if kind == "index":
        return f"{base}[{node['value']}]"
    if kind == "slice":
        return f"{base}[{':'.join('' if part is None else str(part) for part in children)}]"
    if kind == "subexpression":
        return _chain(children, base)
    if kind == "index_expression":
        return _chain(children, base)
    if kind == "flatten":
        return f"{written(children[0], base)}[]"
    if kind == "projection":
        left = written(children[0], base)
        sliced = children[0]["type"] == "index_expression" and children[0]["children"][1]["type"] == "slice"
        return written(children[1], left if sliced or children[0]["type"] == "flatten" else f"{left}[*]")
    if kind == "value_projection":
        left = written(children[0], base)
        return written(children[1], f"{left}.*" if left else "*")
    if kind == "filter_projection":
        return written(children[1], f"{written(children[0], base)}[?{written(children[2])}]")
    if kind == "multi_select_list":
        return f"{dot}[{', '.join(written(child) for child in children)}]"
    if kind == "multi_select_dict":
        pairs = (f"{_name(child['value'])}: {written(child['children'][0])}" for child in children)
        return f"{dot}{{{', '.join(pairs)}}}"
    if kind == "function_expression":
        return f"{dot}{node['value']}({', '.join(written(child) for child in children)})"
    if kind == "expref":
        return f"&{written(children[0])}"
    if kind == "not_expression":
        return f"!{_operand(children[0])}"
    symbol = (
        _SYMBOLS[node["value"]]
        if kind == "comparator"
        else {"or_expression": "||", "and_expression": "&&"}.get(kind, "|")
    )
    return f"{_operand(children[0])} {symbol} {_operand(children[1])}"


def _chain(children: list[Node], base: str) -> str:
    first, *rest = children
    text = written(first, base)
    if first["type"] in _PROJECTIONS | _OPERATORS:
        text = f"({text})"
    for child in rest:
        text = written(child, text)
    return text


def _operand(node: Node) -> str:
    return f"({written(node)})" if node["type"] in _OPERATORS else written(node)


def _name(name: str) -> str:
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name if plain else json.dumps(name)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
