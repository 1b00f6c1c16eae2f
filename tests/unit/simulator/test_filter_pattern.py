"""JSON filter patterns of CloudWatch Logs: what matches, what AWS would refuse, what is not simulated."""

import json

import pytest

from irtui.actions.alarm_chain import PATTERN, sample
from irtui.simulator.filter_pattern import NotSimulatedPattern, PatternError, compiled

EVENT = {
    "who": {"type": "Root", "mfa": None, "tags": ["a", "b"]}, "ip": "123.123.4.5", "n": 7, "text": "12", "on": True,
    "odd.name": "x", "empty": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.who.type = "Root" }', True),
        ('{ $.who.type = "root" }', False),
        ("{ $.who.type = Root }", True),
        ('{ $.who.type = "R*t" }', True),
        ("{ $.ip = 123.123.* }", True),
        ("{ $.ip != 123.123.* }", False),
        ('{ $.ip = "123?123.4.5" }', False),
        ('{ $.who.type != "Role" }', True),
        ('{ $.nowhere != "x" }', False),
        ('{ $.empty != "x" }', False),
        ("{ $.n = 7 }", True),
        ("{ $.n != 7 }", False),
        ("{ $.n >= 7 && $.n < 7.5e0 }", True),
        ("{ $.n > 7 }", False),
        ("{ $.text > 11 }", True),
        ("{ $.who.mfa IS NULL }", True),
        ("{ $.n IS NULL }", False),
        ("{ $.on IS TRUE }", True),
        ("{ $.on IS FALSE }", False),
        ("{ $.gone NOT EXISTS }", True),
        ("{ $.who.mfa NOT EXISTS }", False),
        ('{ $.who.tags[1] = "b" }', True),
        ("{ $.who.tags[2] NOT EXISTS }", True),
        ("{ $.['odd.name'] = x }", True),
        ('{ $.n = 1 && $.n = 2 || $.who.type = "Root" }', True),
        ('{ $.n = 1 && ($.n = 2 || $.who.type = "Root") }', False),
        ("", True),
    ],
)
def test_a_pattern_matches_as_the_guide_says(pattern: str, expected: bool) -> None:
    """Operators, wildcards, numbers, null, absence, precedence and parentheses."""
    assert compiled(pattern)(json.dumps(EVENT)) is expected


def test_what_is_no_json_matches_no_json_pattern() -> None:
    """Neither a line of text nor a list."""
    assert not compiled("{ $.a NOT EXISTS }")("a line of text")
    assert not compiled("{ $.a NOT EXISTS }")("[1]")


def test_the_pattern_of_the_alarm_means_root_itself() -> None:
    """A call of root; not a service as root, not an event of a service, not a user."""
    assert [compiled(PATTERN)(message) for message in sample("111122223333")] == [True, False, False, False]


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a EXISTS }", "{ $.a IS NOT NULL }", "{ $.a }", "{ a = 1 }", "{ $.a = 1", "{ $.a = 1 } 2", "{ ($.a = 1 }",
        '{ $.a > "x" }', "{ $.a = }", "{ $.a = 1 && }", "{ $.a == 1 }", "{ }", "{ $.a = x" + "x" * 1024 + " }",
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused(pattern: str) -> None:
    """EXISTS and IS NOT are no part of the language; neither is anything broken off."""
    with pytest.raises(PatternError):
        compiled(pattern)


@pytest.mark.parametrize("pattern", ["ERROR", "[ip, user]", "{ $.a = %x+% }", '"a phrase"'])
def test_what_is_not_read_says_so(pattern: str) -> None:
    """Terms, columns and regular expressions are AWS's, and not simulated."""
    with pytest.raises(NotSimulatedPattern):
        compiled(pattern)
