"""The TUI on the fake desk, driven by keys."""

import asyncio
import threading
import time
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Button, Input

from irtui.engine.operator import (
    AddNote,
    Checkpoint,
    CloseIncident,
    Confirmed,
    RunStep,
    SkipStep,
    TellAnchor,
    UndoStep,
    Unlock,
)
from irtui.errors import CredentialsError
from irtui.model.incident import StepStatus
from irtui.tui.widgets.tick import Tick
from tests.tui.fake_desk import FakeDesk
from tests.tui.walks import app_on, open_incident, screen_text, until


def name(app: Any) -> str:
    return type(app.screen).__name__


async def test_desk_lists_searches_and_refuses_broken_runbooks() -> None:
    """The desk shows incidents, runbooks and game days, filters them, and does not open a runbook with problems."""
    app = app_on(FakeDesk())
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: "The leaked key" in screen_text(app))
        text = screen_text(app)
        assert "INCIDENTS TO CONTINUE" in text and "RUNBOOKS" in text and "GAME DAYS" in text
        assert "INC-31AA" in text and "irtui" in text.split("\n")[0]
        await pilot.press("slash", *"own", "enter")
        await pilot.pause()
        assert "A team's own" in screen_text(app) and "The leaked key" not in screen_text(app)
        assert "iam.PutUserPolise" in screen_text(app)
        await pilot.press("enter")
        await pilot.pause()
        assert name(app) == "DeskScreen" and "cannot be used" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "The leaked key" in screen_text(app)


async def test_walk_confirm_undo_skip_note_close() -> None:
    """A whole incident: choose, confirm by typing, undo, be refused, skip, note, close; each reaches the engine."""
    desk = FakeDesk()
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await open_incident(pilot)
        visit = desk.visit
        assert visit is not None and desk.answers is not None
        assert desk.answers.inputs == {"access_key_id": "AKIAEXAMPLEKEY000001"} and desk.answers.account_typed == "3333"
        assert desk.answers.key == "throw-away"
        top = screen_text(app).split("\n")[0]
        assert "REHEARSAL" in top and "READ-ONLY" not in top and "111122223333" in top and "INC-7Q2F" in top
        assert "✓ done" in screen_text(app) and "▸ now" in screen_text(app)

        await pilot.press("enter", "enter", "enter")
        await pilot.pause()
        assert visit.commands == [], "enter must not run anything"
        await pilot.press("shift+tab", "shift+tab", "r")
        await until(pilot, lambda: name(app) == "ChoiceDialog")
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert name(app) == "ChoiceDialog", "a held enter must not choose"
        await pilot.press("j")
        choice = app.screen
        choice.query_one("#choices").action_select()  # type: ignore[attr-defined]
        choice.query_one("#choices").action_select()  # type: ignore[attr-defined]
        await until(pilot, lambda: visit.state.step("way").status is StepStatus.DONE)
        assert name(app) == "RunScreen", "two clicks must not take the screen below with them"
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        assert visit.state.step("way").values["choice"] == "now"

        await pilot.press("r")
        await until(pilot, lambda: name(app) == "ConfirmScreen")
        assert app.focused is not None and app.focused.id == "cancel"
        assert app.screen.query_one("#run", Button).disabled
        app.screen.query_one("#reason", Input).focus()
        await pilot.press(*"known", "tab", *"ci-deplo", "enter", "enter")
        await pilot.pause()
        assert app.screen.query_one("#run", Button).disabled, "a wrong target must not do"
        app.screen.query_one("#typed", Input).post_message(events.Paste("y"))
        await pilot.pause()
        assert app.screen.query_one("#typed", Input).value == "ci-deplo" and "paste" in screen_text(app)
        app.screen.query_one("#typed", Input).insert("yy", 8)
        assert app.screen.query_one("#typed", Input).value == "ci-deplo"
        await pilot.press("y", *["enter"] * 5)
        await pilot.pause()
        assert visit.confirmed == [], "enter in the field must not confirm"
        assert not app.screen.query_one("#run", Button).disabled
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: visit.state.step("deny").status is StepStatus.SETTLING)
        assert visit.confirmed == [Confirmed("ci-deploy", "known")]
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        assert "~ settling" in screen_text(app) and "1 settling" in screen_text(app)

        await pilot.press("r")
        await until(pilot, lambda: "refused: your own key" in screen_text(app))
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        await pilot.press("s", *"no", "enter")
        await pilot.pause()
        assert name(app) == "TextDialog", "two letters are no reason"
        await pilot.press(*"t now", "enter")
        await until(pilot, lambda: visit.state.step("deactivate").status is StepStatus.SKIPPED)
        await pilot.press("n", *"told", "enter")
        await until(pilot, lambda: visit.state.notes == ("told",))
        before = visit.state.records
        await pilot.press("f")
        await until(pilot, lambda: f"irtui {visit.state.id} #{before} " in screen_text(app))
        await pilot.press(*"OPS-4711", "enter")
        await until(pilot, lambda: f"unanchored since #{before + 1} " in screen_text(app))
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        await pilot.press("K")
        await until(pilot, lambda: f"unanchored since #{before + 2} " in screen_text(app))

        app.screen.query_one("#steps").choose("deny")  # type: ignore[attr-defined]
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        await pilot.press("u")
        await until(pilot, lambda: name(app) == "ConfirmScreen")
        await until(pilot, lambda: "Take back 1 change" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: name(app) == "RunScreen" and app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        assert len(visit.confirmed) == 1, "enter on the fresh dialog cancels"

        await pilot.press("x")
        await pilot.press(*"over", "enter")
        await until(pilot, lambda: "is closed" in screen_text(app))
        assert "missed" in screen_text(app) and visit.released
        assert [type(command) for command in visit.commands] == [
            RunStep, RunStep, RunStep, SkipStep, AddNote, TellAnchor, Checkpoint, UndoStep, CloseIncident
        ]  # fmt: skip
        await pilot.press("escape", "f")
        await until(pilot, lambda: name(app) == "NoticeDialog" and f"irtui {visit.state.id} #" in screen_text(app))


async def test_journal_evidence_help_palette() -> None:
    """Journal, record, verification, evidence tree with search and hash, help and palette open and close."""
    desk = FakeDesk()
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await open_incident(pilot, digits="")
        assert "READ-ONLY" in screen_text(app).split("\n")[0]
        await pilot.press("J")
        await until(pilot, lambda: name(app) == "JournalScreen")
        await pilot.press("slash", *"snapshot", "enter")
        await pilot.pause()
        assert "1 of 3 records" in screen_text(app) and "GetAccessKeyLastUsed" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: name(app) == "NoticeDialog")
        assert "signature" in screen_text(app) and "aaaa" in screen_text(app)
        await pilot.press("escape", "v")
        await until(pilot, lambda: "not closed" in screen_text(app))
        await pilot.press("escape", "escape")
        chosen = []
        for keys in (
            ("G",),
            ("n",),
            ("N",),
            ("g",),
            ("n",),
            ("slash", *"#1", "enter"),
            ("colon", "3", "enter"),
            ("n",),
        ):
            await pilot.press(*keys)
            await pilot.pause()
            chosen.append(app.screen._chosen.seq)  # type: ignore[attr-defined]
        found = chosen[1]
        assert chosen == [3, found, found, 1, found, 1, 3, 1]
        assert "3 records" in screen_text(app), "what the filter hid is shown to jump there"
        await pilot.press("colon", "9", "enter")
        await until(pilot, lambda: "There is no record #9." in screen_text(app))
        await pilot.press("colon", "escape", "escape")
        await until(pilot, lambda: name(app) == "RunScreen")
        app.screen.query_one("#steps").choose("snapshot")  # type: ignore[attr-defined]
        await pilot.press("e")
        await until(pilot, lambda: "AKIAEXAMPLEKEY000001" in screen_text(app))
        assert "sha256" in screen_text(app) and "not read: ListMFADevices" in screen_text(app)
        await pilot.press("slash", *"active", "enter")
        await pilot.pause(0.05)
        assert "Active" in str(app.screen.query_one("#tree").cursor_node.label)  # type: ignore[attr-defined]
        await pilot.press("escape", "escape", "question_mark")
        await until(pilot, lambda: "Preview the step" in screen_text(app))
        await pilot.press("escape", "colon")
        await until(pilot, lambda: name(app) == "CommandPalette")
        await pilot.press("escape")
        await until(pilot, lambda: name(app) == "RunScreen")
        await pilot.press("a", *"3333", "enter")
        await until(pilot, lambda: "READ-ONLY" not in screen_text(app).split("\n")[0])
        assert isinstance(desk.visit.commands[-1], Unlock)  # type: ignore[union-attr]


async def test_keys_answer_while_a_call_hangs_and_leaving_waits_for_it() -> None:
    """While the bridge's thread hangs in a call, keys act within 100 ms; q asks, nothing is cut off."""
    desk = FakeDesk()
    desk.hang = threading.Event()
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await open_incident(pilot)
        app.screen.query_one("#steps").choose("revoke")  # type: ignore[attr-defined]
        await pilot.press("r")
        await until(pilot, lambda: name(app) == "ConfirmScreen")
        app.screen.query_one("#typed").focus()
        await pilot.press(*"0001", "tab", "tab", "enter")
        await until(pilot, desk.hanging.is_set)
        await until(pilot, lambda: "working" in screen_text(app))
        took = []
        for key, wanted in (("1", "plan"), ("2", "result"), ("3", "evidence"), ("4", "aws")):
            start = time.perf_counter()
            await pilot.press(key)
            while f"[{wanted}]" not in screen_text(app):
                await asyncio.sleep(0)
            took.append(time.perf_counter() - start)
        assert min(took) < 0.1, took
        await pilot.press("r")
        await until(pilot, lambda: "still working" in screen_text(app))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: name(app) == "LeaveDialog")
        assert "resume INC-7Q2F" in screen_text(app) and "outcome is still recorded" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: name(app) == "RunScreen")
        await pilot.press("q", "q")
        await until(pilot, lambda: "leaving" in screen_text(app))
        assert desk.visit is not None and not desk.visit.released
        desk.hang.set()
        await until(pilot, lambda: name(app) == "DeskScreen")
        assert desk.visit.released and desk.visit.records()[-1].type == "outcome" and not desk.visit.state.closed


async def test_errors_at_the_briefing_are_shown_and_the_desk_comes_back() -> None:
    """An error with title and advice is shown; esc abandons a briefing; remapped keys work; a tiny window is told."""
    desk = FakeDesk()
    desk.trouble = CredentialsError("no profile called prod", advice="Name one with --profile.")
    app = app_on(desk, keymap={"desk.search": "f"}, ascii_only=True)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: "The leaked key" in screen_text(app))
        await pilot.press("G", "enter")
        await until(pilot, lambda: "no profile called prod" in screen_text(app))
        assert "Name one with --profile." in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: name(app) == "DeskScreen")
        desk.trouble = None
        await pilot.press("f")
        assert app.focused is not None and app.focused.id == "search"
        await pilot.press("escape", "G", "enter")
        await until(pilot, lambda: name(app) == "BriefingScreen")
        await pilot.press("escape")
        await until(pilot, lambda: desk.abandoned == 1 and name(app) == "DeskScreen")
        await open_incident(pilot)
        assert "[x] done" in screen_text(app) and "[>] now" in screen_text(app)
        await pilot.resize_terminal(50, 12)
        await until(pilot, lambda: "at least 60 columns" in " ".join(screen_text(app).split()))
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: "acme-prod" in screen_text(app) and "us-east-1" in screen_text(app))


async def test_a_resume_asks_for_the_key_that_does_not_answer() -> None:
    """When the key that signed before does not answer, another kind or its passphrase is asked for; esc says why."""
    desk = FakeDesk()
    desk.opens_with = ("passphrase-file", "four small words")
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await until(pilot, lambda: "INC-31AA" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: name(app) == "ChoiceDialog")
        assert "the keyring does not answer" in screen_text(app) and "ephemeral" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: name(app) == "NoticeDialog")
        await pilot.press("escape")
        await until(pilot, lambda: name(app) == "DeskScreen")
        await pilot.press("g", "enter")
        await until(pilot, lambda: name(app) == "ChoiceDialog")
        await pilot.press("j", "enter")
        await until(pilot, lambda: name(app) == "TextDialog")
        await pilot.press(*"four small words", "enter")
        await until(pilot, lambda: name(app) == "RunScreen" and app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        assert "four small words" not in screen_text(app)
        assert desk.keys_tried == [("", ""), ("", ""), ("passphrase-file", "four small words")]
        await pilot.press("q", "q")


async def test_a_box_shows_without_colours_whether_it_is_ticked() -> None:
    """The mark is there when it is ticked, and only then."""

    class One(App[None]):
        def compose(self) -> ComposeResult:
            yield Tick("I trust it")

    app = One()
    async with app.run_test(size=(40, 5)) as pilot:
        await until(pilot, lambda: "I trust it" in screen_text(app))
        assert "X" not in screen_text(app)
        await pilot.press("space")
        await until(pilot, lambda: "X" in screen_text(app))
