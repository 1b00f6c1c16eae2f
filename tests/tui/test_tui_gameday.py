"""A game day on the screen: the room speaks and is read, hints, the world stands still, the debrief, the labels."""

from datetime import UTC, datetime
from typing import Any

import pytest

from irtui.engine.operator import AskHint, Message, Pause
from irtui.gameday.objective import Objective
from irtui.gameday.score import Score
from tests.tui.fake_desk import FakeDesk
from tests.tui.walks import app_on, open_incident, screen_text, until

INJECT = Message("Head of platform", "Is the pipeline safe?", level="warning", details={"inject": "status"})
SCORE = Score(
    incident="INC-7Q2F", scenario="leaked-key", title="The leaked key", began=datetime(2026, 11, 23, 2, tzinfo=UTC),
    lasted=1800.0, won=False, objectives=(Objective("cut_off", "Everything is refused.", False, "a key works"),),
    first_containment=95.0, first_by="deny", full_containment=None, last_success=400.0, acts=(), looked=True,
    missed=("backdoor",), collateral={}, unkept=(), guards=(), told=(), left_out=(), unfinished=(), limits=(),
)  # fmt: skip


def _name(app: Any) -> str:
    return type(app.screen).__name__


async def test_what_the_room_says_is_read_and_found_again() -> None:
    """An inject waits while something is typed, must be put away by hand, and m shows it and the hints again."""
    desk = FakeDesk()
    app = app_on(desk)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        await open_incident(pilot)
        visit = desk.visit
        assert visit is not None
        await pilot.press("n", *"wait")
        visit.operator.tell(INJECT)
        await pilot.pause(0.05)
        assert _name(app) == "TextDialog", "an inject must not take the keys from what is being typed"
        await pilot.press("escape")
        await until(pilot, lambda: "Is the pipeline safe?" in screen_text(app))
        await pilot.press("enter", "r")
        assert _name(app) == "NoticeDialog" and visit.commands == [] and "Head of platform" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: _name(app) == "RunScreen" and app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        await pilot.press("i")
        await until(pilot, lambda: "Hint 1 of 2" in screen_text(app))
        assert isinstance(visit.commands[-1], AskHint)
        await pilot.press("escape", "m")
        await until(pilot, lambda: "hint way" in screen_text(app) and "Look at the sessions first." in screen_text(app))


async def test_the_banner_says_when_the_world_stands_still() -> None:
    """p pauses and goes on; the banner says PAUSED, and that its time is the scenario's. o says that nobody else can
    have a rehearsal."""
    desk = FakeDesk()
    app = app_on(desk)
    async with app.run_test(size=(100, 24)) as pilot:
        await open_incident(pilot)
        top = screen_text(app).split("\n")[0]
        assert "scenario 02:31Z" in top and "PAUSED" not in top
        await pilot.press("p")
        await until(pilot, lambda: " PAUSED " in screen_text(app).split("\n")[0])
        assert desk.visit is not None and desk.visit.commands == [Pause()]
        await until(pilot, lambda: app.screen.sitting.my_turn)  # type: ignore[attr-defined]
        await pilot.press("p")
        await until(pilot, lambda: "PAUSED" not in screen_text(app).split("\n")[0])
        await pilot.press("o")
        await until(pilot, lambda: "A rehearsal has nobody to be handed over to." in screen_text(app))
        assert _name(app) == "NoticeDialog"


async def test_the_end_shows_the_score_and_the_whole_debrief() -> None:
    """The closing dialog has the score's numbers; d reads the debrief, there and afterwards."""
    desk = FakeDesk()
    desk.score = SCORE
    app = app_on(desk)
    async with app.run_test(size=(100, 32)) as pilot:
        await open_incident(pilot)
        await pilot.press("x", *"over", "enter")
        await until(pilot, lambda: "first containment +0:01:35" in screen_text(app))
        assert "full containment never" in screen_text(app)
        await pilot.press("d")
        await until(pilot, lambda: _name(app) == "DebriefScreen")
        assert "LOST" in screen_text(app) and "0 of 1 objectives" in screen_text(app)
        await pilot.press("G")
        await until(pilot, lambda: "What the simulation cannot show" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: _name(app) == "RunScreen")
        await pilot.press("d")
        await until(pilot, lambda: _name(app) == "DebriefScreen")


@pytest.mark.parametrize("mode", ["rehearsal", "real"])
async def test_rehearsals_say_how_true_they_are_and_real_incidents_do_not(mode: str) -> None:
    """Plan and confirmation name each call's fidelity in a rehearsal; a real incident has neither that nor hints."""
    desk = FakeDesk(mode=mode)
    app = app_on(desk)
    async with app.run_test(size=(100, 32)) as pilot:
        await open_incident(pilot)
        app.screen.query_one("#steps").choose("deny")  # type: ignore[attr-defined]
        await until(pilot, lambda: "iam.PutUserPolicy" in screen_text(app))
        planned = screen_text(app)
        if mode == "real":
            await pilot.press("p", "i", "m")
            assert desk.visit is not None and desk.visit.commands == [] and _name(app) == "RunScreen"
        await pilot.press("r")
        await until(pilot, lambda: _name(app) == "ConfirmScreen" and "Guards" in screen_text(app))
        for text in (planned, screen_text(app)):
            assert ("simulated: approximate, It is" in text) is (mode == "rehearsal")
        await pilot.press("escape")
