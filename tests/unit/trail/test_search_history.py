"""A search of Event history that was stopped goes on: over the simulated AWS, and where pages and times are odd."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from irtui.clock import SystemClock
from irtui.desk.doors import ReadingDoor, reading_door
from irtui.desk.searches import Places, sources
from irtui.errors import UsageError
from irtui.model.call import Call
from irtui.model.outcome import Reply
from irtui.trail.search import cursor
from irtui.trail.search.history import History
from irtui.trail.search.query import Query
from irtui.trail.search.searching import Found, search
from tests.support.memory_door import MemoryDoor
from tests.support.search_logs import KEY, OTHER, event, numbers
from tests.support.trails import Trailed

BOTH = Query(access_keys=(KEY, OTHER))
REGIONS = ("us-east-1", "eu-west-1")


class _Pages(MemoryDoor):
    """Two Regions with events of two keys, newest first, a few a page; several are of the same second."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []

    def read(self, call: Call, *, pages: int = 1) -> Reply:
        self.asked.append(dict(call.params) | {"region": call.region})
        key = call.params["LookupAttributes"][0]["AttributeValue"]
        first = REGIONS.index(call.region or "") * 200 + (key == OTHER) * 100
        rows = []
        for number in range(first + 24, first, -1):
            at = datetime(2026, 11, 20, 12, 0, number % 100 // 4, tzinfo=UTC)
            told = event(number, key, eventTime=f"{at:%Y-%m-%dT%H:%M:%SZ}")
            if at <= call.params.get("EndTime", at):
                rows.append({"EventTime": at, "CloudTrailEvent": json.dumps(told)})
        begin = int(call.params.get("NextToken", 0))
        more = {"NextToken": str(begin + 5)} if begin + 5 < len(rows) else {}
        return Reply({"Events": rows[begin : begin + 5], **more}, "r")


def _stopped(history: History, query: Query, after: int) -> Found:
    """Stopped by ctrl-c when so much progress was told."""

    def progress(found: Found) -> None:
        nonlocal after
        after -= 1
        if after < 0:
            raise KeyboardInterrupt

    return search(query, [history], progress=progress)


@pytest.mark.parametrize("after", range(0, 22, 3))
def test_the_two_halves_of_a_stopped_search_are_the_whole(after: int) -> None:
    """Wherever it was stopped, even among events of one second: nothing is left out when it goes on."""
    whole = search(BOTH, [History(_Pages(), REGIONS)])
    first = _stopped(History(_Pages(), REGIONS), BOTH, after)
    assert first.stopped and not first.answered[0].whole
    door = _Pages()
    second = search(BOTH, [History(door, REGIONS, after=cursor.parsed(first.answered[0].cursor, BOTH))])
    assert sorted({*numbers(first), *numbers(second)}) == sorted(numbers(whole))
    assert len(numbers(whole)) == 96 and second.answered[0].whole


def test_what_was_read_is_not_asked_again() -> None:
    """A Region that was read to its end is left out, and the others begin at the second that they reached."""
    after = cursor.Cursor(
        cursor.beginning(BOTH, ()).query,
        {"us-east-1": cursor.Reached(ended=True), "eu-west-1": cursor.Reached(1, 1_795_176_003)},
    )
    door = _Pages()
    search(BOTH, [History(door, REGIONS, after=cursor.parsed(str(after), BOTH))])
    assert {one["region"] for one in door.asked} == {"eu-west-1"}
    assert {one["EndTime"].timestamp() for one in door.asked} == {1_795_176_003}
    assert {one["LookupAttributes"][0]["AttributeValue"] for one in door.asked} == {OTHER}


@pytest.mark.parametrize(
    "text",
    [
        "x", "history:", "{of}", "{of},us-east-1", "{of},us-east-1=0@soon", "{of},us-east-1=2@1",
        "{of},us-east-1=end,us-east-1=0@", "history:0000000000000000,us-east-1=0@1", "AWSLogs/a.json.gz",
    ],
)  # fmt: skip
def test_a_place_that_cannot_be_read_is_refused(text: str) -> None:
    """A part of a line, a changed one, or that of another search: refused, not begun somewhere."""
    with pytest.raises(UsageError):
        cursor.parsed(text.replace("{of}", f"history:{cursor.beginning(BOTH, ()).query}"), BOTH)


@pytest.mark.parametrize("row", [None, {}, {"EventTime": None}, {"EventTime": "soon"}, {"EventTime": 5}])
def test_a_page_without_a_time_moves_nothing(row: Any) -> None:
    """What has no time that can be read leaves the place where it was."""
    assert cursor.Reached(1, 7).down_to(row) == cursor.Reached(1, 7)


def test_it_goes_on_over_the_simulated_aws(trailed: Trailed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real pages over HTTP: stopped after the first, the rest is found by --after alone, without --region."""
    iam = trailed.lab.client("iam", trailed.key)
    for _ in range(2):
        for _ in range(30):
            iam.get_account_summary()
        trailed.lab.world.advance(1200)
    key = trailed.key["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    query = Query(access_keys=(key["AccessKeyId"],), event_names=("iam.GetAccountSummary",))
    first = _stopped(History(_door(trailed), ("us-east-1",)), query, 0)
    after = first.answered[0].cursor
    assert first.stopped and 0 < first.count < 60
    second = _search(trailed, query, Places(history=True, after=after))
    whole = _search(trailed, query, Places(history=True, regions=("us-east-1",)))
    one, two, both = ({event.id for event in found.events} for found in (first, second, whole))
    assert one | two == both
    assert whole.count == 60 > second.count
    with pytest.raises(UsageError):
        _search(trailed, query, Places(history=True, regions=("eu-west-1",), after=after))


def _door(trailed: Trailed) -> ReadingDoor:
    return reading_door(
        profile="", region="us-east-1", endpoint_url=trailed.lab.world.url, environ=os.environ, clock=SystemClock(),
        ask_secret=lambda asked: None,
    )  # fmt: skip


def _search(trailed: Trailed, query: Query, places: Places) -> Found:
    there = replace(places, endpoint_url=trailed.lab.world.url)
    asked, _ = sources(query, there, environ=os.environ, clock=SystemClock(), ask_secret=lambda asked: None)
    return search(query, asked)
