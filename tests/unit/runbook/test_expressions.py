"""Filling `${{ }}`: strict, typed, and safe against what the values hold."""

import json
import time
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtui.errors import ExpressionError
from irtui.runbook.expressions import evaluate, fill, fill_condition, roots, search, truth, watched
from irtui.runbook.syntax import compiled

CONTEXT = {"inputs": {"n": 3, "list": [1], "s": "x", "f": False}, "steps": {"a": {"user": "jo"}}}


def test_a_value_that_is_one_expression_keeps_its_type() -> None:
    """Numbers, lists and maps survive; inside text they are written out, or refused."""
    assert fill({"A": "${{ inputs.n }}", "B": ["${{ inputs.list }}"]}, CONTEXT) == {"A": 3, "B": [[1]]}
    assert fill("n=${{ inputs.n }} f=${{ inputs.f }} ${aws:username}", CONTEXT) == "n=3 f=false ${aws:username}"
    with pytest.raises(ExpressionError, match="a list cannot stand inside text"):
        fill("x ${{ inputs.list }}", CONTEXT)


def test_null_is_an_error_unless_a_default_is_given() -> None:
    """A typo does not quietly become nothing."""
    with pytest.raises(ExpressionError, match=r"inputs\.zz: it gave nothing"):
        fill("${{ inputs.zz }}", CONTEXT)
    assert fill("${{ inputs.zz || 'none' }}", CONTEXT) == "none"


def test_braces_and_quotes_inside_an_expression_do_not_end_it() -> None:
    """The fence is closed by the }} that is outside of quotes and braces."""
    assert fill("${{ {a: {b: inputs.n}} }}", CONTEXT) == {"a": {"b": 3}}
    assert fill("<${{ '}}' }}>", CONTEXT) == "<}}>"
    with pytest.raises(ExpressionError, match="not closed"):
        fill("${{ inputs.n", CONTEXT)


@pytest.mark.parametrize(
    ("expression", "holds"), [("n == `3`", True), ("n == `4`", False), ("contains(list, `1`) && n > `2`", True)]
)
def test_conditions_are_true_or_false(expression: str, holds: bool) -> None:
    """A condition yields a real boolean."""
    assert truth(expression, CONTEXT["inputs"]) is holds


@pytest.mark.parametrize("expression", ["s", "list", "zz", "n"])
def test_nothing_is_truthy(expression: str) -> None:
    """Text, lists, numbers and null are errors as conditions."""
    with pytest.raises(ExpressionError, match="true or false"):
        truth(expression, CONTEXT["inputs"])


def test_an_absent_reply_can_be_asked_for() -> None:
    """A thing that is not there is judged as null."""
    assert truth("@ == `null`", None)


@given(st.text(), st.sampled_from(["N == ${{ v }}", "A[?N == ${{ v }}].N | [0] == ${{ v }}"]))
def test_no_value_changes_what_a_condition_asks(value: str, until: str) -> None:
    """Whatever an attacker calls a thing, the filled condition compares with exactly that."""
    filled = fill_condition(until, {"v": value})
    if value:
        data = {"N": value, "A": [{"N": value}]}
        assert truth(filled, data)
        assert not truth(
            filled, {"N": value + "'", "A": []} | ({} if "A[" not in until else {"A": [{"N": "other" + value}]})
        )


@given(st.recursive(st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(), st.lists, max_leaves=5))
def test_filled_values_keep_their_type_in_conditions(value: Any) -> None:
    """A list or number that is filled into a condition is that list or number."""
    assert jmespath.search(fill_condition("${{ v }}", {"v": value}), {}) == value


def test_quotes_around_a_filled_part_are_refused() -> None:
    """Inside quotes the literal would be compared as text; that is an error, not a silent false."""
    for until in ["N == '${{ v }}'", 'N == "${{ v }}"', "N == `${{ v }}`", "N == 'a\\' ${{ v }}'"]:
        with pytest.raises(ExpressionError, match="inside quotes"):
            fill_condition(until, {"v": "x"})
    assert fill_condition("N == 'it''s' || N == ${{ v }}", {"v": "x"}).endswith('`"x"`')


@pytest.mark.parametrize(
    "bomb",
    [
        "|".join(["[@,@]"] * 26) + "|@",
        "[@,@][]|" * 20 + "@",
        "[[@,@],[@,@],[@,@],[@,@],[@,@],[@,@]][]|" * 9 + "@",
        "(" * 190 + "a" + ")" * 190,
        "!" * 399 + "a",
        "*." * 199 + "*",
        "a" + "[*]" * 130,
        "a" + ".a" * 199,
        "a" + "|a" * 199,
        "to_string(" * 30 + "@" + ")" * 30,
        "join(to_string(@), [@,@])",
        "a||" * 130 + "a",
        "`" + "[" * 390 + "`",
        "a" * 401,
        "map(&[@,@],map(&[@,@],map(&[@,@],map(&[@,@],map(&[@,@],map(&[@,@],map(&[@,@],@)))))))",
        "f(a)",
        "length()",
        '"\\ud800".a',
        "",
        " ",
        "a..b",
        "'",
        "1e9",
        "@@",
        "[0:1:0]",
        "sum(@)",
        "to_number('x').a",
        "`1` == `1",
    ],
    ids=lambda text: text[:24],
)
def test_expressions_that_are_wrong_or_could_explode_are_errors(bomb: str) -> None:
    """Every bomb and every wrong expression ends quickly, in an ExpressionError or a small value."""
    data = {"a": [1] * 100}
    start = time.process_time()
    try:
        value = evaluate(bomb, data)
    except ExpressionError:
        value = None
    assert len(json.dumps(value)) < 100_000
    assert time.process_time() - start < 2
    search(bomb, data)


def test_messages_never_quote_values() -> None:
    """An error names the expression and kinds, not what was found: that may be secret."""
    with pytest.raises(ExpressionError) as caught:
        evaluate("length(a)", {"a": 5})
    assert "5" not in caught.value.message
    with pytest.raises(ExpressionError) as caught:
        fill("x ${{ a }}", {"a": {"password": "hunter2"}})
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("until", "paths"),
    [
        ("PolicyDocument.Statement[0].Effect == 'Deny'", ("PolicyDocument.Statement[0].Effect",)),
        ("A[?K == 'x'].Status | [0] == 'Inactive'", ('A[?K == `"x"`].Status',)),
        ("length(A[?K == 'x']) == `0` && !B", ('A[?K == `"x"`]', "B")),
        ("contains(keys(@), 'x')", ("@",)),
        ("(A || B).c == `1`", ("A", "B")),
        ("sort_by(A, &Date)[-1].Id == 'x'", ("A",)),
        ("`1` == `1`", ()),
    ],
)
def test_watched_names_what_a_condition_reads(until: str, paths: tuple[str, ...]) -> None:
    """The longest field expressions, without the right sides of pipes and what runs over items."""
    assert watched(until) == paths


@pytest.mark.parametrize(
    "expression",
    [
        "a.b[0].c",
        "a[?b=='x'].c",
        "a[].b",
        "*.x",
        "[a,b][]",
        "a[1:2].b",
        "(a[].b)[0]",
        "a[*][*].c",
        "a.*.b[?c].d",
        '"a-b".c[::2]',
        'a[].{x: y, "z w": k}.x',
        "a[?!b && (c || d > `1`)].e[]",
        "a[-1].b.*",
        "a[?contains(k, '`\\'')]",
        "a[*].[b, c]",
        "@.a[?@ == `1`]",
    ],
)
def test_watched_expressions_say_the_same_as_what_was_written(expression: str) -> None:
    """A path that is written out again compiles to the same tree, so drift compares what the condition reads."""
    (path,) = watched(f"{expression} == `1`") if not expression.startswith("[a") else (None,)
    if path is not None:
        assert path != "@"
        assert compiled(path).parsed == compiled(expression).parsed


def test_roots_stop_at_what_runs_over_items() -> None:
    """Names inside filters, projections and expression references are not names of the context."""
    assert roots("steps.a.list[?Status=='Active'].Id") == (("steps", "a", "list"),)
    assert roots("sort_by(inputs.x, &Name) || join(',', steps.b.c)") == (("inputs", "x"), ("steps", "b", "c"))
    assert roots("steps.a | b.c") == (("steps", "a"),)
    assert roots("(inputs.a || inputs.b).c") == (("inputs", "a"), ("inputs", "b"))
