"""CloudTrail asked from the desk: the forms, what goes on, refusals, hostile words, narrow windows, other keys."""

import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import click
from textual.pilot import Pilot
from textual.widgets import Input

from bench.trails import ARN, generated
from irtui.cli.verbs.trail import trail
from irtui.desk.desk import Desk
from irtui.desk.enquiries import FORMS, Enquiry
from irtui.desk.home import Home
from irtui.errors import CredentialsError
from irtui.settings.load import Settings
from irtui.tui.application import IrtuiApp
from tests.support.signed_folder import logs, written
from tests.tui import trail_reports
from tests.tui.fake_desk import FakeDesk
from tests.tui.hostile_app import poisoned
from tests.tui.walks import app_on, screen_text, until

FOLDER = Path(__file__).parent / "snapshots"
_NOT_IN_A_FORM = {"output", "help", "sql"}


async def _sees(pilot: Pilot[Any], words: str) -> None:
    await until(pilot, lambda: words in screen_text(pilot.app), 10.0)


async def _form(pilot: Pilot[Any], tab: str, values: Mapping[str, str] | None = None, key: str = "v") -> None:
    """From the desk, or from the trail screen, into a form that is filled."""
    await until(pilot, lambda: "RUNBOOKS" in screen_text(pilot.app) or "[" in screen_text(pilot.app), 10.0)
    if "RUNBOOKS" in screen_text(pilot.app):
        await pilot.press(key)
        await _sees(pilot, "Nothing was asked yet")
    await pilot.press(tab, "r")
    await _sees(pilot, "Ask ")
    kind = {"1": "coverage", "2": "validate", "3": "search"}[tab]
    for place, blank in enumerate(FORMS[kind]):
        if values and blank.name in values:
            pilot.app.screen.query_one(f"#blank-{place}").value = values[blank.name]  # type: ignore[attr-defined]
    await pilot.pause()


def _real(home: Path) -> IrtuiApp:
    places = Home(home / "data", home / "config", home / "state")
    return IrtuiApp(Desk(places, Settings(), {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(home)}))


def test_every_option_of_the_commands_is_a_line_of_a_form() -> None:
    """The forms can ask all that the commands can; a filled form says itself as a command that click understands."""
    for kind, blanks in FORMS.items():
        command = trail.get_command(click.Context(trail), kind)
        assert command is not None
        options = {each.opts[0].removeprefix("--"): each for each in command.params if isinstance(each, click.Option)}
        wanted = set(options) - _NOT_IN_A_FORM - ({"account-id"} if kind == "search" else set()) - {"-o"}
        assert {blank.name for blank in blanks} == wanted, kind
        filled = Enquiry(kind, {blank.name: "yes" if blank.yes else "a 'b c'" for blank in blanks})
        parsed = command.make_context(kind, list(filled.command()[3:])).params
        for blank in blanks:
            option = options[blank.name]
            assert (option.multiple, option.is_flag) == (blank.many, blank.yes), blank
            value = parsed[str(option.name)]
            assert value == (("a", "b c") if blank.many else True if blank.yes else "a 'b c'")


async def test_a_folder_is_covered_and_a_damaged_log_is_found_on_the_real_desk(tmp_path: Path) -> None:
    """The picture and the finding of a downloaded trail, filtered and opened; what is refused is said, and mended."""
    signed = generated(6, files=2, least=1, most=2)
    written(signed, tmp_path / "b")
    (tmp_path / "b" / logs(signed)[3]).write_bytes(b"no gzip")
    (tmp_path / "keys").write_text(json.dumps(signed.public_keys))
    told = {"trail-arn": ARN, "start-time": "2026-03-01T00:00Z", "end-time": "2026-03-01T06:00Z",
            "folder": str(tmp_path / "b"), "public-keys": str(tmp_path / "keys")}  # fmt: skip
    app = _real(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        for wrong, title, why in (
            ({"start-time": "at noon"}, "That cannot be asked like this", "is no time"),
            ({"folder": "/nowhere"}, "That cannot be asked like this", "aws s3 sync"),
            ({"folder": "", "public-keys": ""}, "No usable AWS credentials", "Choose a profile with --profile"),
        ):
            await _form(pilot, "1", told | wrong)
            await pilot.press("ctrl+r")
            await _sees(pilot, title)
            assert why in screen_text(app), screen_text(app)
            await pilot.press("escape")
            await _sees(pilot, "Ask ")
            await pilot.press("escape")
            await _sees(pilot, "Nothing was asked yet")
        await _form(pilot, "1", told)
        await pilot.press("ctrl+r")
        await _sees(pilot, "answered in")
        assert "us-east-1 trail main" in screen_text(app) and "blind window" in screen_text(app)
        await _form(pilot, "2", told)
        await pilot.press("ctrl+r")
        await _sees(pilot, "NOT as CloudTrail wrote it.")
        await pilot.press("slash", *"inv", "enter")
        await _sees(pilot, "1 of ")
        await pilot.press("enter")
        await _sees(pilot, logs(signed)[3][-20:])
        await pilot.press("escape", "escape", "escape")
        await _sees(pilot, "RUNBOOKS")


async def test_hostile_words_are_inert_in_forms_progress_and_reports() -> None:
    """What an attacker named a bucket, an event or a log steers nothing: typed, streaming, refused or answered."""
    desk = FakeDesk(poisoned, reports=trail_reports.reports(poisoned))
    app = app_on(desk)
    seen = ""
    async with app.run_test(size=(120, 40)) as pilot:
        for tab in "23":
            desk.trouble = None
            await _form(pilot, tab, {"folder": poisoned("x"), "trail-arn": poisoned("x")})
            seen += screen_text(app)
            await pilot.press("ctrl+r")
            await _sees(pilot, "answered in")
            seen += screen_text(app)
            desk.trouble = CredentialsError(poisoned("why"), advice=poisoned("advice"))
            await pilot.press("r")
            await _sees(pilot, "Ask ")
            await pilot.press("ctrl+r")
            await _sees(pilot, "No usable AWS credentials")
            seen += screen_text(app)
            await pilot.press("escape")
            await _sees(pilot, "Ask ")
            await pilot.press("escape")
            await _sees(pilot, "Nothing was asked yet")
        desk.trouble, desk.hang = None, Event()
        await _form(pilot, "3")
        await pilot.press("ctrl+r")
        await _sees(pilot, "asking 0 s")
        await until(pilot, desk.hanging.is_set)
        seen += screen_text(app)
        await pilot.press("x")
        await _sees(pilot, "STOPPED")
    assert "[/]" in seen and "\\u{1b}" in seen
    assert {
        c for c in seen if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    } == set()


async def test_keys_stop_go_on_leave_and_can_be_others() -> None:
    """esc stops before it leaves, c goes on from the place that was told, and every key of it can be mapped."""
    desk = FakeDesk(reports=trail_reports.reports())
    desk.hang = Event()
    keymap = {"desk.trail": "f7", "forensics.ask": "a", "forensics.stop": "z", "enquiry.run": "f8"}
    app = app_on(desk, keymap=keymap, profile="audit")
    async with app.run_test(size=(80, 24)) as pilot:
        await _sees(pilot, "RUNBOOKS")
        await pilot.press("f7")
        await _sees(pilot, "Nothing was asked yet")
        assert "stop" not in screen_text(app).splitlines()[-1], "nothing runs"
        await pilot.press("3", "a")
        await _sees(pilot, "--profile audit")
        await pilot.press(*"AKIA", "f8")
        await until(pilot, desk.hanging.is_set)
        await _sees(pilot, "z stop")
        await pilot.press("escape")
        await _sees(pilot, "STOPPED")
        await pilot.press("c")
        await _sees(pilot, "answered in")
        (first, nothing), (second, before) = desk.enquiries
        assert nothing is None and before is not None and before.stopped
        assert dict(second.values) == {**first.values, "after": "log-7"} and first.one("access-key") == "AKIA"
        await pilot.press("question_mark")
        await _sees(pilot, "Help:")
        await pilot.press("G")
        await _sees(pilot, "Fill in what is asked, and ask it")
        await pilot.press("escape")
        await _sees(pilot, "answered in")
        await pilot.press("q")
        await _sees(pilot, "RUNBOOKS")
        await pilot.press("f7", "3")
        await _sees(pilot, "answered in")
        assert "iam.CreateUser0" in screen_text(app), "what was asked stays while irtui runs"
        desk.trouble = CredentialsError("expired")
        await pilot.press("a")
        await _sees(pilot, "--access-key AKIA")
        await pilot.press("f8")
        await _sees(pilot, "expired")
        assert "iam.CreateUser0" not in screen_text(app), "the old answer is not that of the new question"


async def test_a_report_is_saved_once_and_never_over_a_file(tmp_path: Path) -> None:
    """The file is private and holds the report; the same name again is refused, and so are lines of what has none."""
    app = app_on(FakeDesk(reports=trail_reports.reports()))
    path = tmp_path / "r.json"
    async with app.run_test(size=(100, 30)) as pilot:
        await _form(pilot, "2")
        await pilot.press("ctrl+r")
        for name, words in ((path, "sha256"), (path, "exists already"), (tmp_path / "r.jsonl", "one a line")):
            await _sees(pilot, "answered in")
            await pilot.press("w")
            await _sees(pilot, "Save the report")
            app.screen.query_one(Input).value = str(name)
            await pilot.press("enter")
            await _sees(pilot, words)
            await pilot.press("escape")
            await until(pilot, lambda: type(app.screen).__name__ == "ForensicsScreen")
    assert json.loads(path.read_text())["data"] == trail_reports.validation()
    assert path.stat().st_mode & 0o777 == 0o600 and not (tmp_path / "r.jsonl").exists()


async def test_forms_and_reports_look_as_before() -> None:
    """Form, progress and report at 80x24, and in ASCII at 60 columns, look as they did."""
    seen = {}
    for size, ascii_only in (((80, 24), False), ((60, 18), True)):
        desk = FakeDesk(reports=trail_reports.reports())
        desk.hang = Event()
        app = app_on(desk, ascii_only=ascii_only)
        async with app.run_test(size=(80, 24)) as pilot:
            await _form(pilot, "3", {"access-key": "AKIAEXAMPLEKEY000001", "folder": "/logs"})
            await pilot.resize_terminal(*size)
            await _sees(pilot, "--access-key AKIA")
            seen[f"enquiry_{size[0]}"] = screen_text(app)
            await pilot.press("ctrl+r")
            await _sees(pilot, "7 logs read")
            seen[f"asking_{size[0]}"] = screen_text(app)
            await pilot.press("x")
            await _sees(pilot, "STOPPED")
            await _sees(pilot, "c go on" if size[0] > 60 else "STOPPED")
            seen[f"answer_{size[0]}"] = screen_text(app)
    differing = []
    for name, text in seen.items():
        path = FOLDER / f"{name}.txt"
        if os.environ.get("SNAPSHOTS") == "update":
            path.write_text(text + "\n", encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text + "\n":
            differing.append(f"--- {name} now looks like this:\n{text}")
    assert not differing, "\n".join(differing)
