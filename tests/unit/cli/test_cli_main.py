"""The command line as scripts see it: stdout, stderr, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irtui import errors
from irtui.cli import main
from irtui.cli.diagnostics import ExitCode, exit_code
from irtui.cli.output import wants_json


def _run(*arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "irtui", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.RunbookError("x"), 3),
        (errors.ExpressionError("x"), 3),
        (errors.SettingsError("x"), 3),
        (errors.CredentialsError("x"), 4),
        (errors.AwsFault("expired", "ExpiredToken", "x"), 4),
        (errors.AwsFault("denied", "AccessDenied", "x"), 1),
        (errors.Denied("x"), 5),
        (errors.Declined("x"), 5),
        (errors.KeyUnavailable("x"), 7),
        (errors.SimulatorGap("x"), 8),
        (errors.JournalError("x"), 1),
        (errors.IrtuiError("x"), 1),
        (KeyError("x"), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_error_has_its_exit_code(error: Exception, code: int) -> None:
    """The exit code says who must act."""
    assert exit_code(error) == code


def test_without_a_terminal_the_tui_says_in_one_line_what_to_do() -> None:
    """`irtui` in a pipe exits 2 and names --plain."""
    ran = _run()
    assert ran.returncode == ExitCode.USAGE
    assert "--plain" in ran.stderr and len(ran.stderr.strip().splitlines()) == 1
    assert ran.stdout == ""


def test_usage_errors_are_json_when_json_was_asked_for() -> None:
    """An unknown option with -o json gives the one object on stdout, and nothing else there."""
    ran = _run("runbooks", "list", "--nonsense", "-o", "json")
    said = json.loads(ran.stdout)
    assert ran.returncode == ExitCode.USAGE
    assert (said["schema"], said["ok"], said["data"], said["error"]["code"]) == (
        "irtui-output-v1",
        False,
        None,
        "usage",
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-o", "json"], True),
        (["--output", "json"], True),
        (["--output=json"], True),
        (["-ojson"], True),
        (["-o", "text"], False),
        (["json"], False),
        ([], False),
    ],
)
def test_json_is_seen_before_parsing(arguments: list[str], expected: bool) -> None:
    """Every spelling of -o json counts."""
    assert wants_json(arguments) is expected


def test_what_is_no_journal_is_not_verified(tmp_path: Path) -> None:
    """`audit verify` of an empty folder exits 6 and gives its verdict as data."""
    ran = _run("audit", "verify", str(tmp_path), "-o", "json")
    said = json.loads(ran.stdout)
    assert ran.returncode == ExitCode.NOT_VERIFIED
    assert said["ok"] is False and said["data"]["verdict"] == "not a journal"


def test_a_broken_runbook_lists_all_its_problems(tmp_path: Path) -> None:
    """`runbooks lint` exits 3 and names every place at once, on stdout."""
    path = tmp_path / "broken.yaml"
    path.write_text("runbook: broken\ntitle: T\nversion: '1'\nsteps:\n  - {id: A, phase: nowhere}\n", "utf-8")
    ran = _run("runbooks", "lint", str(path), "-o", "json")
    problems = json.loads(ran.stdout)["data"]
    assert ran.returncode == ExitCode.INVALID
    assert len(problems) > 2 and all(problem["line"] >= 1 for problem in problems)


def test_a_missing_profile_is_a_matter_of_credentials() -> None:
    """A profile that does not exist exits 4, says what to do, and shows no traceback."""
    ran = _run("run", "key-revocation", "--plain", "--profile", "no-such-profile")
    assert ran.returncode == ExitCode.CREDENTIALS
    assert "no-such-profile" in ran.stderr and "Traceback" not in ran.stderr


def test_an_unknown_runbook_and_incident_are_named() -> None:
    """What does not exist is named in the message, with exit 2 or 3."""
    for arguments in (
        ["runbooks", "show", "no-such"],
        ["incidents", "show", "INC-NONE"],
        ["resume", "INC-NONE", "--plain"],
    ):
        ran = _run(*arguments)
        assert ran.returncode in (ExitCode.USAGE, ExitCode.INVALID), arguments
        assert arguments[-1 if arguments[-1] != "--plain" else 1].lower() in ran.stderr.lower()


def test_a_bug_shows_no_locals_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An unexpected error exits 70, says where the log is, and neither place holds a planted secret."""
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12"

    def breaks(*_: object, **__: object) -> Any:
        planted = secret
        raise RuntimeError(f"could not use {planted}")

    monkeypatch.setattr(main.cli, "main", breaks)
    assert main.run(["runbooks", "list"]) == ExitCode.BUG
    said = capsys.readouterr().err
    (log,) = tmp_path.rglob("irtui.log")
    assert str(log) in said and "Traceback" not in said
    assert "RuntimeError" in log.read_text("utf-8")
    assert secret not in said + log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("cause", "code"), [(KeyboardInterrupt(), 130), (EOFError(), 5)])
def test_abort_is_an_interrupt_or_a_refusal(monkeypatch: pytest.MonkeyPatch, cause: BaseException, code: int) -> None:
    """ctrl-c exits 130, the end of the input 5; never click's own 1."""

    def aborts(*_: object, **__: object) -> Any:
        import click

        raise click.Abort from cause

    monkeypatch.setattr(main.cli, "main", aborts)
    assert main.run([]) == code


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_irtui(shell: str) -> None:
    """Each shell gets a script that asks irtui for completions."""
    ran = _run("completion", shell)
    assert ran.returncode == 0 and f"_IRTUI_COMPLETE={shell}_complete" in ran.stdout


def test_completion_offers_commands_and_runbooks() -> None:
    """After `irtui run k` a shell is offered the runbooks that begin so."""
    ran = _run(COMP_WORDS="irtui run k", COMP_CWORD="2", _IRTUI_COMPLETE="bash_complete")
    assert "plain,key-revocation" in ran.stdout.splitlines()


def test_a_real_run_says_what_it_ignored() -> None:
    """A redirected endpoint is removed, and a real run says so on stderr in one line."""
    ran = _run("run", "key-revocation", "--plain", "--profile", "none", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "irtui: ignored from the environment:" in ran.stderr and "AWS_ENDPOINT_URL" in ran.stderr


def test_doctor_says_what_is_missing_with_the_fix() -> None:
    """`doctor` reports each finding with ok, what it saw, and a fix where it is not ok."""
    said = json.loads(_run("doctor", "-o", "json").stdout)
    findings = {finding["what"]: finding for finding in said["data"]}
    assert {"terminal", "incidents", "settings", "runbooks", "keyring", "simulator"} <= findings.keys()
    assert all(finding["fix"] for finding in findings.values() if finding["needed"] and not finding["ok"])


def test_inputs_must_be_pairs() -> None:
    """`-i` without an equals sign, or twice for one name, is a usage error."""
    assert _run("run", "key-revocation", "--plain", "-i", "access_key_id").returncode == ExitCode.USAGE
    assert _run("run", "key-revocation", "--plain", "-i", "a=1", "-i", "a=2").returncode == ExitCode.USAGE


@pytest.mark.parametrize("before", [(), ("own",), ("other",), ("own", "other")])
def test_folders_given_before_the_verb_count_too(
    before: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`irtui --runbooks DIR runbooks list` finds what stands there, beside the folders given after the verb."""
    head = 'title: x\nversion: "1"\nseverity: low\nuse_when: x\nsteps: [{id: a, phase: review, title: t, manual: m}]\n'
    for name in ("own", "other", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"x-{name}.yaml").write_text(f"runbook: x-{name}\n{head}")
    given = [word for name in before for word in ("--runbooks", str(tmp_path / name))]
    assert main.run([*given, "runbooks", "list", "--runbooks", str(tmp_path / "after"), "-o", "json"]) == ExitCode.DONE
    names = {entry["name"] for entry in json.loads(capsys.readouterr().out)["data"]}
    assert {name for name in names if name.startswith("x-")} == {f"x-{name}" for name in (*before, "after")}
