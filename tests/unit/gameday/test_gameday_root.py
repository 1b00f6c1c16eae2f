"""The root user, taken back through the whole product: a member's from above, the others' in the console."""

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from irtui.clock import Clock
from irtui.desk import testing
from irtui.desk.desk import Desk
from irtui.desk.home import Home
from irtui.desk.nouns import Answers, Request
from irtui.engine.operator import Confirmation, Confirmed
from irtui.gameday.played import player
from irtui.gameday.scenario import Scenario, ScriptedAnswers, load_scenario
from irtui.gameday.scripted import ScriptedOperator
from irtui.journal.record import Record
from irtui.model.incident import IncidentState
from irtui.runbook.library import Library
from irtui.settings.load import Settings

ROOT = Path(__file__).parents[3]
DEEP = pytest.mark.deep
SCENARIOS = ("root-member", "root-delegated", "root-management", "root-standalone", "root-inside")
MEMBER = "222233334444"


def play(
    home: Path,
    name: str,
    way: str = "",
    seed: int = 1,
    operator: Callable[[ScriptedAnswers, Clock], ScriptedOperator] | None = None,
) -> tuple[IncidentState, dict[str, bool], tuple[Record, ...]]:
    """One rehearsal from its briefing to its close, by the scenario's answers or in one of its plays."""
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(home)}), Settings(), {})
    scenario: Scenario = load_scenario(name)
    briefing = desk.brief(Request("rehearsal", scenario=name, seed=seed, hurry=True), lambda prompt: None)
    inputs = {field.spec.name: field.value for field in briefing.fields if field.value}
    visit = desk.begin(briefing, Answers(inputs, briefing.identity.account[-4:], "throw-away"))
    try:
        who = operator(scenario.answers, visit.clock) if operator else player(scenario, way)(visit.clock)
        state = visit.walk(who)
        met = {objective.id: objective.met for objective in visit.objectives()}
        return state, met, tuple(visit.records())
    finally:
        visit.end()


def test_a_members_root_is_taken_away_from_the_management_account(tmp_path: Path) -> None:
    """The SCP first, then every credential, in a second account that was typed; and no word too much."""
    state, met, records = play(tmp_path, "root-member")
    assert state.closed
    assert met == {"cut_off": True, "root_bare": True, "collateral": True}
    assert state.contained == "not re-checked"
    assert state.also == (MEMBER,)
    done = {step.key: step for step in state.steps}
    order = [
        "scp_attach",
        "trust",
        "feature",
        "delete_keys",
        "delete_password",
        "delete_certificates",
        "delete_devices",
    ]
    first = [min(call.seq for call in done[key].calls) for key in order]
    assert first == sorted(first)
    calls = [record.body["call"] for record in records if record.type == "intent"]
    assert {call["call"] for call in calls if call.get("session") == "delete"} == {
        "iam.DeleteAccessKey", "iam.DeleteLoginProfile", "iam.DeleteSigningCertificate", "iam.DeactivateMFADevice"
    }  # fmt: skip
    assert done["audit_again"].status == "done"
    assert done["assumed"].status == "done"


def test_what_stops_most_comes_first_and_what_waits_a_day_last() -> None:
    """The SCP before all that only prepares, contacts with what gets an account back, a user's removal at the end."""
    order = [step.id for step in Library((ROOT / "runbooks",)).find("compromised-root-reset").steps]
    wanted = [
        *("place", "scp_attach", "scp_by_hand", "trust", "audit", "delete_keys"),
        *("contacts", "mailbox", "keys_gone", "contacts_right", "sweep", "quiet", "user"),
    ]
    assert [step for step in order if step in wanted] == wanted
    assert order[-1] == "user"


class Declining(ScriptedOperator):
    """Does not allow a second account."""

    def confirm(self, request: Confirmation) -> Confirmed | None:
        return None if request.title.startswith("A second account") else super().confirm(request)


@DEEP
def test_without_the_second_account_nothing_is_changed_there(tmp_path: Path) -> None:
    """The SCP is the management account's and stands; of the member's root user nothing is deleted."""
    state, met, _ = play(tmp_path, "root-member", operator=Declining)
    assert state.also == ()
    assert state.step("scp_attach").calls and not state.step("delete_keys").calls
    assert (met["cut_off"], met["root_bare"]) == (True, False)
    assert state.contained == "open"


def test_a_root_user_that_nothing_binds_is_reset_by_hand_and_watched(tmp_path: Path) -> None:
    """What AWS can be asked is verified, what it cannot is asserted; then an hour and a half, and root was quiet."""
    state, met, _ = play(tmp_path, "root-management")
    assert state.closed
    assert met == {"cut_off": True, "root_reset": True, "no_backdoor": True, "collateral": True}
    assert state.contained == "not re-checked"
    proofs = {step.key: step.proof for step in state.steps if step.asserted}
    assert {key for key, proof in proofs.items() if proof == "verified"} == {
        "keys_gone", "certificates_gone", "device_first"
    }  # fmt: skip
    assert proofs["password"] == proofs["mailbox"] == proofs["organization"] == ""
    assert state.step("activity").values["users"] == ["aws-support-sync"]
    assert state.step("quiet").values["state"] == "quiet"
    assert "security@example.net" in state.step("contacts").values["words"]
    assert state.step("sweep/deny_users").items == ("aws-support-sync", "aws-support-sync-2")


class Watching(ScriptedOperator):
    """Remembers every word that was shown of containment."""

    words: ClassVar[set[str]] = set()

    def update(self, state: IncidentState) -> None:
        self.words.add(state.contained)


@DEEP
@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_root_scenario_is_won(name: str, seed: int, tmp_path: Path) -> None:
    """By the runbook alone, whatever the adversary's hour; and at no moment is anything called contained."""
    Watching.words.clear()
    state, met, _ = play(tmp_path, name, seed=seed, operator=Watching)
    assert state.closed
    assert all(met.values()), met
    assert state.contained == "not re-checked"
    assert Watching.words >= {"open", "not re-checked"} and "contained" not in Watching.words


@DEEP
@pytest.mark.parametrize("way", ["nothing", "password-only", "left-out"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_less_than_that_loses(name: str, way: str, tmp_path: Path) -> None:
    """Doing nothing, a new password alone, or one step left out: the adversary still acts, and nobody denies it."""
    state, met, _ = play(tmp_path, name, way)
    assert not met["cut_off"]
    assert state.contained != "contained"


@DEEP
def test_every_step_and_branch_of_it_is_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides of each condition, every answer, and each undo; what its children ask has scenarios of its own."""
    monkeypatch.setenv("IRTUI_HOME", str(tmp_path))
    found = testing.test(testing.Bench(Settings()), "compromised-root-reset")
    assert [run for run in found.runs if not run.good and "/" not in run.way] == []
    own = [step for step in found.steps if "/" not in step.key]
    assert [step.key for step in own if not step.ran and not step.asserted] == []
    assert [step.key for step in own if step.when is not None and step.when != (True, False)] == []
    assert [step.key for step in own if 0 in step.choices.values() or step.undone == 0] == []


def test_a_briefing_fills_in_what_the_finding_reports_and_may_be_left_out(tmp_path: Path) -> None:
    """The member account is optional: a person would else begin with their own account, and not know why."""
    desk = Desk(Home.from_environ({"IRTUI_HOME": str(tmp_path)}), Settings(), {})
    briefing = desk.brief(Request("rehearsal", scenario="root-member", seed=1), lambda prompt: None)
    try:
        filled = {field.spec.name: field.value for field in briefing.fields}
        assert filled == {"member": MEMBER, "since": "90d", "email": ""}
    finally:
        desk.abandon(briefing)
