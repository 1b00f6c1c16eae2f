"""CloudTrail asked from the desk, with the real program on a real terminal: a folder, a silent bucket."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.trails import ARN, BUCKET, generated
from tests.support.faulty_bucket import faulty_bucket
from tests.support.program import environ_of, irtui
from tests.support.program import until as eventually
from tests.support.signed_folder import digests, written
from tests.support.silent_bucket import BEFORE, KEY, LOGS, PATIENCE, alive, descendants, many_logs, silent_after
from tests.tui.terminal import Terminal

SPAN = ("2026-03-01T00:00:00Z", "2026-03-01T06:00:00Z")


@contextmanager
def _sitting(home: Path, extra: dict[str, str] | None = None, *, columns: int = 80) -> Iterator[Terminal]:
    """The program at its desk, with the trail screen on top."""
    terminal = Terminal("-m", "irtui", columns=columns, rows=24, environ=environ_of(home, extra))
    try:
        terminal.until("RUNBOOKS")
        terminal.press("v")
        terminal.until("Nothing was asked yet")
        yield terminal
    finally:
        terminal.close()


def _form(terminal: Terminal, tab: str, fields: dict[str, str], run: str = "\x12") -> None:
    """Opens the form of a tab, types into the fields that are named by their options, and runs it."""
    terminal.press(tab)
    terminal.press("r")
    terminal.until("^r ask")
    for option, value in fields.items():
        for _ in range(40):
            if terminal.lines[-4].startswith(f" --{option} "):
                break
            before = terminal.lines[-4]
            terminal.press("\t")
            terminal.wait(lambda: terminal.lines[-4] != before, "tab went nowhere", 10)  # noqa: B023
        terminal.press(value)
        terminal.until(value[-20:])
    terminal.press(run)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A downloaded trail of six hours, one of whose digests is gone; and CloudTrail's public keys."""
    folder = tmp_path_factory.mktemp("trail")
    trail = generated(6, files=2, least=1, most=2)
    written(trail, folder / "b")
    (folder / "b" / digests(trail)[3]).unlink()
    keys = folder / "keys.json"
    keys.write_text(json.dumps(trail.public_keys))
    return folder / "b", keys


def test_a_folder_is_validated_from_the_desk_and_the_report_is_the_commands(
    tmp_path: Path, broken: tuple[Path, Path]
) -> None:
    """From the desk a person fills the form, reads the findings, and saves exactly what -o json gives."""
    folder, keys = map(str, broken)
    with _sitting(tmp_path) as terminal:
        given = {"trail-arn": ARN, "start-time": SPAN[0], "end-time": SPAN[1], "folder": folder, "public-keys": keys}
        _form(terminal, "2", given)
        terminal.until("NOT as CloudTrail wrote it.")
        terminal.until("1 missing")
        terminal.until("MISSING")
        terminal.press("w")
        terminal.until("Save the report")
        terminal.press(f"{tmp_path}/report.json\r")
        terminal.until("sha256")
        terminal.press("\x1b")
        terminal.until_gone("Saved")
        told = irtui(
            tmp_path,
            "trail",
            "validate",
            *(word for name, value in given.items() for word in (f"--{name}", value)),
            "-o",
            "json",
        )
        assert (tmp_path / "report.json").read_text() == told.stdout and told.returncode == 1
        terminal.press("\x1b")
        terminal.until("RUNBOOKS")
        terminal.press("q")
        assert terminal.ended() == 0


def test_a_search_streams_is_stopped_and_goes_on_and_leaves_no_process(tmp_path: Path) -> None:
    """ctrl+c stops it with what it has, though S3 is silent; c finds the rest; the events are saved, each once."""
    gate = threading.Event()
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "x"}
    with (
        faulty_bucket(many_logs(), 1, silent_after(BEFORE, gate)) as (url, answers),
        _sitting(tmp_path, keys) as terminal,
    ):
        _form(terminal, "3", {"access-key": KEY, "s3": f"s3://{BUCKET}/AWSLogs/", "endpoint-url": url})
        terminal.until(" read, ")
        workers = descendants(terminal.process.pid)
        assert workers
        terminal.wait(lambda: len(answers.asked) > BEFORE, "the bucket was not asked", PATIENCE)
        terminal.press("\x03")
        terminal.until("STOPPED")
        terminal.until("it was stopped")
        terminal.until("NOT read to the end")
        gate.set()
        terminal.wait(lambda: not any(map(alive, workers)), "its processes live on", PATIENCE)
        terminal.press("c")
        terminal.until("answered in")
        terminal.until(f"{LOGS} events · 0 findings")
        terminal.press("w")
        terminal.until("Save the report")
        terminal.press(f"{tmp_path}/events.jsonl\r")
        terminal.until("sha256 ")
        terminal.until("Saved")
        found = [json.loads(line)["eventID"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
        assert sorted(found) == sorted(f"e{number}" for number in range(LOGS))


@pytest.mark.deep
def test_leaving_while_aws_is_silent_waits_for_nobody(tmp_path: Path) -> None:
    """A termination in the middle of a search ends the program and its processes, with 130, though S3 never answers."""
    gate = threading.Event()
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "x"}
    with (
        faulty_bucket(many_logs(), 1, silent_after(BEFORE, gate)) as (url, answers),
        _sitting(tmp_path, keys, columns=60) as terminal,
    ):
        _form(terminal, "3", {"access-key": KEY, "s3": f"s3://{BUCKET}/AWSLogs/", "endpoint-url": url}, "\x1b[15~")
        terminal.until(" read, ")
        workers = descendants(terminal.process.pid)
        terminal.wait(lambda: len(answers.asked) > BEFORE, "the bucket was not asked", PATIENCE)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended(5.0) == 130
        eventually(lambda: not any(map(alive, workers)), "its processes")
        gate.set()
