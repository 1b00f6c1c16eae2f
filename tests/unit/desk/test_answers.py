"""An enquiry about CloudTrail answered, stopped and gone on with, below any face."""

import json
import threading
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bench.trails import ARN, SignedTrail, generated
from irtui.clock import SystemClock
from irtui.desk.answers import Answer, answered
from irtui.desk.enquiries import Enquiry
from irtui.desk.watch import Watch
from irtui.errors import UsageError
from tests.support.search_logs import KEY, event, log, put
from tests.support.signed_folder import logs, written

LOGS = 40
SPAN = {"trail-arn": ARN, "start-time": "2026-03-01T00:00Z", "end-time": "2026-03-01T06:00Z"}


def _answer(
    enquiry: Enquiry, told: Callable[[Watch, str, Mapping[str, Any] | None], None] = lambda *_: None, **how: Any
) -> Answer:
    """`told` hears every word, since this clock lets seconds go by whenever it is looked at."""
    ticks = count(step=10)
    watch = Watch(lambda: float(next(ticks)), lambda words, data: told(watch, words, data))
    return answered(enquiry, watch, environ={}, clock=SystemClock(), ask_secret=lambda prompt: None, **how)


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> tuple[SignedTrail, dict[str, str]]:
    """Six signed hours in a folder, the newest log of which was changed; and a form that asks about it."""
    folder = tmp_path_factory.mktemp("answers")
    signed = generated(6, files=2, least=1, most=2)
    written(signed, folder / "b")
    (folder / "b" / logs(signed)[-1]).write_bytes(b"no gzip")
    (folder / "keys").write_text(json.dumps(signed.public_keys))
    return signed, SPAN | {"folder": str(folder / "b"), "public-keys": str(folder / "keys")}


def test_a_stopped_search_and_the_one_that_goes_on_are_one_report(tmp_path: Path) -> None:
    """Stopped, it is not whole and tells its events so far; gone on with, it equals one that was never stopped."""
    for number in range(LOGS):
        put(tmp_path / "b", f"{number:03}", log(event(number), *([event(0)] if number % 7 else [])))
    put(tmp_path / "b", "z", b"no gzip")
    enquiry = Enquiry("search", {"access-key": f"{KEY} AKIAOTHER", "folder": str(tmp_path / "b")})
    streamed: list[int] = []

    def stop(watch: Watch, words: str, data: Mapping[str, Any] | None) -> None:
        streamed.append(data["count"] if data else 0)
        if len(streamed) == LOGS // 2:
            watch.stop()

    half = _answer(enquiry, stop)
    assert half.stopped and not half.good and half.data["stopped"] and not half.data["sources"][0]["read_to_the_end"]
    assert 0 < max(streamed) <= half.data["count"] < LOGS and half.go_on
    rest = _answer(Enquiry("search", {**enquiry.values, "after": half.go_on}), before=half)
    whole = _answer(enquiry)
    assert not rest.stopped and not rest.go_on
    for member in ("count", "sha256", "events", "findings", "findings_left_out", "stopped"):
        assert rest.data[member] == whole.data[member], member
    assert rest.data["sources"][0]["read_to_the_end"] and rest.data["sources"][0]["read"] >= LOGS
    assert rest.text("x.jsonl").count("\n") == LOGS - 1 and len(whole.data["findings"]) == 1


def test_a_stopped_validation_is_never_valid_and_tells_what_it_saw(trail: tuple[SignedTrail, dict[str, str]]) -> None:
    """It begins with the finding that it was stopped, and keeps the verdicts that had fallen."""
    seen: list[Mapping[str, Any]] = []

    def stop(watch: Watch, words: str, data: Mapping[str, Any] | None) -> None:
        seen.extend([data] if data else [])
        watch.stop()

    half = _answer(Enquiry("validate", trail[1]), stop)
    assert half.stopped and not half.good and half.data["verdict"] != "valid"
    assert half.data["findings"][0]["reason"] == "stopped" and half.data["digests"]["valid"] < 6
    whole = _answer(Enquiry("validate", trail[1]))
    assert (whole.data["verdict"], whole.data["digests"]["valid"], len(whole.data["findings"])) == ("invalid", 6, 1)


def test_a_stopped_coverage_claims_nothing(trail: tuple[SignedTrail, dict[str, str]]) -> None:
    """There is no half of a picture."""
    half = _answer(Enquiry("coverage", trail[1]), lambda watch, words, data: watch.stop())
    assert half.stopped and not half.data and not half.good and not half.go_on
    assert _answer(Enquiry("coverage", trail[1])).data["rows"]


def test_a_form_finds_home_and_says_what_a_quotation_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is home in names of files, as a shell has it, and nowhere else; half a quotation is refused."""
    monkeypatch.setenv("HOME", "/h")
    filled = Enquiry("search", {"folder": "~/a '~/b c'", "principal": "~", "events": "~/e"})
    assert filled.many("folder") == ("/h/a", "/h/b c") and filled.many("principal") == ("~",)
    assert filled.one("events") == "/h/e"
    with pytest.raises(UsageError, match="--folder: a quotation mark"):
        Enquiry("search", {"folder": "'a"}).many("folder")


def test_a_stop_does_not_wait_for_a_thread_that_hangs() -> None:
    """The answer comes within seconds though the thread that asks waits for ever."""
    gate = threading.Event()
    watch = Watch(lambda: 0.0)
    threading.Timer(0.1, watch.stop).start()
    with pytest.raises(KeyboardInterrupt):
        watch.over(lambda: gate.wait(60))
    gate.set()


def test_every_verdict_goes_into_the_file_that_was_named_and_none_is_left_by_a_refusal(
    tmp_path: Path, trail: tuple[SignedTrail, dict[str, str]]
) -> None:
    """The file has a line for each; what was refused before it began leaves no file that would refuse the next."""
    report = tmp_path / "verdicts"
    with pytest.raises(UsageError, match="no folder"):
        _answer(Enquiry("validate", {**trail[1], "folder": "/nowhere", "report": str(report)}))
    assert not report.exists()
    answer = _answer(Enquiry("validate", {**trail[1], "report": str(report)}))
    told = [json.loads(line)["subject"] for line in report.read_text().splitlines()]
    assert told.count("digest") == 6 and told.count("log") == 12 and answer.data["logs"]["valid"] == 11
    with pytest.raises(UsageError, match="exists already"):
        _answer(Enquiry("validate", {**trail[1], "report": str(report)}))
