"""The windows of a row: what is claimed of the time, laid out without holes, the worst first."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from irtui.trail.coverage.changes import change_of, management
from irtui.trail.coverage.report import State, Window, laid
from irtui.trail.coverage.trails import Checked, Known, row

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
_MINUTES = st.integers(-300, 900).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
_CLAIMS = st.lists(
    st.builds(Window, _MINUTES, _MINUTES, st.sampled_from(State), st.sampled_from(["one", "two"])), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(_CLAIMS)
def test_windows_have_no_holes_and_the_worst_claim_holds(claims: list[Window]) -> None:
    """Whatever is claimed: the windows are exactly the time, and each moment has the worst that is claimed of it."""
    until = BEGIN + 10 * HOUR
    told = laid(BEGIN, until, claims, Window(BEGIN, until, State.UNKNOWN, "nobody knows"))
    assert (told[0].since, told[-1].until) == (BEGIN, until)
    assert all(one.until == after.since and one.since < one.until for one, after in pairwise(told))
    ranks = list(State)
    for window in told:
        middle = window.since + (window.until - window.since) / 2
        here = [claim.state for claim in claims if claim.since <= middle < claim.until]
        assert window.state is (max(here, key=ranks.index) if here else State.UNKNOWN)


def test_other_regions_are_blind_once_a_trail_is_narrowed_to_its_home() -> None:
    """UpdateTrail without multi-Region: from then on another Region is not covered, and the home Region still is."""
    event = {
        "eventSource": "cloudtrail.amazonaws.com", "eventName": "UpdateTrail", "awsRegion": "us-east-1",
        "eventTime": "2026-03-01T04:00:00Z", "recipientAccountId": "111122223333",
        "userIdentity": {"arn": "arn:aws:iam::111122223333:user/mallory", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "requestParameters": {"name": "main", "isMultiRegionTrail": False},
        "responseElements": {"name": "main", "trailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"},
    }  # fmt: skip
    change = change_of(event)
    assert change is not None
    known = Known(
        "main", "us-east-1", "111122223333", exists=True, multi_region=False, validation=True, logging=True,
        started=BEGIN - HOUR, management=True,
    )  # fmt: skip
    slots = [{"since": BEGIN.isoformat(), "until": (BEGIN + 8 * HOUR).isoformat(), "verdict": "valid"}]
    told = {
        region: row(known, region, [change], Checked(slots, []), "", BEGIN, BEGIN + 8 * HOUR, BEGIN + 10 * HOUR).windows
        for region in ("us-east-1", "eu-west-1")
    }
    assert [window.state for window in told["us-east-1"]] == [State.COVERED]
    blind = told["eu-west-1"][-1]
    assert (blind.since, blind.cause) == (BEGIN + 4 * HOUR, "single region")
    assert blind.by == "arn:aws:iam::111122223333:user/mallory (AKIAIOSFODNN7EXAMPLE)"
    assert change_of({**event, "errorCode": "AccessDenied"}) is None


def test_selectors_that_leave_something_out_do_not_record_all() -> None:
    """Writes only, a service left out or a narrowed advanced selector are not all; nothing said is nothing known."""
    whole = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": []}
    category = {"Field": "eventCategory", "Equals": ["Management"]}
    writes = {"Field": "readOnly", "Equals": ["false"]}
    assert management({"EventSelectors": [whole]}) is True
    assert management({"EventSelectors": [{**whole, "ReadWriteType": "WriteOnly"}]}) is False
    assert management({"EventSelectors": [{**whole, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}) is False
    assert management({"AdvancedEventSelectors": [{"FieldSelectors": [category]}]}) is True
    assert management({"AdvancedEventSelectors": [{"FieldSelectors": [category, writes]}]}) is False
    assert management({}) is None
