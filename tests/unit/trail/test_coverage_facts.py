"""Whatever is known of a trail, its row has no hole and covers nothing that a fact denies."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.trail.coverage.changes import Change
from irtui.trail.coverage.covering import covering
from irtui.trail.coverage.looking import look
from irtui.trail.coverage.report import Coverage, State
from irtui.trail.coverage.trails import Checked, Known, row
from tests.support.memory_door import MemoryDoor

ACCOUNT = "111122223333"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURS = 12
_CHANGES = st.lists(
    st.tuples(
        st.integers(-100, 60 * HOURS), st.sampled_from(("CreateTrail", "DeleteTrail", "StartLogging", "StopLogging"))
    ),
    max_size=6,
)
_VERDICTS = st.lists(st.sampled_from(("valid", "missing", "invalid", "unchecked", "")), min_size=HOURS, max_size=HOURS)


@settings(max_examples=60, deadline=None)
@given(_CHANGES, _VERDICTS, st.booleans(), st.booleans())
def test_nothing_is_covered_that_a_fact_denies(
    made: list[tuple[int, str]], verdicts: list[str], exists: bool, logging: bool
) -> None:
    """Random changes over random digests: whole, in order, and covered only while it may have logged, digest valid."""
    changes = [
        Change(BEGIN + timedelta(minutes=at), name, "main", "us-east-1", ACCOUNT, "mallory")
        for at, name in sorted(made)
    ]
    slots = [
        {"since": (BEGIN + at * HOUR).isoformat(), "until": (BEGIN + (at + 1) * HOUR).isoformat(), "verdict": verdict}
        for at, verdict in enumerate(verdicts) if verdict
    ]  # fmt: skip
    known = Known("main", "us-east-1", ACCOUNT, exists=exists, logging=logging, management=True)
    until = BEGIN + HOURS * HOUR
    told = row(known, "us-east-1", changes, Checked(slots, []), "", BEGIN, until, until + 9 * HOUR).windows
    assert (told[0].since, told[-1].until) == (BEGIN, until)
    assert all(one.until == after.since and one.since < one.until for one, after in pairwise(told))
    for window in told:
        assert (window.state is State.COVERED) == (not window.cause)
        if window.state is State.COVERED:
            hours = range(int((window.since - BEGIN) / HOUR), int(-((BEGIN - window.until) // HOUR)))
            assert all(verdicts[hour] == "valid" for hour in hours)
            last = [change.name for change in changes if change.at <= window.since][-1:]
            assert last in ([], ["StartLogging"]), last


class _OneRefuses(MemoryDoor):
    """No trails; one Region's Event history may not be read."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        if call.operation == "LookupEvents" and call.region == "eu-west-3":
            raise AwsFault("denied", "AccessDenied", "not here", call=call.name)
        return Reply({"Events": [], "trailList": []}, "r")


def test_a_region_that_refuses_is_unknown_and_the_others_are_not() -> None:
    """Its Event history is unknown for the cause refused, and the report is not whole."""
    found = _refused()
    told = {row.region: [(window.state, window.cause) for window in row.windows] for row in found.rows}
    assert told["us-east-1"] == [(State.COVERED, "")]
    assert told["eu-west-3"] == [(State.UNKNOWN, "refused")]
    assert not found.whole and "eu-west-3" in " ".join(found.gaps)


def _refused() -> Coverage:
    facts = look(_OneRefuses(), ACCOUNT, ("us-east-1", "eu-west-3"))
    return covering(facts, BEGIN, BEGIN + 8 * HOUR, BEGIN + 10 * HOUR, {})
