"""What must not be called covered although the digests stand: nobody knows what was recorded, or of whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from irtui.errors import AwsFault
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.trail.coverage.changes import Change
from irtui.trail.coverage.covering import covering
from irtui.trail.coverage.looking import Facts, look
from irtui.trail.coverage.report import Coverage, State
from irtui.trail.coverage.trails import Known
from tests.support.memory_door import MemoryDoor

ACCOUNT, MEMBER = "111122223333", "444455556666"
ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
UNTIL, NOW = BEGIN + 8 * HOUR, BEGIN + 20 * HOUR
TRAIL = Known(
    "main", "us-east-1", ACCOUNT, ARN, exists=True, multi_region=True, validation=True, logging=True,
    started=BEGIN - 900 * HOUR, management=True,
)  # fmt: skip


def test_before_selectors_were_put_nobody_knows_what_was_recorded() -> None:
    """Selectors that record all from an hour on say nothing of the time before, however valid its digests are."""
    told = _states(_covering(changes=[_change("PutEventSelectors", 4, management=True)]))
    assert [(state, hours) for state, hours, _ in told] == [(State.UNKNOWN, 4), (State.COVERED, 4)]


def test_a_new_trail_records_all_management_events_until_it_is_told_otherwise() -> None:
    """CreateTrail in Event history: the selectors before the first PutEventSelectors are AWS's own."""
    made, on = _change("CreateTrail", 0, multi_region=True), _change("StartLogging", 0)
    told = _states(_covering(changes=[made, on, _change("PutEventSelectors", 4, management=True)]))
    assert [(state, hours) for state, hours, _ in told] == [(State.COVERED, 8)]


def test_without_the_home_regions_event_history_selectors_are_unknown() -> None:
    """A narrowing and its undoing would stand there; valid digests do not show them."""
    told = _states(_covering(refused={"us-east-1": "AccessDenied"}))
    assert [state for state, _, _ in told] == [State.UNKNOWN]


def test_findings_that_were_left_out_spoil_what_stands() -> None:
    """Of very many findings the rest is only counted: where they are is not known, so no hour is covered."""
    assert [state for state, _, _ in _states(_covering())] == [State.COVERED]
    told = _states(_covering(left_out=3))
    assert [(state, cause) for state, _, cause in told] == [(State.UNKNOWN, "unchecked")]


def test_the_end_of_an_hour_before_a_missing_digest_is_not_covered() -> None:
    """Events are delivered up to a quarter of an hour late, in the next hour's digest: without it nobody knows."""
    slots = [*_lane(ACCOUNT, "valid")["slots"], *_lane(ACCOUNT, "missing")["slots"]]
    slots[0]["until"] = slots[1]["since"] = (BEGIN + 4 * HOUR).isoformat()
    told = _states(_covering(lanes=[{"account": ACCOUNT, "region": "us-east-1", "slots": slots}]))
    assert [(state, hours) for state, hours, _ in told] == [
        (State.COVERED, 3.75), (State.UNKNOWN, 0.25), (State.NOT_COVERED, 4),
    ]  # fmt: skip


def test_the_end_of_the_newest_digest_is_not_delivered_yet() -> None:
    """The last digest ended just now: what happened in its last minutes may be in the next."""
    told = _states(_covering(now=UNTIL + HOUR / 4))
    assert [(state, hours, cause) for state, hours, cause in told] == [
        (State.COVERED, 7.75, ""), (State.UNKNOWN, 0.25, "not delivered yet"),
    ]  # fmt: skip


def test_each_account_of_an_organization_trail_has_a_row_of_its_own() -> None:
    """One account's digests vouch for nobody else; what is missing in one is not missing in the other."""
    found = _covering(lanes=[_lane(ACCOUNT, "valid"), _lane(MEMBER, "missing")])
    rows = {row.account: [window.state for window in row.windows] for row in found.rows if row.kind == "trail"}
    assert rows == {ACCOUNT: [State.COVERED], MEMBER: [State.NOT_COVERED]}


class _Elsewhere(MemoryDoor):
    """A multi-Region trail whose home is not among the Regions that are looked at, stopped at its home."""

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        match call.operation:
            case "DescribeTrails":
                return Reply({"trailList": [{"Name": "main", "TrailARN": ARN, "HomeRegion": "us-east-1"}]}, "r")
            case "LookupEvents" if call.region == "us-east-1":
                (wanted,) = call.params["LookupAttributes"]
                events = [_event()] if wanted["AttributeValue"] == "StopLogging" else []
                return Reply({"Events": [{"CloudTrailEvent": event} for event in events]}, "r")
            case "LookupEvents":
                return Reply({"Events": []}, "r")
        raise AwsFault("denied", "AccessDenied", "not allowed", call=call.name)


def test_what_was_done_to_a_trail_is_asked_in_its_home_region() -> None:
    """Looking at another Region alone still finds who stopped the trail that covers it."""
    facts = look(_Elsewhere(), ACCOUNT, ("eu-west-1",))
    assert [(change.name, change.home) for change in facts.changes] == [("StopLogging", "us-east-1")]
    assert facts.regions == ("eu-west-1",)


def _event() -> dict[str, Any]:
    return {
        "eventID": "11111111-2222-3333-4444-555555555555", "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging", "awsRegion": "us-east-1", "eventTime": "2026-03-01T04:00:00Z",
        "recipientAccountId": ACCOUNT, "userIdentity": {"arn": f"arn:aws:iam::{ACCOUNT}:user/mallory"},
        "requestParameters": {"name": "main"},
    }  # fmt: skip


def _change(name: str, hour: int, **more: Any) -> Change:
    return Change(BEGIN + hour * HOUR, name, "main", "us-east-1", ACCOUNT, "mallory", **more)


def _lane(account: str, verdict: str) -> dict[str, Any]:
    slot = {"since": BEGIN.isoformat(), "until": UNTIL.isoformat(), "verdict": verdict}
    return {"account": account, "region": "us-east-1", "slots": [slot]}


def _covering(
    *, changes: list[Change] | None = None, refused: dict[str, str] | None = None, left_out: int = 0,
    lanes: list[dict[str, Any]] | None = None, now: datetime = NOW,
) -> Coverage:  # fmt: skip
    facts = Facts(ACCOUNT, ("us-east-1",), [replace(TRAIL)], changes or [], refused or {})
    told = {"lanes": lanes or [_lane(ACCOUNT, "valid")], "findings": [], "findings_left_out": left_out}
    return covering(facts, BEGIN, UNTIL, now, {ARN: told})


def _states(found: Coverage) -> list[tuple[State, float, str]]:
    (row,) = [row for row in found.rows if row.kind == "trail"]
    return [(window.state, (window.until - window.since) / HOUR, window.cause) for window in row.windows]
