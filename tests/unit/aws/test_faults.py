"""Error codes and where they belong."""

import pytest
from botocore.exceptions import ClientError

from irtui.aws.documents import parsed, written
from irtui.aws.faults import ADVICE, CODES, fault, kind_of
from irtui.errors import AwsFault, SimulatorGap


def told(code: str, status: int, operation: str = "GetUser") -> ClientError:
    response = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)  # type: ignore[arg-type]


def test_no_code_has_two_kinds_and_every_kind_has_advice() -> None:
    """A code that stood in two tables would be sorted by chance."""
    codes = [code for codes in CODES.values() for code in codes]
    assert len(codes) == len(set(codes))
    assert set(CODES) <= set(ADVICE) and all(text.endswith(".") for text in ADVICE.values())


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("NoSuchEntity", 404, "absent"),
        ("InvalidVpcEndpointId.NotFound", 400, "absent"),
        ("SomethingNotFoundException", 400, "absent"),
        ("AccessDeniedException", 400, "denied"),
        ("UnauthorizedOperation", 403, "denied"),
        ("NewCode", 403, "denied"),
        ("NewCode", 429, "throttled"),
        ("NewCode", 400, "invalid"),
        ("NewCode", 503, "unavailable"),
        ("NewCode", 0, "unknown"),
        ("ExpiredTokenException", 400, "expired"),
        ("LimitExceeded", 409, "conflict"),
    ],
)
def test_a_code_has_its_kind(code: str, status: int, kind: str) -> None:
    """Services spell the same thing differently; a new code is sorted by its status."""
    assert kind_of(code, status) == kind


def test_a_gap_is_one_only_in_a_rehearsal() -> None:
    """A real AWS that says 501 is not the simulator."""
    assert isinstance(fault(told("NotSimulated", 501), "iam.GetUser", simulated=True), SimulatorGap)
    assert isinstance(fault(told("NotSimulated", 501), "iam.GetUser"), AwsFault)


def test_an_error_while_getting_credentials_is_not_the_calls_own() -> None:
    """AssumeRole denied inside GetUser says so, or the operator looks for the wrong permission."""
    assert "AssumeRole" in str(fault(told("AccessDenied", 403, "AssumeRole"), "iam.GetUser"))


def test_documents_go_out_as_text_and_come_back_as_maps() -> None:
    """At any depth, URL-encoded or not; text that is no JSON stays."""
    assert written({"Policy": {"a": 1}, "In": [{"Policy": {}}], "P": "x"}, ["Policy"]) == {
        "Policy": '{"a":1}',
        "In": [{"Policy": "{}"}],
        "P": "x",
    }
    reply = {"Policy": "%7B%22a%22%3A1%7D", "In": [{"Policy": "{}"}, {"Policy": "no"}], "Other": "{}"}
    assert parsed(reply, ["Policy"]) == {"Policy": {"a": 1}, "In": [{"Policy": {}}, {"Policy": "no"}], "Other": "{}"}
