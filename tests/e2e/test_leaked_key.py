"""The whole product once through: a leaked key, revoked on the simulated AWS, with a trail that verifies."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

RUNBOOK = Path(__file__).parents[2] / "runbooks" / "key-revocation.yaml"


def irtui(home: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The program as a user starts it, with its own home and nothing of ours."""
    environ = {"PATH": os.environ["PATH"], "IRTUI_HOME": str(home), "HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "irtui", *arguments],
        env=environ, input=stdin, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def data_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    answer = json.loads(done.stdout)
    assert answer["ok"] is (done.returncode == 0), done.stdout + done.stderr
    data: dict[str, Any] = answer["data"]
    return data


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def won(home: Path) -> dict[str, Any]:
    """One rehearsal that the scripted operator played."""
    done = irtui(home, "rehearse", "leaked-key", "--auto", "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return data_of(done)


def test_the_scripted_operator_wins_and_every_objective_is_met(won: dict[str, Any]) -> None:
    """`rehearse --auto` exits 0, names its folder, and the world says that each objective is met."""
    assert won["objectives"]
    assert all(objective["met"] is True for objective in won["objectives"])
    assert Path(won["path"]).joinpath("journal.jsonl").is_file()


def test_the_journal_of_the_walk_is_complete(home: Path, won: dict[str, Any]) -> None:
    """`audit verify` calls a closed rehearsal complete, exits 0 and says that it was a rehearsal."""
    done = irtui(home, "audit", "verify", won["path"], "-o", "json")

    assert done.returncode == 0, done.stdout + done.stderr
    data = data_of(done)
    assert data["verdict"] == "complete"
    assert data["mode"] == "rehearsal"
    assert data["records"] > 20


def test_a_changed_byte_is_named(home: Path, won: dict[str, Any], tmp_path: Path) -> None:
    """One changed character in record 9 makes `audit verify` exit 6 and name that record."""
    copy = tmp_path / won["incident"]
    subprocess.run(["cp", "-r", won["path"], str(copy)], check=True)
    journal = copy / "journal.jsonl"
    lines = journal.read_bytes().split(b"\n")
    lines[8] = lines[8].replace(b'"op":"', b'"op":"x', 1)
    journal.write_bytes(b"\n".join(lines))

    done = irtui(home, "audit", "verify", str(copy), "-o", "json")

    assert done.returncode == 6
    answer = json.loads(done.stdout)
    assert answer["data"]["verdict"] == "altered"
    assert answer["data"]["at"] == 9


@pytest.mark.parametrize("left_out", ["deny", "revoke_roles"])
def test_a_containment_without_one_of_its_steps_loses(home: Path, tmp_path: Path, left_out: str) -> None:
    """Without the deny, or without the role revocation, the adversary still has a way in and --auto exits 1."""
    runbook = yaml.safe_load(RUNBOOK.read_text("utf-8"))
    runbook["steps"] = [step for step in runbook["steps"] if step["id"] != left_out]
    folder = tmp_path / "runbooks"
    folder.mkdir()
    (folder / "key-revocation.yaml").write_text(yaml.safe_dump(runbook, sort_keys=False), "utf-8")

    done = irtui(home, "rehearse", "leaked-key", "--runbooks", str(folder), "--auto", "-o", "json")

    assert done.returncode == 1, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert {objective["id"]: objective["met"] for objective in answer["data"]["objectives"]}["cut_off"] is False
