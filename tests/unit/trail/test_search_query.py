"""What matches a query, and that literals never rule out what matches."""

from typing import Any

import pytest

from irtui.errors import UsageError
from irtui.trail.search.query import Query, checked, literals, matches
from tests.support.search_logs import KEY, OTHER, event

ROLE = {
    "type": "AssumedRole", "accessKeyId": "ASIAEXAMPLE", "principalId": "AROAEXAMPLE:night-shift",
    "arn": "arn:aws:sts::111122223333:assumed-role/deploy/night-shift",
    "sessionContext": {"sessionIssuer": {
        "arn": "arn:aws:iam::111122223333:role/deploy", "userName": "deploy", "principalId": "AROAEXAMPLE",
    }},
}  # fmt: skip
EVENT = event(
    5, name="PutUserPolicy", errorCode="AccessDenied", userIdentity=ROLE,
    requestParameters={"userName": "victim", "list": [{"key": OTHER}]},
    resources=[{"ARN": "arn:aws:iam::111122223333:user/a/b", "type": "AWS::IAM::User"}],
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"access_keys": ("ASIAEXAMPLE",)}, True),
        ({"access_keys": (KEY, "ASIAEXAMPLE")}, True),
        ({"access_keys": (OTHER,)}, False),
        ({"principals": ("arn:aws:iam::111122223333:role/deploy",)}, True),
        ({"principals": ("deploy",)}, True),
        ({"principals": ("AROAEXAMPLE",)}, True),
        ({"principals": ("depl",)}, False),
        ({"sessions": ("night-shift",)}, True),
        ({"sessions": ("arn:aws:sts::111122223333:assumed-role/deploy/night-shift",)}, True),
        ({"sessions": ("deploy",)}, False),
        ({"event_names": ("PutUserPolicy",)}, True),
        ({"event_names": ("iam.PutUserPolicy",)}, True),
        ({"event_names": ("s3.PutUserPolicy",)}, False),
        ({"source_ips": ("203.0.113.7",)}, True),
        ({"source_ips": ("203.0.113.0/24",)}, True),
        ({"source_ips": ("2001:db8::/32", "198.51.100.0/24")}, False),
        ({"resources": ("victim",)}, True),
        ({"resources": (OTHER,)}, True),
        ({"resources": ("b",)}, True),
        ({"resources": ("a",)}, False),
        ({"error_codes": ("AccessDenied",)}, True),
        ({"error_codes": ("*",)}, True),
        ({"error_codes": ("Throttling",)}, False),
        ({"sessions": ("night-shift",), "error_codes": ("Throttling",)}, False),
    ],
    ids=str,
)
def test_an_event_is_what_was_asked(asked: dict[str, Any], expected: bool) -> None:
    """Alternatives of one field add, fields narrow, and part of a name is not the name."""
    assert matches(Query(**asked), EVENT) is expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [("12:00:05", "", True), ("12:00:06", "", False), ("", "12:00:05", False), ("", "12:00:06", True)],
)
def test_times_include_the_first_and_not_the_last(since: str, until: str, expected: bool) -> None:
    """`since` is the first moment that counts, `until` the first that does not."""
    data = {name: f"2026-11-20T{value}+00:00" for name, value in (("since", since), ("until", until)) if value}
    assert matches(Query.from_data(data), EVENT) is expected


def test_an_event_without_a_readable_time_is_not_left_out() -> None:
    """Nobody knows that it was outside the time that was asked."""
    query = Query.from_data({"since": "2026-11-20T12:00:00+00:00"})
    assert matches(query, event(1, eventTime="yesterday"))
    assert matches(query, event(1, eventTime=17))


@pytest.mark.parametrize("spelled", ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"])
def test_one_address_has_many_spellings(spelled: str) -> None:
    """An IPv6 address is found however it is written, so its text rules nothing out."""
    query = Query(source_ips=("2001:db8::1",))
    assert matches(query, event(1, sourceIPAddress=spelled))
    assert literals(query) == ()


def test_literals_are_held_by_every_record_that_matches() -> None:
    """Each group has a piece of plain characters of each alternative; where one has none, there is no group."""
    asked = Query(
        access_keys=(KEY, OTHER), principals=("arn:aws:iam::1:user/a b",), event_names=("iam.PutUserPolicy",),
        error_codes=("*",), sessions=("ä", "night-shift"),
    )  # fmt: skip
    assert literals(asked) == (
        (KEY.encode(), OTHER.encode()), (b"arn:aws:iam::1:user",), (b"PutUserPolicy",), (b"errorCode",),
    )  # fmt: skip


def test_a_query_goes_to_another_process_and_back() -> None:
    """What JSON holds of a query is the query."""
    query = Query.from_data({"access_keys": [KEY], "since": "2026-11-20T12:00:00+00:00", "error_codes": ["*"]})
    assert Query.from_data(query.as_data()) == query


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"access_keys": [""]},
        {"source_ips": ["203.0.113.9/24"]},
        {"since": "2026-11-20T12:00:00+00:00", "until": "2026-11-20T12:00:00+00:00"},
    ],
    ids=str,
)
def test_a_query_that_cannot_be_meant_is_refused(data: dict[str, Any]) -> None:
    """Nothing asked, an empty value, no network or no time between is a usage error, not an empty result."""
    with pytest.raises(UsageError):
        checked(Query.from_data(data))
