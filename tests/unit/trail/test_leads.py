"""Leads: what of a search fits into a record and still makes the same family."""

from datetime import timedelta
from typing import Any

import pytest

from irtui.canonical import canonical
from irtui.trail.family import Family
from irtui.trail.leads import Leads, events_of
from tests.support.family_events import LEAKED, NOW, ago, event, family, role_arn, session

HOP, FAR = "ASIAHOP0000000000000", "ASIAFAR0000000000000"


def _by(key: str, made: dict[str, Any]) -> dict[str, Any]:
    return made | {"userIdentity": made["userIdentity"] | {"accessKeyId": key}}


STORY = [
    _by(LEAKED, event("GetUser", {}, at=ago(hours=9))),
    _by(LEAKED, event("AssumeRole", {"roleArn": role_arn("near"), "roleSessionName": "x"}, session(HOP))),
    _by(HOP, event("AssumeRole", {"roleArn": role_arn("far", "999900001111")}, session(FAR), by="near",
                   kind="AssumedRole")),
    _by(HOP, event("CreateUser", {"userName": "ghost"}, by="near", kind="AssumedRole", at=ago(minutes=50))),
    _by(HOP, event("CreateAccessKey", {"userName": "ghost"}, {"accessKey": {"userName": "ghost",
                   "accessKeyId": "AKIAGHOST00000000000"}}, by="near", kind="AssumedRole", at=ago(minutes=49))),
    _by(HOP, event("AttachRolePolicy", {"roleName": "near", "policyArn": "p"}, by="near", kind="AssumedRole")),
    _by(LEAKED, event("CreateRole", {"roleName": "refused"}, error="AccessDenied")),
    _by(LEAKED, event("GetSessionToken", {}, session("ASIAOWN0000000000000", "Nov 23, 2026, 2:14:00 PM"))),
    _by(LEAKED, event("DeleteAccessKey", {"accessKeyId": "AKIAOLD"}, at=ago(minutes=3))),
]  # fmt: skip


def _leads(*events: dict[str, Any], room: int = 20_000) -> dict[str, Any]:
    leads = Leads()
    for each in events:
        leads.take(each)
    return leads.data(NOW, room)


def _members(*events: dict[str, Any]) -> Family:
    return family(*((each["userIdentity"]["accessKeyId"], each) for each in events))


def test_the_family_of_the_leads_is_the_family_of_the_events() -> None:
    """Nothing that makes a member, or tells whose a key is and who writes, is lost on the way through a record."""
    whole, again = _members(*STORY), _members(*events_of(_leads(*reversed(STORY))))
    assert set(again.nodes) == set(whole.nodes) and again.writers == whole.writers
    for name, node in whole.nodes.items():
        other = again.nodes[name]
        assert (node.parent, node.kind, node.changed, node.expires, node.holder) == (
            other.parent, other.kind, other.changed, other.expires, other.holder,
        )  # fmt: skip


def test_the_same_change_many_times_is_one_lead() -> None:
    """A script that attaches a policy a thousand times does not push members out; the first time counts."""
    many = [_by(HOP, event("AttachRolePolicy", {"roleName": "near"}, at=ago(minutes=n))) for n in range(1, 1000)]
    (caller,) = _leads(*many)["keys"]
    assert [call["at"] for call in caller["calls"]] == [ago(minutes=999)]


def test_ended_sessions_give_way_and_what_has_no_room_is_counted() -> None:
    """Sessions that are over and did nothing are left out first; calls that still do not fit are said to be missing."""
    over, goes_on = NOW - timedelta(hours=1), NOW + timedelta(hours=1)

    def opened(number: int, end: Any) -> dict[str, Any]:
        asked = {"roleArn": role_arn("near"), "roleSessionName": f"s{number}"}
        return _by(LEAKED, event("AssumeRole", asked, session(f"ASIA{number:016}", end.isoformat())))

    ended, live = [opened(n, over) for n in range(300)], [opened(1000 + n, goes_on) for n in range(20)]
    told = _leads(*ended, *live)
    assert (told["ended"], told["left_out"], len(told["keys"][0]["calls"])) == (300, 0, 20)
    told = _leads(*(opened(n, goes_on) for n in range(300)))
    assert told["left_out"] > 0 and told["left_out"] + len(told["keys"][0]["calls"]) == 300
    assert len(canonical(told["keys"])) <= 20_000


@pytest.mark.parametrize("hostile", [{"keys": 3}, {"keys": [3]}, {"keys": [{"calls": "x"}]}, {}])
def test_what_no_search_gave_is_refused(hostile: dict[str, Any]) -> None:
    """Leads come through a runbook's expression: anything else in their place is an error, not an empty family."""
    with pytest.raises(ValueError):
        list(events_of(hostile))
