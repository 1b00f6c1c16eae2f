"""The plain face as a person in a pipe meets it: on the real rehearsal, as a subprocess."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def _irtui(*arguments: str, lines: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "irtui", *arguments],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
        timeout=120,
    )


def _account() -> str:
    from irtui.gameday.scenario import load_scenario

    return load_scenario("leaked-key").world.account


def _sent(path: Path) -> list[dict[str, Any]]:
    """Bodies of the intents in a journal."""
    records = [json.loads(line) for line in (path / "journal.jsonl").read_text("ascii").splitlines()]
    return [record["body"] for record in records if record["type"] == "intent"]


def _folder(tmp_path: Path) -> Path:
    (folder,) = (tmp_path / "irtui-home" / "data" / "incidents").iterdir()
    return folder


def _close(tmp_path: Path) -> None:
    """Ends the incident, and with it the world's process."""
    name = _folder(tmp_path).name
    ended = _irtui("incidents", "close", name, "--reason", "the test is over", lines=(name,))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_from_launch_to_the_first_deny_in_three_answers_and_on_after_leaving(tmp_path: Path) -> None:
    """Key, account and target are typed; then the deny stands. `resume` goes on where it was left."""
    walked = _irtui("rehearse", "leaked-key", "--plain", lines=("1", _account()[-4:], "ci-deploy", "", "q"))
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert [body["call"]["call"] for body in _sent(_folder(tmp_path))] == ["iam.PutUserPolicy"]
    assert walked.stdout.startswith("REHEARSAL") and "\x1b" not in walked.stdout
    went_on = _irtui("resume", "--plain", lines=("yes", "", "f", "", "n told", "f ticket 4711", "q"))
    assert went_on.returncode == 0, went_on.stdout + went_on.stderr
    shown = re.findall(r"irtui INC-\w+ #(\d+) [A-Z2-7]{5}-", went_on.stdout)
    assert len(shown) == 2 and shown[0] == shown[1], "what was shown is what is told, though the journal went on"
    assert f"unanchored since #{int(shown[0]) + 1}" in went_on.stdout
    assert len(_sent(_folder(tmp_path))) == 2
    _close(tmp_path)


@pytest.mark.parametrize("answer", ["", "yes", "CI-DEPLOY", "ci-deploy "[:-2]])
def test_nothing_runs_unless_its_target_is_typed(tmp_path: Path, answer: str) -> None:
    """An empty line, a yes, and a near miss do not run a change; the end of the input leaves."""
    walked = _irtui("rehearse", "leaked-key", "--plain", lines=("1", _account()[-4:], answer))
    assert "Not run." in walked.stdout
    assert _sent(_folder(tmp_path)) == []
    _close(tmp_path)


def test_the_end_of_the_input_at_the_briefing_declines(tmp_path: Path) -> None:
    """Without answers nothing is opened, and the exit code says declined."""
    walked = _irtui("rehearse", "leaked-key", "--plain")
    assert walked.returncode == 5
    assert not (tmp_path / "irtui-home" / "data" / "incidents").exists()


def test_wrong_digits_open_nothing(tmp_path: Path) -> None:
    """Digits of another account are a usage error, and nothing is opened."""
    walked = _irtui("rehearse", "leaked-key", "--plain", lines=("1", "0000"))
    assert walked.returncode == 2 and _account() in walked.stderr
    assert not (tmp_path / "irtui-home" / "data" / "incidents").exists()


def test_ascii_is_ascii() -> None:
    """With --ascii no other character is written, whatever the account holds."""
    walked = _irtui("rehearse", "leaked-key", "--plain", "--ascii", "--runbook", "no-such", lines=("1",))
    assert walked.returncode in (2, 3)
    walked = _irtui("rehearse", "leaked-key", "--auto", "--ascii")
    assert walked.returncode == 0, walked.stdout[-2000:] + walked.stderr
    assert walked.stdout.isascii()


def test_auto_speaks_json_and_verifies(tmp_path: Path) -> None:
    """The scripted operator wins, stdout is one object, the journal is complete, and a changed byte is named."""
    played = _irtui("rehearse", "leaked-key", "--auto", "-o", "json")
    said = json.loads(played.stdout)
    assert played.returncode == 0 and said["ok"] is True, played.stderr
    assert said["data"]["objectives"] and all(objective["met"] for objective in said["data"]["objectives"])
    path = Path(said["data"]["path"])
    assert path == _folder(tmp_path) and said["data"]["incident"] == path.name
    verified = _irtui("audit", "verify", str(path), "-o", "json")
    found = json.loads(verified.stdout)["data"]
    assert (verified.returncode, found["verdict"], found["mode"]) == (0, "complete", "rehearsal")
    journal = path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[6] = lines[6].replace(b'"op":"', b'"op":"x', 1)
    journal.chmod(0o600)
    journal.write_bytes(b"".join(lines))
    verified = _irtui("audit", "verify", path.name)
    assert verified.returncode == 6 and re.search(r"^altered at #7", verified.stdout)
