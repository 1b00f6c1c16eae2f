"""CloudTrail's reports on the screen: the picture of what is covered, findings, events; hostile, narrow, very many."""

import os
import time
import unicodedata
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from irtui.report.forensics import kept_in
from irtui.tui.present.trail import found
from irtui.tui.present.trail_coverage import CoverageView
from irtui.tui.present.trail_events import EventsView
from irtui.tui.present.trail_findings import FindingsView
from tests.tui import trail_reports
from tests.tui.fake_desk import FakeDesk, FakeRecord
from tests.tui.hostile_app import poisoned
from tests.tui.walks import app_on, open_incident, screen_text, until

FOLDER = Path(__file__).parent / "snapshots"


def _text(lines: Any) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


async def _trail(pilot: Pilot[Any], words: str = "blind window") -> None:
    await open_incident(pilot)
    await until(pilot, lambda: bool(kept_in(pilot.app.sitting.records)))  # type: ignore[attr-defined]
    await pilot.press("v")
    await until(pilot, lambda: words in screen_text(pilot.app))


def test_the_newest_evidence_of_each_question_is_taken() -> None:
    """Of two searches the later one counts; other calls, and those without evidence, do not."""
    calls = [
        ("trail.search", "a"),
        ("trail.coverage", "b"),
        ("trail.search", "c"),
        ("iam.x", "d"),
        ("trail.search", ""),
    ]
    records = [
        FakeRecord(seq, "observe", {"call": call, "evidence": kept}, "") for seq, (call, kept) in enumerate(calls)
    ]
    assert kept_in(records) == {"trail.search": "c", "trail.coverage": "b"}


def test_a_bar_fills_its_row_at_any_width_and_never_hides_a_blind_window() -> None:
    """From 20 to 1000 columns each row and the axis have one length, and the stopped hours are in the bar."""
    for width in (20, 57, 77, 117, 1000):
        for ascii_only, blind in ((False, "▁"), (True, ".")):
            view = CoverageView(trail_reports.coverage(), ascii_only=ascii_only)
            rows = [_text([view.line(index, width)]) for index in range(len(view))]
            axis = _text(view.head(width)[-1:])
            assert {len(row) for row in (*rows, axis)} <= {len(rows[0]), len(rows[0]) + 1} and len(
                set(map(len, rows))
            ) == 1
            assert blind in rows[1] and "?" in rows[1] and "?" in rows[0] and ("#" in rows[2]) is ascii_only


def test_what_is_no_report_claims_nothing() -> None:
    """Missing, wrong or made-up members never look covered, valid or complete."""
    odd: dict[str, Any] = {
        "rows": 7,
        "lanes": [{"slots": "x"}],
        "events": [{"event": 3}],
        "sources": [{}],
        "minutes": [],
    }
    for empty in ({}, odd):
        assert "nothing is known" in _text(CoverageView(empty).head(80))
        told = FindingsView(empty)
        assert "nothing is known" in _text(told.head(80)) and "as CloudTrail wrote" not in _text(told.head(80))
        assert all("VALID " not in _text([told.line(index, 80)]) for index in range(len(told)))
    events = EventsView(odd)
    assert "NOT read to the end" in _text(events.head(80)) and _text([events.line(1, 120)])
    made_up = FindingsView({"verdict": "VALID!", "digests": {"valid": 3}})
    assert "NOT as CloudTrail wrote it" in _text(made_up.head(80))


def test_a_hundred_thousand_events_are_filtered_as_one_types() -> None:
    """Another letter looks only through what was left, and costs a small part of the first look."""
    view = EventsView(trail_reports.events(many=100_000))
    began = time.perf_counter()
    some = found(view, "createuser9999", range(len(view)))
    first = time.perf_counter() - began
    began = time.perf_counter()
    assert len(found(view, "createuser99999", some)) == 1 and len(some) == 11
    assert time.perf_counter() - began < first


async def test_the_three_tabs_are_read_filtered_and_opened() -> None:
    """v opens the picture with dates, words and reasons; tabs, filter and details show findings and events."""
    app = app_on(FakeDesk(reports=trail_reports.reports()))
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await _trail(pilot)
        text = screen_text(app)
        for words in (
            "covered 59.7 h",
            "not covered 24.0 h",
            "|11-22 00:00",
            "eu-west-1 trail main",
            "[coverage]",
            "▁▁▁",
        ):
            assert words in text, words
        await pilot.press("j")
        await until(pilot, lambda: "Logging was stopped. By" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "2026-11-22T08:00:00Z to 2026-11-22T12:00:00Z" in screen_text(app))
        await pilot.press("escape", "2")
        await until(pilot, lambda: "NOT as CloudTrail wrote it." in screen_text(app))
        assert "19 valid" in screen_text(app) and "1 missing" in screen_text(app) and "INVALID" in screen_text(app)
        await pilot.press("slash", *"no digest", "enter")
        await until(pilot, lambda: "1 of 3 rows" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "not found" in screen_text(app))
        await pilot.press("escape", "escape", "right")
        await until(pilot, lambda: "iam.CreateUser1" in screen_text(app))
        assert (
            "FINDING" in screen_text(app)
            and "cannot show data" in screen_text(app)
            and "AccessDenied" in screen_text(app)
        )
        await pilot.press("G", "enter")
        await until(pilot, lambda: "requestParameters" in screen_text(app) and "backdoor" in screen_text(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: type(app.screen).__name__ == "RunScreen")


async def test_hostile_words_in_the_reports_are_inert() -> None:
    """Whatever an attacker named a trail, an event or himself steers nothing, on any tab or in any detail."""
    app = app_on(FakeDesk(reports=trail_reports.reports(poisoned)))
    async with app.run_test(size=(120, 40)) as pilot:
        await _trail(pilot)
        seen = ""
        for tab, row in (("1", "j"), ("2", "g"), ("3", "G")):
            await pilot.press(tab)
            await until(pilot, lambda: "reading" not in screen_text(app))
            await pilot.press(row)
            seen += screen_text(app)
            await pilot.press("enter")
            await until(pilot, lambda: type(app.screen).__name__ != "TrailScreen")
            await pilot.pause()
            seen += screen_text(app)
            await pilot.press("escape")
            await until(pilot, lambda: type(app.screen).__name__ == "TrailScreen")
        assert "[/]" in seen and "\\u{1b}" in seen
        bad = {c for c in seen if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")}
        assert bad == set()


async def test_the_picture_looks_as_before() -> None:
    """At 120x40, 80x24 and in ASCII at 60 columns it looks as it did."""
    differing = []
    for name, size, ascii_only in (("120", (120, 40), False), ("80", (80, 24), False), ("60", (60, 20), True)):
        app = app_on(FakeDesk(reports=trail_reports.reports()), ascii_only=ascii_only)
        async with app.run_test(size=(max(80, size[0]), max(24, size[1]))) as pilot:
            await _trail(pilot)
            await pilot.press("j")
            await pilot.resize_terminal(*size)
            await until(pilot, lambda app=app: "12:00Z not covered" in screen_text(app))  # type: ignore[misc]
            text = screen_text(app) + "\n"
        path = FOLDER / f"trail_{name}.txt"
        if os.environ.get("SNAPSHOTS") == "update":
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            differing.append(text)
    assert not differing, "\n".join(differing)
