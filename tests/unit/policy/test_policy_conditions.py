"""Condition operators: each row is (rule, operator, policy values, request values, outcome)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtui.policy.conditions import met
from irtui.policy.patterns import arn_like, matches

ROWS = [
    ("equal", "StringEquals", "ci", ["ci"], True),
    ("case matters", "StringEquals", "CI", ["ci"], False),
    ("one of several values suffices", "StringEquals", ["a", "ci"], ["ci"], True),
    ("no wildcard in StringEquals", "StringEquals", "c*", ["ci"], False),
    ("operator names are case-insensitive", "stringequals", "ci", ["ci"], True),
    ("absent fails", "StringEquals", "ci", None, False),
    ("IfExists: absent is met", "StringEqualsIfExists", "ci", None, True),
    ("IfExists: present must match", "StringEqualsIfExists", "ci", ["bob"], False),
    ("not equal", "StringNotEquals", "ci", ["bob"], True),
    ("negated: none may match", "StringNotEquals", ["a", "ci"], ["ci"], False),
    ("negated: absent is met", "StringNotEquals", "ci", None, True),
    ("ignoring case", "StringEqualsIgnoreCase", "CI", ["ci"], True),
    ("negated ignoring case", "StringNotEqualsIgnoreCase", "CI", ["ci"], False),
    ("like", "StringLike", "c*", ["ci"], True),
    ("like one character", "StringLike", "c?", ["ci"], True),
    ("not like", "StringNotLike", "c*", ["ci"], False),
    ("ARN", "ArnLike", "arn:aws:iam::*:user/*", ["arn:aws:iam::1:user/ci"], True),
    ("ARN: a star stays within its part", "ArnLike", "arn:*:user/ci", ["arn:aws:iam::1:user/ci"], False),
    ("ArnEquals takes wildcards too", "ArnEquals", "arn:aws:iam::1:user/c*", ["arn:aws:iam::1:user/ci"], True),
    ("not that ARN", "ArnNotLike", "arn:aws:iam::1:user/*", ["arn:aws:iam::1:user/ci"], False),
    ("true", "Bool", "true", ["true"], True),
    ("false is not true", "Bool", "true", ["false"], False),
    ("Bool: absent fails", "Bool", "true", None, False),
    ("BoolIfExists: absent is met", "BoolIfExists", "true", None, True),
    ("Bool: an unreadable policy is unknown", "Bool", "perhaps", ["true"], None),
    ("number", "NumericEquals", "10", ["10.0"], True),
    ("number differs", "NumericNotEquals", "10", ["10"], False),
    ("less", "NumericLessThan", "10", ["9"], True),
    ("less: not equal", "NumericLessThan", "10", ["10"], False),
    ("less or equal", "NumericLessThanEquals", "10", ["10"], True),
    ("greater", "NumericGreaterThan", "10", ["10"], False),
    ("greater or equal", "NumericGreaterThanEquals", "10", ["10"], True),
    ("number: an unreadable policy is unknown", "NumericEquals", "ten", ["10"], None),
    ("number: an unreadable request does not match", "NumericEquals", "10", ["ten"], False),
    ("earlier", "DateLessThan", "2026-11-23T02:14:00Z", ["2026-11-23T02:13:59Z"], True),
    ("not earlier", "DateLessThan", "2026-11-23T02:14:00Z", ["2026-11-23T02:14:00Z"], False),
    ("earlier with a fraction", "DateLessThan", "2026-11-23T02:14:00.5Z", ["2026-11-23T02:14:00Z"], True),
    ("earlier by an offset", "DateLessThan", "2026-11-23T02:14:00+02:00", ["2026-11-23T00:13:00Z"], True),
    ("epoch seconds", "DateGreaterThan", "0", ["2026-11-23T02:14:00Z"], True),
    ("the same moment", "DateEquals", "2026-11-23T02:14:00Z", ["2026-11-23T03:14:00+01:00"], True),
    ("another moment", "DateNotEquals", "2026-11-23T02:14:00Z", ["2026-11-23T02:14:00Z"], False),
    ("later or equal", "DateGreaterThanEquals", "2026-11-23", ["2026-11-23T00:00:00Z"], True),
    ("date: an unreadable policy is unknown", "DateLessThan", "soon", ["2026-11-23T02:14:00Z"], None),
    ("in the network", "IpAddress", "203.0.113.0/24", ["203.0.113.66"], True),
    ("one address", "IpAddress", "203.0.113.66", ["203.0.113.66"], True),
    ("outside", "NotIpAddress", "203.0.113.0/24", ["198.51.100.1"], True),
    ("IPv6", "IpAddress", "2001:db8::/32", ["2001:db8::1"], True),
    ("another family does not match", "IpAddress", "203.0.113.0/24", ["2001:db8::1"], False),
    ("network: an unreadable policy is unknown", "IpAddress", "here", ["203.0.113.66"], None),
    ("binary", "BinaryEquals", "aGk=", ["aGk="], True),
    ("absent: Null true", "Null", "true", None, True),
    ("present: Null true", "Null", "true", ["x"], False),
    ("present: Null false", "Null", "false", ["x"], True),
    ("all of the request's values", "ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("all: one is outside", "ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("all: absent is met", "ForAllValues:StringEquals", ["a"], None, True),
    ("any of the request's values", "ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("any: none", "ForAnyValue:StringEquals", ["a"], ["c"], False),
    ("any: absent fails", "ForAnyValue:StringEquals", ["a"], None, False),
    ("any negated: one is outside", "ForAnyValue:StringNotEquals", ["a"], ["a", "c"], True),
    ("all negated: one matches", "ForAllValues:StringNotEquals", ["a"], ["a", "c"], False),
    ("unknown operator", "StringSounds", "ci", ["ci"], None),
    ("unknown set operator", "ForSome:StringEquals", "ci", ["ci"], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "operator", "wanted", "given_", "outcome"), ROWS, ids=[f"{r[1]}-{r[0]}" for r in ROWS]
)
def test_operators(
    rule: str, operator: str, wanted: str | list[str], given_: list[str] | None, outcome: bool | None
) -> None:
    """Every operator answers True, False, or None when nobody can know."""
    values = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    context = {} if given_ is None else {"some:key": tuple(given_)}
    assert met({operator: {"Some:Key": values}}, context, True) is outcome


def test_all_operators_and_keys_must_hold() -> None:
    """A condition block is an and over operators and keys."""
    context = {"a": ("1",), "b": ("2",)}
    assert met({"StringEquals": {"a": ("1",), "b": ("2",)}}, context, True)
    assert met({"StringEquals": {"a": ("1",), "b": ("3",)}}, context, True) is False
    assert met({"StringEquals": {"a": ("1",)}, "StringLike": {"b": ("3*",)}}, context, True) is False


def test_a_certain_no_beats_an_unknown() -> None:
    """A Deny whose other condition certainly fails does not deny because of an unknown operator."""
    assert met({"Nonsense": {"a": ("1",)}, "StringEquals": {"a": ("2",)}}, {"a": ("1",)}, True) is False


def test_a_condition_value_takes_variables() -> None:
    """Policy variables work in condition values too."""
    context = {"s3:prefix": ("home/ci",), "aws:username": ("ci",)}
    assert met({"StringLike": {"s3:prefix": ("home/${aws:username}",)}}, context, True)
    assert met({"StringLike": {"s3:prefix": ("home/${aws:username}",)}}, context, False) is False


@given(st.text(max_size=30))
def test_a_pattern_without_wildcards_matches_only_itself(text: str) -> None:
    """Regular-expression characters in names have no meaning."""
    if not {"*", "?"} & set(text):
        assert matches(text, text)
        assert not matches(text, text + "x")


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_star_matches_anything_between(left: str, right: str) -> None:
    """`*` is any run of characters, line feeds included."""
    assert matches("a*b", f"a{left}\n{right}b")


def test_arns_need_six_parts() -> None:
    """Something that is no ARN is like no ARN, but `*` is like everything."""
    assert not arn_like("arn:aws:iam", "arn:aws:iam")
    assert arn_like("*", "whatever")
