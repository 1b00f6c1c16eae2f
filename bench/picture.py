"""`make picture`: docs/images/run.svg, drawn by the real TUI on the real rehearsal, in the middle of containment."""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from irtui.cli.opening import open_desk
from irtui.desk.nouns import Request
from irtui.gameday.scenario import load_scenario
from irtui.gameday.world import World
from irtui.tui.application import IrtuiApp

SCENARIO = "leaked-key"
PATIENCE = 60.0


async def draw(path: Path) -> None:
    app = IrtuiApp(open_desk(), start=Request("rehearsal", "", SCENARIO, hurry=True))
    async with app.run_test(size=(118, 34)) as pilot:
        await _until(pilot, lambda: _on(app, "BriefingScreen"))
        app.screen.query_one("#digits").focus()
        await pilot.press(*load_scenario(SCENARIO).world.account[-4:])
        await pilot.press("ctrl+r")
        await _turn(pilot)
        await pilot.press("r")
        await _until(pilot, lambda: _on(app, "ConfirmScreen"))
        app.screen.query_one("#typed").focus()
        await pilot.press(*app.screen.request.typed)  # type: ignore[attr-defined]
        app.screen.query_one("#run").focus()
        await pilot.press("enter")
        await _turn(pilot)
        await pilot.press("r")
        await _until(pilot, lambda: _on(app, "ConfirmScreen"))
        await pilot.press("escape")
        await _turn(pilot)
        app.clear_notifications()
        await pilot.pause(0.3)
        svg = app.export_screenshot(title="irtui")
        app.exit()
    # The picture loads no font from anywhere: a reader's machine has one.
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL), "utf-8")


def _on(app: IrtuiApp, screen: str) -> bool:
    return type(app.screen).__name__ == screen


async def _turn(pilot: Pilot[Any]) -> None:
    """Until the engine waits for a command."""
    app = pilot.app
    await _until(pilot, lambda: _on(app, "RunScreen") and app.screen.sitting.my_turn)  # type: ignore[arg-type,attr-defined]


async def _until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise RuntimeError(f"the screen never came; it is {type(pilot.app.screen).__name__}")
        await pilot.pause(0.05)
    await pilot.pause()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="irtui-picture-") as home:
        os.environ["IRTUI_HOME"] = home
        try:
            asyncio.run(draw(Path(sys.argv[1])))
        finally:
            for world in (Path(home) / "state" / "worlds").glob("*"):
                World.connect(world).stop()
