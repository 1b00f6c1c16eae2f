"""What the tests share: an app on the fake desk, waiting with a deadline, the screen as text."""

import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from irtui.tui.application import IrtuiApp
from tests.tui.fake_desk import FakeDesk, FixedClock


def app_on(desk: FakeDesk, **words: Any) -> IrtuiApp:
    return IrtuiApp(desk, clock=FixedClock(), **words)


async def until(pilot: Pilot[Any], true: Callable[[], object], seconds: float = 5.0) -> None:
    """Lets the app go on until `true` holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not in {seconds} s; the screen says:\n{screen_text(pilot.app)}"
        await pilot.pause(0.01)
    await pilot.pause()


def screen_text(app: Any) -> str:
    """What the screen shows, without trailing spaces."""
    lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
    return "\n".join(line.rstrip() for line in lines)


async def open_incident(pilot: Pilot[Any], digits: str = "3333") -> None:
    """From the desk through the briefing of the game day into the run."""
    app = pilot.app
    await until(pilot, lambda: "The leaked key" in screen_text(app))
    await pilot.press("G", "enter")
    await until(pilot, lambda: type(app.screen).__name__ == "BriefingScreen")
    await pilot.press("tab", "enter", "tab", *digits)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: type(app.screen).__name__ == "RunScreen" and app.screen.sitting.my_turn)  # type: ignore[attr-defined]
