"""A suspicious user through the whole product: contained, soaked and removed by its id, or left alone by its name."""

from pathlib import Path

import pytest

from irtui.desk import testing
from irtui.gameday.coverage import branch_share, share
from irtui.gameday.scenario import load_scenario
from irtui.model.incident import IncidentState, StepStatus
from irtui.runbook.expressions import fill
from irtui.runbook.library import Library
from irtui.settings.load import Settings
from tests.unit.gameday.test_gameday_persistence import play

DEEP = pytest.mark.deep

ANEW = """scenario: anew
base: suspicious-user
actors:
  helpdesk:
    source_ip: 198.51.100.30
    user_agent: aws-cli/2.31.0
    keys: [desk_key]
    every: 30m
    moves:
      - {at: 10h, by: desk_key, call: iam.UpdateUser, params: {UserName: support-7, NewUserName: support-7-old}}
      - {at: 10h1m, by: desk_key, call: iam.CreateUser, params: {UserName: support-7}}
    uses: [{by: desk_key, call: iam.ListUsers}]
world:
  users:
    desk: {name: helpdesk-lead, groups: [helpdesk], keys: {desk_key: -300d}}
"""


def sent(state: IncidentState) -> list[str]:
    """The operations that took effect, in order."""
    calls = sorted((call for step in state.steps for call in step.calls if call.took_effect), key=lambda call: call.seq)
    return [str(call.planned["call"]).removeprefix("iam.") for call in calls]


def test_the_runbook_contains_all_that_the_user_made_and_deletes_it_last(tmp_path: Path) -> None:
    """What it made, also while it was denied, is closed; all nine kinds are taken off, the deny last, then the user."""
    state, met = play(tmp_path, "suspicious-user")
    assert state.closed and state.contained == "contained"
    assert met == {"cut_off": True, "no_backdoor": True, "evidence": True, "collateral": True}
    assert set(state.step("deny_users").items) == {"svc-cache", "svc-late"}
    assert state.step("deny_roles").items == ("nightly-exports",)
    assert state.step("revoke_roles").items == ("monthly-reports",)
    assert state.step("who").values["pairs"][0]["user"] == "svc-tmp"
    assert sent(state)[-13:] == [
        "PutUserPermissionsBoundary", "RemoveUserFromGroup", "DetachUserPolicy", "DeleteUserPolicy",
        "DeleteLoginProfile", "DeleteAccessKey", "DeleteSSHPublicKey", "DeleteSigningCertificate",
        "DeleteServiceSpecificCredential", "DeactivateMFADevice", "DeleteVirtualMFADevice", "DeleteUserPolicy",
        "DeleteUser",
    ]  # fmt: skip
    assert state.step("gone").status is StepStatus.DONE


def test_a_colleague_is_left_alone_and_the_next_alert_finds_the_answer(tmp_path: Path) -> None:
    """Somebody vouches: one tag is all that changes, and the incident ends."""
    state, met = play(tmp_path, "legitimate-user")
    assert state.closed and all(met.values()), met
    assert sent(state) == ["TagUser"]


@pytest.mark.parametrize(
    ("scenario", "way", "lost"),
    [
        ("legitimate-user", "naive", "collateral"),
        pytest.param("legitimate-user", "nothing", "answered", marks=DEEP),
        ("suspicious-user", "naive", "cut_off"),
        pytest.param("suspicious-user", "nothing", "cut_off", marks=DEEP),
        pytest.param("planted-user", "naive", "cut_off", marks=DEEP),
        pytest.param("planted-user", "nothing", "cut_off", marks=DEEP),
        pytest.param("emptied-user", "naive", "cut_off", marks=DEEP),
        pytest.param("vanished-user", "naive", "cut_off", marks=DEEP),
        pytest.param("vanished-user", "nothing", "cut_off", marks=DEEP),
    ],
)
def test_what_looks_enough_loses(tmp_path: Path, scenario: str, way: str, lost: str) -> None:
    """A colleague cut off, an alert unanswered, keys that are off while their sessions live."""
    state, met = play(tmp_path, scenario, way)
    assert not met[lost], met
    assert lost == "collateral" or state.contained != "contained"  # who is a colleague can be contained as well


@DEEP
def test_every_step_and_branch_is_shown_by_its_scenarios() -> None:
    """Each step ran, each answer was given, both ways of each `when` were seen, and each undo was taken."""
    found = testing.test(testing.Bench(Settings()), "suspicious-user-removal")
    assert all(one.good for one in found.runs), found.runs
    assert (share(found.steps), branch_share(found.steps)) == (100, 100)


@DEEP
def test_a_user_that_is_gone_is_followed_by_what_it_did(tmp_path: Path) -> None:
    """Nothing hangs on it any more; what it made is found by its name in Event history, and closed."""
    state, met = play(tmp_path, "vanished-user")
    assert state.closed and all(met.values()), met
    assert state.step("who").values["state"] == "gone"
    assert set(state.step("deny_users").items) == {"svc-cache", "svc-late"}


@DEEP
def test_another_user_under_the_same_name_is_refused(tmp_path: Path) -> None:
    """During the soak the user was renamed and its name given away: nothing is removed from whoever has it now."""
    path = tmp_path / "anew.yaml"
    path.write_text(ANEW, encoding="utf-8")
    state, _ = play(tmp_path, str(path))
    assert not state.closed
    assert state.step("left").status is StepStatus.FAILED
    assert not [call for call in sent(state) if call.startswith(("Delete", "Remove", "Detach", "Deactivate"))]


def test_only_virtual_devices_are_deleted() -> None:
    """A FIDO key's serial is an ARN as well, and a hardware token's is not: neither is asked to be deleted."""
    (step,) = (s for s in Library(()).find("suspicious-user-removal").steps if s.id == "remove_virtual")
    serials = ["arn:aws:iam::1:mfa/jo", "arn:aws:iam::1:u2f/user/jo/key-ABC", "GAHT12345678"]
    context = {"steps": {"left": {"mfa_devices": [{"SerialNumber": serial} for serial in serials]}}}
    assert fill(step.for_each, context) == serials[:1]


def test_the_plays_of_the_scenarios_decide_for_themselves() -> None:
    """The naive operator decides otherwise than the answers do."""
    assert load_scenario("legitimate-user").plays["naive"].choices == {"verdict": "contain"}
