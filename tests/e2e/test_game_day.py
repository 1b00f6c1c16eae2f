"""A game day as a team meets it: ways to lose, the debrief, a team's own scenario, and the test of a runbook."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEEDS = range(1, 21) if os.environ.get("IRTUI_DEEP") else range(1, 2)
RUNBOOK = """
runbook: two-steps
title: Stop a user
version: "1"
severity: high
use_when: A user must stop.
inputs:
  access_key_id: {type: access_key_id, title: Key}
steps:
  - id: owner
    phase: analyze
    title: Whose key is it?
    call: iam.GetAccessKeyLastUsed
    with: {AccessKeyId: "${{ inputs.access_key_id }}"}
    keep: {user: UserName}
  - id: snapshot
    phase: analyze
    title: Keep it
    use: iam.snapshot_user
    with: {user: "${{ steps.owner.user }}"}
    evidence: true
  - id: deny
    phase: contain
    title: Deny everything
    call: iam.PutUserPolicy
    with:
      UserName: ${{ steps.owner.user }}
      PolicyName: deny
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
    needs: [snapshot]
    confirm: ${{ steps.owner.user }}
    verify:
      call: iam.GetUserPolicy
      with: {UserName: "${{ steps.owner.user }}", PolicyName: deny}
      until: PolicyDocument.Statement[0].Effect == 'Deny'
      again_after: 15s
    undo:
      call: iam.DeleteUserPolicy
      with: {UserName: "${{ steps.owner.user }}", PolicyName: deny}
  - id: ask
    phase: recover
    title: Tell the owner?
    ask: Shall the owner know?
    choices: {"now": Now, later: Later}
  - id: tell
    phase: recover
    title: Tell the owner
    when: steps.ask.choice == 'now'
    manual: Tell them.
"""
SCENARIO = """
base: leaked-key
scenario: ours
title: Our own game day
runbook: two-steps
hints: {deny: [Deny the user.]}
injects: [{id: boss, at: 1s, from: Boss, text: "Is it over?"}]
actors:
  adversary:
    moves: [{at: -3h, by: leaked, call: iam.ListUsers}]
    uses: [{by: leaked, call: iam.ListUsers}]
answers: {choices: {ask: later}, statements: {default: Done.}, reasons: {default: It is public.}}
plays: {naive: {only: [owner, snapshot], for: 30m}}
objectives:
  - {id: cut_off, text: The key is dead., kind: cut_off, params: {actor: adversary}}
  - {id: doors, text: No door is left., kind: no_new_principal}
  - {id: collateral, text: Work goes on., kind: unharmed}
"""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a team's own runbook and scenario, and a home."""
    folder = tmp_path_factory.mktemp("team")
    (folder / "runbooks").mkdir()
    (folder / "runbooks" / "two-steps.yaml").write_text(RUNBOOK)
    (folder / "days").mkdir()
    (folder / "days" / "ours.yaml").write_text(SCENARIO)
    return folder


def irtui(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program in a process and a home of its own."""
    environ = {"PATH": os.environ["PATH"], "IRTUI_HOME": str(home), "HOME": str(home), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "irtui", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=180, check=False)


def run(team: Path, *arguments: str, code: int | None = 0) -> Any:
    """The data of a command that must end with `code`."""
    done = irtui(team / "home", *arguments, "-o", "json")
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)["data"]


def folders(team: Path) -> tuple[str, ...]:
    return ("--runbooks", str(team / "runbooks"), "--scenarios", str(team / "days"))


@pytest.fixture(scope="module")
def lost(team: Path) -> Any:
    """The team's scenario, lost by the naive play."""
    return run(team, "rehearse", "ours", "--play", "naive", *folders(team), code=1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("play", ["naive", "nothing"])
def test_playing_badly_loses(team: Path, play: str, seed: int) -> None:
    """Doing nothing, and only deactivating the key, leave ways in open: exit 1, and the score names them."""
    data = run(team, "rehearse", "leaked-key", "--play", play, "--seed", str(seed), code=1)
    assert data["score"]["won"] is False
    assert "deploy_session" in data["score"]["missed"]
    assert data["score"]["full_containment"] is None
    assert sum(act["successes"] for act in data["score"]["acts"]) > 20


def test_the_debrief_comes_from_the_journal_and_names_the_ways_in(team: Path, lost: Any) -> None:
    """Later and in another process: the score is the same, and the page says what still worked."""
    assert run(team, "incidents", "debrief", lost["incident"]) == lost["score"]
    text = irtui(team / "home", "incidents", "debrief", lost["incident"]).stdout
    assert text.startswith("# Debrief: `Our own game day`")
    assert "**LOST.**" in text and "At the end it could still act with `leaked`." in text
    assert "Step `deny`" in text or "Still open at the close: `deny`" in text
    assert "What the simulation cannot show" in text and "| `inject` | `boss` |" in text


def test_the_history_is_evidence_of_a_complete_journal_and_holds_no_secret(team: Path, lost: Any) -> None:
    """It stands right before the close, the journal verifies, and no secret or token is in it."""
    assert run(team, "audit", "verify", lost["path"])["verdict"] == "complete"
    folder = Path(lost["path"])
    records = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    kept, close = records[-2:]
    assert (kept["body"]["name"], close["type"]) == ("gameday: history", "close")
    text = (folder / "evidence" / kept["body"]["sha256"]).read_text()
    assert "secret" not in text.lower() and "token" not in text.lower() and "[masked]" not in text
    assert json.loads(text)["actors"]["adversary"]["credentials"]["leaked"][0].startswith("AKIA")


def test_a_runbook_is_tested_by_its_scenarios(team: Path) -> None:
    """Won, each answer given, both ways of a when seen, the undo taken; what was only said is listed apart."""
    before = run(team, "incidents", "list")
    first, *rest = folders(team)[1:]
    (found,) = run(team, "--runbooks", first, "runbooks", "test", "two-steps", *rest)
    assert (found["passed"], found["steps_ran"], found["branches_seen"]) == (True, 100, 100)
    assert [(one["scenario"], one["way"]) for one in found["runs"]] == [
        ("ours", ""), ("ours", "ask = now"), ("ours", "undo drill"),
    ]  # fmt: skip
    steps = {step["key"]: step for step in found["steps"]}
    assert steps["tell"]["when"] == [True, False] or steps["tell"]["when"] == [False, True]
    assert steps["deny"]["undone"] == 1
    (drill,) = found["drills"]
    assert (drill["key"], drill["left"], drill["seen"]) == ("deny", [], True)
    assert any("policies/deny" in change for change in drill["did"])
    assert (steps["tell"]["ran"], steps["tell"]["asserted"], found["asserted_only"]) == (0, 1, ["tell"])
    assert run(team, "incidents", "list") == before


def test_a_runbook_that_loses_its_scenario_fails(team: Path, tmp_path: Path) -> None:
    """Without its deny it is lost; the objective is named, and the exit code is 1."""
    text = RUNBOOK[: RUNBOOK.index("  - id: deny")] + RUNBOOK[RUNBOOK.index("  - id: ask") :]
    (tmp_path / "two-steps.yaml").write_text(text)
    found = run(
        team, "runbooks", "test", "two-steps", "--runbooks", str(tmp_path), "--scenarios", str(team / "days"), code=1
    )
    assert found[0]["passed"] is False
    assert found[0]["runs"][0]["why"] == "not met: cut_off (leaked can still call iam.ListUsers)"


def test_a_runbook_without_a_scenario_fails(team: Path, tmp_path: Path) -> None:
    """Nothing was shown of it."""
    (found,) = run(team, "runbooks", "test", "two-steps", "--runbooks", str(team / "runbooks"), code=1)
    assert (found["passed"], found["runs"]) == (False, [])


def test_scenarios_are_listed_shown_and_checked(team: Path, tmp_path: Path) -> None:
    """A team's own stands beside the shipped ones; what it says of a step that is not there is a finding."""
    assert "ours" in [one["name"] for one in run(team, "scenarios", "list", "--scenarios", str(team / "days"))]
    shown = run(team, "scenarios", "show", "leaked-key")
    assert "trap" in shown["brief"] and shown["plays"] == ["nothing", "naive", "left-out"]
    assert run(team, "scenarios", "lint", "leaked-key") == []
    (tmp_path / "bad.yaml").write_text(
        "base: leaked-key\nscenario: bad\nhints: {nowhere: [x]}\nanswers: {choices: {fate: burn}}\n"
    )
    found = run(team, "scenarios", "lint", str(tmp_path / "bad.yaml"), code=3)
    words = " ".join(problem["message"] for problem in found)
    assert "no step nowhere" in words and "no choice burn" in words


def test_how_exactly_each_operation_is_simulated_can_be_listed(team: Path) -> None:
    """Every row has a label, and what is not exact says why."""
    rows = run(team, "rehearse", "--fidelity")
    assert {row["label"] for row in rows} == {"exact", "approximate", "not simulated"}
    assert all(row["why"] for row in rows if row["label"] != "exact")
