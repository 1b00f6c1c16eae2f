"""The persistence scenario through the whole product: the sweep wins it, doing nothing and half of it lose it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.gameday.played import player
from irtui.gameday.scenario import load_scenario
from irtui.model.incident import IncidentState, StepStatus
from irtui.settings.load import Settings
from tests.support.watched import run

DEEP = pytest.mark.deep


def play(home: Path, name: str, way: str = "") -> tuple[IncidentState, dict[str, bool]]:
    """One rehearsal from its briefing to its close; a play's time of waiting is left out."""
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(home)}), Settings(), {})
    scenario = load_scenario(name)
    if way:
        scenario = replace(scenario, plays={way: replace(scenario.plays[way], lasts=timedelta())})
    briefing = desk.brief(Request("rehearsal", scenario=name, seed=1, hurry=True), lambda prompt: None)
    inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:], "throw-away"))
    try:
        state = visit.walk(player(scenario, way)(visit.clock))
        return state, {objective.id: objective.met for objective in visit.objectives()}
    finally:
        visit.end()


def test_the_sweep_finds_and_closes_every_backdoor(tmp_path: Path) -> None:
    """Each is closed, the key too with which the adversary answers the first deny, and nobody else is stopped."""
    state, met = play(tmp_path, "persistence")
    assert state.closed
    assert met == {"cut_off": True, "no_backdoor": True, "collateral": True}
    done = {step.key: step.items for step in state.steps if step.items}
    assert done["deny_users"] == ("svc-metrics",)
    assert done["deny_roles"] == ("monthly-reports",)
    assert [key["user"] for key in done["keys"]] == ["alice", "svc-metrics", "bob"]
    assert [policy["earlier"] for policy in done["policies"]] == ["v1"]
    assert [held["user"] for held in done["service_credentials"]] == ["alice"]
    assert [rule["name"] for rule in done["rules_off"]] == ["nightly-sync"]
    assert "oidc-provider/token.example.net" in state.step("iam").values["others_words"]


def test_doing_nothing_loses_and_what_is_not_simulated_is_no_all_clear(tmp_path: Path) -> None:
    """Looking alone closes nothing; each place that the simulator lacks is a gap, in the words the operator reads."""
    state, met = play(tmp_path, "persistence", "nothing")
    assert state.changed == 0
    assert met == {"cut_off": False, "no_backdoor": False, "collateral": True}
    footholds = state.step("footholds")
    for place in ("anchors", "functions", "machines", "shared", "managed"):
        assert footholds.values[place].startswith("not read: not simulated: "), place
    assert footholds.values["rules"].startswith("rule nightly-sync in us-east-1 (changed by arn:aws:iam::")
    for place in ("buckets", "grants"):
        assert footholds.values[place].startswith("nothing was found; not looked at: "), place
    assert any("ListTrustAnchors" in gap for gap in footholds.gaps)


@pytest.mark.parametrize(
    ("scenario", "kind", "acted"),
    [
        ("session-of-a-role", "role", ("issuers",)),
        ("deleted-key", "gone", ("deny",)),
        pytest.param("foreign-key", "foreign", (), marks=DEEP),
        pytest.param("bedrock-key", "unclear", (), marks=DEEP),
        pytest.param("root-key", "root", (), marks=DEEP),
    ],
)
def test_a_key_that_is_no_users_key_ends_in_a_branch_of_its_own(
    tmp_path: Path, scenario: str, kind: str, acted: tuple[str, ...]
) -> None:
    """A session, a deleted key, another account's, an unknown one and root's: won, closed, nothing claimed too much."""
    state, met = play(tmp_path, scenario)
    assert state.closed and all(met.values()), met
    assert state.step("owner").values["kind"] == kind
    assert state.step("deactivate").status is StepStatus.NOT_NEEDED
    changing = {step.key for step in state.steps if any(call.took_effect for call in step.calls)}
    assert changing >= set(acted) if acted else not changing
    assert state.contained == {"role": "not re-checked", "gone": "contained"}.get(kind, "open")
    if kind == "role":  # who can open it again is told, and proves nothing
        opened, told = state.step("opened_by").values, state.step("openers")
        assert str(opened["who"]).endswith("user/ci-deploy") and str(opened["key"]).startswith("AKIA")
        assert opened["key"] in told.wanted and "stays not re-checked" in told.wanted
        kept, revoked = state.step("roles"), state.step("issuers")
        assert len(kept.evidence) == len(kept.items) == 2 and kept.items == revoked.items


@DEEP
def test_half_a_sweep_loses(tmp_path: Path) -> None:
    """Denying the new user and nothing else leaves the other ways in open, and the one that is made in answer."""
    _, met = play(tmp_path, "persistence", "naive")
    assert not met["cut_off"]


@DEEP
def test_the_sweep_as_a_child_closes_what_is_not_on_the_tree(tmp_path: Path) -> None:
    """What came of another leak is found by the account, not by the key; meanwhile nothing is called contained."""
    ended = run(tmp_path, "another-way-in", 1)
    state = ended.state
    assert state.closed and all(ended.met.values()), ended.met
    assert state.step("sweep/deny_users").items == ("svc-metrics",)
    assert state.step("family").values["users"] == []
    assert state.step("contained").status is StepStatus.DONE
    assert (state.contained, ended.watched.shown) == ("not re-checked", None)
